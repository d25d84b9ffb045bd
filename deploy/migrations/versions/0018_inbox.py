"""What processes are to be told of what was done elsewhere, written down with it and sent from there."""

from foundation.migrations import run_script

revision = "0018"
down_revision = "0017"

INBOX = """
    CREATE TABLE foundation.inbox (
        -- Drawn while what it tells of is locked: of two facts about one thing the later has the greater one.
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        process_id text NOT NULL,
        kind text NOT NULL,
        body jsonb NOT NULL,
        operation_key text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        due_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '2 seconds',
        delivered_at timestamptz,
        CONSTRAINT inbox_process_of_company CHECK (starts_with(process_id, company_id || '/'))
    );
    CREATE INDEX inbox_due_at_idx ON foundation.inbox (due_at) WHERE delivered_at IS NULL;
    CREATE INDEX inbox_process_id_idx ON foundation.inbox (process_id);
    SELECT foundation.protect('foundation.inbox');
    GRANT USAGE ON SEQUENCE foundation.inbox_id_seq TO perpetual_app;
"""

# Who relays looks at all companies at once, and sees of each row no more than which it is, whose, and whether
# it is due. Nobody can log in as this role, and the one function that works as it gives ids only.
RELAY = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'perpetual_relay') THEN
            CREATE ROLE perpetual_relay NOLOGIN NOINHERIT;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    GRANT USAGE ON SCHEMA foundation TO perpetual_relay;
    GRANT SELECT (id, company_id, due_at, delivered_at) ON foundation.inbox TO perpetual_relay;
    CREATE POLICY relay ON foundation.inbox FOR SELECT TO perpetual_relay USING (true);

    CREATE FUNCTION foundation.undelivered(at_most integer) RETURNS TABLE (company_id text, id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT i.company_id, i.id FROM foundation.inbox i
        WHERE i.delivered_at IS NULL AND i.due_at <= now()
        ORDER BY i.due_at LIMIT at_most
    $$;
    REVOKE ALL ON FUNCTION foundation.undelivered(integer) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION foundation.undelivered(integer) TO perpetual_app;

    -- A function is given to a role by one of its members, and only where that role may make one.
    DO $$
    DECLARE
        was_member boolean := pg_has_role(current_user, 'perpetual_relay', 'MEMBER');
    BEGIN
        IF NOT was_member THEN
            EXECUTE format('GRANT perpetual_relay TO %I', current_user);
        END IF;
        GRANT CREATE ON SCHEMA foundation TO perpetual_relay;
        ALTER FUNCTION foundation.undelivered(integer) OWNER TO perpetual_relay;
        REVOKE CREATE ON SCHEMA foundation FROM perpetual_relay;
        IF NOT was_member THEN
            EXECUTE format('REVOKE perpetual_relay FROM %I', current_user);
        END IF;
    END $$;
"""


def upgrade() -> None:
    """Add the inbox, and what its relay may see of it."""
    for script in (INBOX, RELAY):
        run_script(script)
