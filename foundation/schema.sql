-- What every domain stands on, and nothing of the business.
--
-- This file and domains/*/schema.sql are the schema. They run top to bottom, this one first and then the
-- domains in the order of `domains.BANDS`; see docs/decisions/0010-sql-has-a-home.md. The role perpetual_app
-- is there already.

CREATE SCHEMA foundation;
GRANT USAGE ON SCHEMA foundation TO perpetual_app;


-- Companies are kept apart
-- ------------------------

-- The company that the transaction was opened for.
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


-- What was posted stays
-- ---------------------

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


-- Numbers of documents
-- --------------------

-- A document's number: six digits, and more when they are used up. No other function puts a number together.
CREATE FUNCTION foundation.document_number(prefix text, value bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT prefix || '-' || lpad(value::text, greatest(6, length(value::text)), '0') $$;


-- The log of operations
-- ---------------------

-- One row for each operation that was applied: written with its effect, in the same transaction.
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
    -- The order in which the log may be read: a transaction's number is taken when it first writes, and every
    -- transaction below the oldest one that is still open has ended.
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT operation_applied_has_answer CHECK ((status = 'applied') = (answer IS NOT NULL))
);
-- No index begins with the company. An operation is looked up by its key in the statement that sets the
-- company, and so is planned when none is set. The planner then believes that an index which begins with the
-- company finds next to nothing, takes it for as good as the key's, and every lookup reads the company's
-- whole log. Without such an index it cannot. What the log is asked for (processes, correlations,
-- transactions) is of one company anyway.
CREATE INDEX operation_process_id_recorded_at_idx ON foundation.operation (process_id, recorded_at);
CREATE INDEX operation_correlation_id_idx ON foundation.operation (correlation_id);
CREATE INDEX operation_transaction_id_company_id_idx ON foundation.operation (transaction_id, company_id);
SELECT foundation.protect('foundation.operation', 'SELECT, INSERT');
SELECT foundation.only_add_to('foundation.operation');


-- Where processes stand
-- ---------------------

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
    -- Why it waits.
    why text,
    exception text,
    -- The class of the failure, so that those that fail alike are repaired together.
    failure text,
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
CREATE INDEX process_company_id_failure_idx
    ON foundation.process (company_id, failure) WHERE failure IS NOT NULL;
SELECT foundation.protect('foundation.process');


-- Decisions that wait for a person
-- --------------------------------

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


-- Files as they went out
-- ----------------------

CREATE TABLE foundation.attachment (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
SELECT foundation.protect('foundation.attachment', 'SELECT, INSERT');
SELECT foundation.only_add_to('foundation.attachment');


-- What may be remembered of reference data
-- ----------------------------------------

-- The triggers `count_change` count; a worker that remembers an older version reads again.
CREATE TABLE foundation.reference_version (
    company_id text PRIMARY KEY DEFAULT foundation.current_company(),
    version bigint NOT NULL
);
SELECT foundation.protect('foundation.reference_version');

CREATE FUNCTION foundation.count_reference_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO foundation.reference_version AS r (company_id, version)
    VALUES (foundation.current_company(), 1)
    ON CONFLICT (company_id) DO UPDATE SET version = r.version + 1;
    RETURN NULL;
END $$;
