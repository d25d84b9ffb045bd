"""The ground: the operation log, where processes stand, what every table is given."""

from foundation.migrations import run_script

revision = "0001"
down_revision = None

GUARDS = """
    CREATE SCHEMA foundation;
    GRANT USAGE ON SCHEMA foundation TO perpetual_app;

    CREATE FUNCTION foundation.current_company() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT current_setting('perpetual.company', true) $$;

    -- Every table of a company: only the rows of the company that the transaction was opened for.
    CREATE FUNCTION foundation.protect(
        relation regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE')
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY company ON %s '
                       'USING (company_id = foundation.current_company())', relation);
        EXECUTE format('GRANT %s ON %s TO perpetual_app', privileges, relation);
    END $$;

    -- What was posted stays as it was posted, whoever asks.
    CREATE FUNCTION foundation.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%.% is only added to: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE FUNCTION foundation.only_add_to(relation regclass) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s '
                       'FOR EACH ROW EXECUTE FUNCTION foundation.refuse_change()', relation);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION foundation.refuse_change()', relation);
    END $$;
"""

OPERATION = """
    CREATE TABLE foundation.operation (
        key text PRIMARY KEY,
        company_id text NOT NULL,
        name text NOT NULL,
        status text NOT NULL CONSTRAINT operation_status_known CHECK (status IN ('applied', 'voided')),
        process_id text,
        actor text NOT NULL,
        correlation_id text NOT NULL,
        request jsonb,
        request_hash text NOT NULL,
        answer jsonb,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT operation_applied_has_answer CHECK ((status = 'applied') = (answer IS NOT NULL))
    );
    CREATE INDEX operation_company_id_process_id_recorded_at_idx
        ON foundation.operation (company_id, process_id, recorded_at);
    CREATE INDEX operation_company_id_correlation_id_idx
        ON foundation.operation (company_id, correlation_id);
    SELECT foundation.protect('foundation.operation', 'SELECT, INSERT');
    SELECT foundation.only_add_to('foundation.operation');
"""

PROCESS = """
    CREATE TABLE foundation.process (
        id text PRIMARY KEY,
        company_id text NOT NULL,
        type text NOT NULL,
        stage text NOT NULL,
        waiting_on text,
        waiting_since timestamptz,
        waiting_until timestamptz,
        document text,
        party text,
        amount numeric(18, 6),
        currency text,
        exception text,
        outcome text,
        started_by text NOT NULL,
        correlation_id text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        closed_at timestamptz
    );
    CREATE INDEX process_company_id_waiting_on_waiting_since_idx
        ON foundation.process (company_id, waiting_on, waiting_since);
    CREATE INDEX process_company_id_type_started_at_idx
        ON foundation.process (company_id, type, started_at);
    CREATE INDEX process_company_id_document_idx ON foundation.process (company_id, document);
    SELECT foundation.protect('foundation.process');
"""


def upgrade() -> None:
    for script in (GUARDS, OPERATION, PROCESS):
        run_script(script)
