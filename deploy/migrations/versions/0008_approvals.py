"""Approvals that wait for a person, and who stands in for whom; why a process waits."""

from foundation.migrations import run_script

revision = "0008"
down_revision = "0007"

APPROVAL = """
    ALTER TABLE foundation.process ADD COLUMN why text;

    CREATE TABLE foundation.approval (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        process_id text NOT NULL,
        subject text NOT NULL,
        role text NOT NULL,
        document text,
        party text,
        amount numeric(18, 6),
        currency text,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        remind_at timestamptz NOT NULL,
        reminders integer NOT NULL DEFAULT 0,
        escalated_to text,
        escalated_at timestamptz,
        status text NOT NULL CONSTRAINT approval_status_known
            CHECK (status IN ('open', 'approved', 'rejected', 'withdrawn')),
        decided_by text,
        on_behalf_of text,
        reason text,
        decided_at timestamptz,
        CONSTRAINT approval_ended_has_moment CHECK ((status = 'open') = (decided_at IS NULL)),
        CONSTRAINT approval_decided_by_somebody
            CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
        CONSTRAINT approval_on_behalf_when_decided CHECK (on_behalf_of IS NULL OR decided_by IS NOT NULL),
        CONSTRAINT approval_four_eyes CHECK (decided_by <> requested_by AND on_behalf_of <> requested_by)
    );
    CREATE INDEX approval_company_id_status_requested_at_idx
        ON foundation.approval (company_id, status, requested_at);
    CREATE INDEX approval_company_id_process_id_idx ON foundation.approval (company_id, process_id);
    CREATE INDEX approval_company_id_document_idx ON foundation.approval (company_id, document);
    SELECT foundation.protect('foundation.approval');

    -- A decision stays as it was taken.
    CREATE FUNCTION foundation.refuse_other_decision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'approval % is % already', OLD.id, OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER refuse_other_decision BEFORE UPDATE ON foundation.approval
        FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION foundation.refuse_other_decision();
"""

DELEGATION = """
    CREATE TABLE identity.delegation (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        from_actor text NOT NULL,
        to_actor text NOT NULL,
        role text NOT NULL,
        reason text NOT NULL,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_by text,
        revoked_at timestamptz,
        CONSTRAINT delegation_to_another CHECK (from_actor <> to_actor),
        CONSTRAINT delegation_runs CHECK (valid_from < valid_until),
        CONSTRAINT delegation_revoked_by_somebody CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
    );
    CREATE INDEX delegation_company_id_to_actor_idx ON identity.delegation (company_id, to_actor);
    SELECT foundation.protect('identity.delegation');

    -- The roles of a person in a company, of all keys that name the person; NULL when no key does. API keys
    -- are seen in the scope '*' only. (A SET clause would do, but only a superuser may write one.)
    CREATE FUNCTION identity.roles_of(p_actor text, p_company text) RETURNS text[] LANGUAGE plpgsql AS $$
    DECLARE
        scope text := foundation.current_company();
        found text[];
    BEGIN
        PERFORM set_config('perpetual.company', '*', true);
        found := (SELECT array_agg(DISTINCT role) FROM identity.api_key k, unnest(k.roles) AS role
            WHERE k.actor = p_actor AND k.revoked_at IS NULL AND k.companies && ARRAY[p_company, '*']);
        PERFORM set_config('perpetual.company', scope, true);
        RETURN found;
    END $$;
"""


def upgrade() -> None:
    for script in (APPROVAL, DELEGATION):
        run_script(script)
