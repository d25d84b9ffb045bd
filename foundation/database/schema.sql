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

-- The operation that the transaction applies, by its key: what it writes carries it.
CREATE FUNCTION foundation.current_operation() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('perpetual.operation', true), '') $$;

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

-- A function that works with its owner's rights sees and writes more than its caller may: it names the company
-- itself in each of its statements, and nobody but the application calls it.
CREATE FUNCTION foundation.for_application_only(p_function regproc) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p_function::regprocedure);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO perpetual_app', p_function::regprocedure);
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

-- Who writes, and when, the database says itself: the application may not fill these columns in.
CREATE FUNCTION foundation.stamp_transaction(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ') INTO others FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
        AND attname NOT IN ('transaction_id', 'operation_key', 'recorded_at', 'posted_at', 'company_id');
    EXECUTE format('REVOKE INSERT ON %s FROM perpetual_app', relation);
    EXECUTE format('GRANT INSERT (%s) ON %s TO perpetual_app', others, relation);
END $$;

-- A posted document takes no further line: its lines come in the transaction of their head, which tells by its
-- `transaction_id` which one that was.
CREATE FUNCTION foundation.lines_come_with(head regclass, lines regclass, head_id text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    guard text := format('%s_with_head', lines);
BEGIN
    PERFORM foundation.stamp_transaction(head);
    EXECUTE format($f$
        CREATE FUNCTION %1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            -- Asked head by head: as a join its plan, made while there were few heads and kept, reads all of
            -- them for every document.
            IF EXISTS (SELECT FROM (SELECT DISTINCT l.%3$I AS id FROM added l) AS x
                WHERE (SELECT h.transaction_id FROM %2$s h WHERE h.id = x.id)
                    IS DISTINCT FROM pg_current_xact_id()) THEN
                RAISE EXCEPTION '%2$s takes no further line: it was posted before'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $body$
        $f$, guard, head, head_id);
    EXECUTE format('CREATE TRIGGER with_head AFTER INSERT ON %s REFERENCING NEW TABLE AS added '
                   'FOR EACH STATEMENT EXECUTE FUNCTION %s()', lines, guard);
END $$;


-- Numbers of documents
-- --------------------

-- A document's number: six digits, and more when they are used up. No other function puts a number together.
CREATE FUNCTION foundation.document_number(prefix text, value bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT prefix || '-' || lpad(value::text, greatest(6, length(value::text)), '0') $$;

-- Gapless: the row stays locked until the document that took the number is committed, or gives it back.
CREATE TABLE foundation.number_series (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    series text NOT NULL,
    fiscal_year text NOT NULL,
    last_number bigint NOT NULL,
    PRIMARY KEY (company_id, series, fiscal_year)
) WITH (fillfactor = 50);
SELECT foundation.protect('foundation.number_series', 'SELECT');

-- Draws all numbers that an operation needs, in one order of series whoever asks, and puts each where its token
-- stands in what is about to be written. `p_wanted` has the series, its fiscal year or the sequence that numbers
-- with gaps come from, and the tokens of each.
CREATE FUNCTION foundation.with_numbers(p_wanted jsonb, p_text text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    company text := foundation.current_company();
    wanted record;
    taken bigint;
BEGIN
    FOR wanted IN
        SELECT w.*, cardinality(w.tokens) AS count
        FROM jsonb_to_recordset(p_wanted)
            AS w (series text, fiscal_year text, sequence text, tokens text[])
        ORDER BY w.fiscal_year NULLS FIRST, w.series
    LOOP
        IF wanted.sequence IS NULL THEN
            -- Who waits for an UPDATE stands in a queue, and one of them wakes. At an INSERT with ON CONFLICT
            -- all wake with each commit, look, and wait again.
            UPDATE foundation.number_series s SET last_number = s.last_number + wanted.count
            WHERE s.company_id = company AND s.series = wanted.series AND s.fiscal_year = wanted.fiscal_year
            RETURNING last_number - wanted.count INTO taken;
            IF NOT FOUND THEN
                INSERT INTO foundation.number_series AS s (company_id, series, fiscal_year, last_number)
                VALUES (company, wanted.series, wanted.fiscal_year, wanted.count)
                ON CONFLICT (company_id, series, fiscal_year)
                    DO UPDATE SET last_number = s.last_number + wanted.count
                RETURNING last_number - wanted.count INTO taken;
            END IF;
        END IF;
        FOR number IN 1 .. wanted.count LOOP
            p_text := replace(p_text, wanted.tokens[number], CASE WHEN wanted.sequence IS NULL
                THEN foundation.document_number(wanted.series || '-' || wanted.fiscal_year, taken + number)
                ELSE foundation.document_number(wanted.series, nextval(wanted.sequence::regclass)) END);
        END LOOP;
    END LOOP;
    RETURN p_text::jsonb;
END $$;
SELECT foundation.for_application_only('foundation.with_numbers');

-- Numbers that were given before the books were restored to an older moment are not given again: the series goes
-- on behind them. Gives the first that is left out; none when it has come so far by itself. Only forward. The
-- operation that asks for it is the note of the gap.
CREATE FUNCTION foundation.skip_numbers(p_series text, p_fiscal_year text, p_up_to bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    company text := foundation.current_company();
    known bigint;
BEGIN
    INSERT INTO foundation.number_series (company_id, series, fiscal_year, last_number)
    VALUES (company, p_series, p_fiscal_year, 0) ON CONFLICT DO NOTHING;
    SELECT s.last_number INTO known FROM foundation.number_series s
    WHERE s.company_id = company AND s.series = p_series AND s.fiscal_year = p_fiscal_year FOR UPDATE;
    IF known >= p_up_to THEN
        RETURN NULL;
    END IF;
    UPDATE foundation.number_series s SET last_number = p_up_to
    WHERE s.company_id = company AND s.series = p_series AND s.fiscal_year = p_fiscal_year;
    RETURN known + 1;
END $$;
SELECT foundation.for_application_only('foundation.skip_numbers');

-- A sequence that documents' numbers come from; no other is looked at or moved.
CREATE FUNCTION foundation.number_sequence(p_sequence text) RETURNS regclass
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    found regclass;
BEGIN
    SELECT c.oid INTO found
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.oid = to_regclass(p_sequence) AND c.relname LIKE '%\_number'
        AND n.nspname NOT LIKE 'pg\_%'
        -- Not the sequence of an identity column.
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'));
    IF found IS NULL THEN
        RAISE EXCEPTION '% is no sequence of document numbers', p_sequence USING ERRCODE = 'undefined_object';
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION foundation.last_of_sequence(p_sequence text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.pg_sequence_last_value(foundation.number_sequence(p_sequence)), 0)
$$;
SELECT foundation.for_application_only('foundation.last_of_sequence');

-- The same for numbers that may have gaps. Drawn, not set: whoever draws at the same time can then never be given
-- a number that was given before; a sequence that is set would go back behind what is drawn meanwhile.
CREATE FUNCTION foundation.skip_sequence(p_sequence text, p_up_to bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    sequence regclass := foundation.number_sequence(p_sequence);
    known bigint := coalesce(pg_catalog.pg_sequence_last_value(sequence), 0);
BEGIN
    IF known >= p_up_to THEN
        RETURN NULL;
    END IF;
    PERFORM nextval(sequence) FROM generate_series(known + 1, p_up_to);
    RETURN known + 1;
END $$;
SELECT foundation.for_application_only('foundation.skip_sequence');


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
    -- What its process had taken of what it was told since the step before, in that order: `c3` its third command,
    -- `f118` the fact with that number. A process that is begun again takes them so again.
    took text[],
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
SELECT foundation.protect('foundation.operation', 'SELECT');
SELECT foundation.only_add_to('foundation.operation');

-- The only ways into the log: the operation of this transaction was applied, or a step is taken back.
CREATE FUNCTION foundation.log_operation(
    p_name text, p_process_id text, p_correlation_id text, p_request jsonb, p_request_hash text,
    p_answer jsonb, p_took text[] DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO foundation.operation (
        key, company_id, name, status, process_id, actor, correlation_id, request, request_hash, answer, took)
    VALUES (foundation.current_operation(), foundation.current_company(), p_name, 'applied', p_process_id,
        current_setting('perpetual.actor'), p_correlation_id, p_request, p_request_hash, p_answer,
        nullif(p_took, '{}'));
    RETURN p_answer;
END $$;
SELECT foundation.for_application_only('foundation.log_operation');

CREATE FUNCTION foundation.void_operation(
    p_key text, p_name text, p_process_id text, p_correlation_id text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO foundation.operation (
        key, company_id, name, status, process_id, actor, correlation_id, request_hash)
    VALUES (p_key, foundation.current_company(), p_name, 'voided', p_process_id,
        current_setting('perpetual.actor'), p_correlation_id, '')
    ON CONFLICT (key) DO NOTHING;
END $$;
SELECT foundation.for_application_only('foundation.void_operation');


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
    -- Why its workflow task fails, as the workers found: the process cannot say so itself.
    task_failure text,
    -- Why it is not run, as the workers found: Temporal has lost it, or somebody has ended it there.
    not_run text,
    outcome text,
    started_by text NOT NULL,
    correlation_id text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE INDEX process_company_id_waiting_on_waiting_since_idx
    ON foundation.process (company_id, waiting_on, waiting_since);
CREATE INDEX process_company_id_waiting_on_idx
    ON foundation.process (company_id, waiting_on) WHERE waiting_on LIKE '% and %';
CREATE INDEX process_company_id_type_started_at_idx
    ON foundation.process (company_id, type, started_at);
CREATE INDEX process_company_id_document_idx ON foundation.process (company_id, document);
CREATE INDEX process_company_id_failure_idx
    ON foundation.process (company_id, failure) WHERE failure IS NOT NULL;
CREATE INDEX process_company_id_idx ON foundation.process (company_id) WHERE task_failure IS NOT NULL;
CREATE INDEX process_id_idx ON foundation.process (id) WHERE outcome IS NULL;
SELECT foundation.protect('foundation.process');

-- Who watches for tasks that fail looks at all companies at once, and is given ids only; see the inbox.
CREATE POLICY watch ON foundation.process FOR SELECT TO CURRENT_USER
    USING ((task_failure IS NOT NULL OR outcome IS NULL)
        AND current_setting('perpetual.watching', true) = 'on');

CREATE FUNCTION foundation.failing_processes() RETURNS TABLE (company_id text, id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('perpetual.watching', 'on', true);
    RETURN QUERY SELECT p.company_id, p.id FROM foundation.process p WHERE p.task_failure IS NOT NULL;
    PERFORM set_config('perpetual.watching', 'off', true);
END $$;
SELECT foundation.for_application_only('foundation.failing_processes');


-- Runs over many
-- --------------

-- What a run is for, and what became of each: written down before the run begins to work, and not added to then.
CREATE TABLE foundation.run_item (
    run_id text NOT NULL,
    position integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- What is worked through together, in the order of the positions; all items of a party are in one.
    chunk integer NOT NULL,
    -- What the operation that is done for it is a step of: the item itself, or a process that it begins.
    item_id text NOT NULL,
    party text,
    -- What the operation is asked, without what is filled in when it is done, such as the day.
    body jsonb NOT NULL,
    status text NOT NULL DEFAULT 'open'
        CONSTRAINT run_item_status_known CHECK (status IN ('open', 'done', 'refused', 'failed', 'left')),
    failure text,
    reason text,
    attempts integer NOT NULL DEFAULT 0,
    changed_at timestamptz,
    PRIMARY KEY (run_id, position),
    UNIQUE (run_id, item_id),
    CONSTRAINT run_item_of_company
        CHECK (starts_with(run_id, company_id || '/') AND starts_with(item_id, company_id || '/')),
    CONSTRAINT run_item_exception_has_reason
        CHECK ((status IN ('refused', 'failed')) = (num_nonnulls(failure, reason) = 2))
);
CREATE INDEX run_item_run_id_chunk_idx ON foundation.run_item (run_id, chunk);
CREATE INDEX run_item_exceptions_idx ON foundation.run_item (run_id, chunk)
    WHERE status IN ('refused', 'failed');
SELECT foundation.protect('foundation.run_item', 'SELECT');
-- The list stays as it was made.
GRANT INSERT (run_id, position, chunk, item_id, party, body),
    UPDATE (status, failure, reason, attempts, changed_at) ON foundation.run_item TO perpetual_app;


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
    -- What all rows have in common that ask about the same.
    matter uuid NOT NULL,
    level integer NOT NULL DEFAULT 1,
    levels integer NOT NULL DEFAULT 1,
    -- Who is asked afterwards: [{"level": 2, "role": "finance director", "escalate_to": null}, ...].
    to_come jsonb NOT NULL DEFAULT '[]',
    -- The role that may decide as well, when nobody does for long.
    escalate_to text,
    kind text NOT NULL DEFAULT '',
    -- Of what is to be approved.
    content_hash text NOT NULL DEFAULT '',
    -- Whether whoever says yes names it.
    must_be_read boolean NOT NULL DEFAULT false,
    policy text,
    policy_version integer,
    why text,
    CONSTRAINT approval_ended_has_moment CHECK ((status = 'open') = (decided_at IS NULL)),
    CONSTRAINT approval_decided_by_somebody
        CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
    CONSTRAINT approval_on_behalf_when_decided CHECK (on_behalf_of IS NULL OR decided_by IS NOT NULL),
    CONSTRAINT approval_four_eyes CHECK (decided_by <> requested_by AND on_behalf_of <> requested_by),
    CONSTRAINT approval_for_another CHECK (decided_by <> on_behalf_of),
    CONSTRAINT approval_level_of_levels CHECK (level BETWEEN 1 AND levels)
);
-- Nobody decides twice about a matter, nor is decided for twice; that who decides is not who another decided
-- for, refuse_second_voice sees to.
CREATE UNIQUE INDEX approval_decides_once ON foundation.approval (matter, decided_by);
CREATE UNIQUE INDEX approval_decided_for_once ON foundation.approval (matter, on_behalf_of);
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

-- What was asked, and of which content, stays as it was read.
CREATE FUNCTION foundation.refuse_other_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what approval % asks about does not change', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER refuse_other_question BEFORE UPDATE ON foundation.approval
    FOR EACH ROW WHEN ((OLD.process_id, OLD.matter, OLD.level, OLD.levels, OLD.role, OLD.requested_by, OLD.amount,
        OLD.currency, OLD.content_hash, OLD.must_be_read) IS DISTINCT FROM (NEW.process_id, NEW.matter, NEW.level,
        NEW.levels, NEW.role, NEW.requested_by, NEW.amount, NEW.currency, NEW.content_hash, NEW.must_be_read))
    EXECUTE FUNCTION foundation.refuse_other_question();

-- Whoever has decided about a matter, or was decided for, has no second voice in it. What is decided about one
-- matter at the same time waits for the other: it would not see it.
CREATE FUNCTION foundation.refuse_second_voice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('approval/' || NEW.matter, 0));
    IF EXISTS (SELECT FROM foundation.approval a WHERE a.matter = NEW.matter AND a.id <> NEW.id
        AND (a.decided_by IN (NEW.decided_by, NEW.on_behalf_of) OR a.on_behalf_of IN (NEW.decided_by, NEW.on_behalf_of)))
    THEN
        RAISE EXCEPTION 'approval %: % has decided about this matter already', NEW.id,
            coalesce(NEW.on_behalf_of, NEW.decided_by) USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_voice BEFORE INSERT OR UPDATE ON foundation.approval
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL) EXECUTE FUNCTION foundation.refuse_second_voice();


-- Files as they went out
-- ----------------------

CREATE TABLE foundation.attachment (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- What it is of; one that is amended and sent again has several versions.
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL GENERATED ALWAYS AS (sha256(content)) STORED,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attachment_company_id_document_type_document_id_version_key
        UNIQUE (company_id, document_type, document_id, version)
);
SELECT foundation.protect('foundation.attachment', 'SELECT, INSERT');
SELECT foundation.only_add_to('foundation.attachment');


-- What is begun each day or month
-- -------------------------------

-- Temporal's schedules are made from these rows, and made again when Temporal has lost them.
CREATE TABLE foundation.schedule (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- The type of the runs.
    process text NOT NULL,
    summary text NOT NULL,
    is_monthly boolean NOT NULL,
    hour integer NOT NULL CONSTRAINT schedule_hour_of_day CHECK (hour BETWEEN 0 AND 23),
    active boolean NOT NULL,
    -- The company's: which hour it is, and which day.
    time_zone text NOT NULL DEFAULT 'UTC',
    actor text NOT NULL DEFAULT current_setting('perpetual.actor'),
    correlation_id text NOT NULL,
    -- Days and months that came before are not made up for.
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (company_id, process)
);
SELECT foundation.protect('foundation.schedule');
CREATE POLICY watch ON foundation.schedule FOR SELECT TO CURRENT_USER
    USING (current_setting('perpetual.watching', true) = 'on');

-- Which companies have schedules; see the inbox.
CREATE FUNCTION foundation.companies_with_schedules() RETURNS TABLE (company_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('perpetual.watching', 'on', true);
    RETURN QUERY SELECT DISTINCT s.company_id FROM foundation.schedule s ORDER BY 1;
    PERFORM set_config('perpetual.watching', 'off', true);
END $$;
SELECT foundation.for_application_only('foundation.companies_with_schedules');


-- Whether the books and Temporal are of one moment
-- ------------------------------------------------

-- Which database this is, and on which way it came here: another after a restore, a promotion, a copy.
-- Nothing where the server does not say.
CREATE FUNCTION foundation.books() RETURNS text LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE timeline integer;
BEGIN
    BEGIN
        -- The first eight digits of the log's file. For minutes after a promotion the last checkpoint's is the old one.
        timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer;
    EXCEPTION WHEN object_not_in_prerequisite_state OR insufficient_privilege OR feature_not_supported THEN
        -- A standby writes no log, and not every service lets its be asked for.
        timeline := (SELECT c.timeline_id FROM pg_control_checkpoint() c);
    END;
    RETURN (SELECT s.system_identifier || '/' || timeline || '/' || d.oid
        FROM pg_control_system() s, pg_database d WHERE d.datname = current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RETURN NULL;
END $$;

-- A number that goes up with the time, told to Temporal as well: whichever of the two is restored to an older moment
-- knows a smaller one. One row.
CREATE TABLE foundation.agreement (
    only_one boolean PRIMARY KEY DEFAULT true CONSTRAINT agreement_only_one CHECK (only_one),
    installation uuid NOT NULL DEFAULT gen_random_uuid(),
    -- What `foundation.books` said, and which store of Temporal it was, when they agreed; none before the first time.
    books text,
    namespace text,
    -- The number, written here before Temporal is told it; and the last that Temporal was seen to know.
    told bigint NOT NULL DEFAULT 0,
    seen bigint NOT NULL DEFAULT 0,
    told_at timestamptz,
    -- Why nothing is accepted and nothing done, until the two are reconciled.
    closed_why text,
    closed_at timestamptz,
    reconciled_at timestamptz
);
INSERT INTO foundation.agreement DEFAULT VALUES;
GRANT SELECT ON foundation.agreement TO perpetual_app;
GRANT UPDATE (books, namespace, told, seen, told_at, closed_why, closed_at, reconciled_at)
    ON foundation.agreement TO perpetual_app;


-- What may be remembered of reference data
-- ----------------------------------------

-- The triggers `count_change` count; who remembers an older version reads again.
CREATE TABLE foundation.reference_version (
    company_id text PRIMARY KEY DEFAULT foundation.current_company(),
    version bigint NOT NULL DEFAULT 0,
    -- Of what callers may do: it hardly ever changes, and is asked with every request.
    access bigint NOT NULL DEFAULT 0
);
SELECT foundation.protect('foundation.reference_version');

CREATE FUNCTION foundation.count_reference_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO foundation.reference_version AS r (company_id, version)
    VALUES (foundation.current_company(), 1)
    ON CONFLICT (company_id) DO UPDATE SET version = r.version + 1;
    RETURN NULL;
END $$;

CREATE FUNCTION foundation.count_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO foundation.reference_version AS r (company_id, access)
    VALUES (foundation.current_company(), 1)
    ON CONFLICT (company_id) DO UPDATE SET access = r.access + 1;
    RETURN NULL;
END $$;


-- What processes are told
-- -----------------------

-- What an operation makes true for another process: written with it, and sent from here.
CREATE TABLE foundation.inbox (
    -- Drawn while what it tells of is locked: of two facts about one thing the later has the greater one.
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    process_id text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    operation_key text NOT NULL DEFAULT foundation.current_operation(),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '2 seconds',
    delivered_at timestamptz,
    CONSTRAINT inbox_process_of_company CHECK (starts_with(process_id, company_id || '/'))
);
CREATE INDEX inbox_due_at_idx ON foundation.inbox (due_at) WHERE delivered_at IS NULL;
CREATE INDEX inbox_process_id_idx ON foundation.inbox (process_id);
CREATE INDEX inbox_untold_idx ON foundation.inbox (process_id) WHERE delivered_at IS NULL;
SELECT foundation.protect('foundation.inbox', 'SELECT');
-- What was told stays as it was told, by the operation that told it.
GRANT INSERT (process_id, kind, body), UPDATE (due_at, delivered_at) ON foundation.inbox TO perpetual_app;
GRANT USAGE ON SEQUENCE foundation.inbox_id_seq TO perpetual_app;

-- What a process was to be told and may not have heard yet, in order: before a command that may rest on it.
CREATE FUNCTION foundation.untold(p_process_id text) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(i.id ORDER BY i.id), '{}') FROM foundation.inbox i
    WHERE i.process_id = p_process_id AND i.delivered_at IS NULL
        AND i.company_id = foundation.current_company()
$$;

-- What a process was asked for
-- ----------------------------

-- One row for each request that starts a process or gives it a command: committed before anything is sent. The
-- first of a process starts it; the numbers of a process have no gaps.
CREATE TABLE foundation.command (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    process_id text NOT NULL,
    number integer NOT NULL CONSTRAINT command_number_positive CHECK (number > 0),
    kind text NOT NULL,
    actor text NOT NULL,
    -- The Idempotency-Key, and what was asked with it, however it was written.
    key text NOT NULL,
    -- Unknown of what was restored without it: then whatever comes with the key is the same request.
    asked_hash text,
    body jsonb NOT NULL,
    -- Of a start: how the process shows itself before its first step.
    party text,
    summary text,
    correlation_id text NOT NULL,
    -- Of a start by another process: which one is told whether it was taken; empty when none waits for that.
    begun_by text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- From then on it is sent again, until it is answered.
    due_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 seconds',
    answered_at timestamptz,
    answer jsonb,
    refusal jsonb,
    -- It is sent again though it may be answered: its process is begun again. The answer stays as it is.
    again boolean NOT NULL DEFAULT false,
    CONSTRAINT command_process_of_company CHECK (starts_with(process_id, company_id || '/')),
    CONSTRAINT command_answered_once CHECK (num_nonnulls(answer, refusal) = num_nonnulls(answered_at)),
    UNIQUE (process_id, number),
    UNIQUE (process_id, kind, actor, key)
);
CREATE INDEX command_due_at_idx ON foundation.command (due_at) WHERE answered_at IS NULL OR again;
CREATE INDEX command_process_id_number_idx ON foundation.command (process_id, number)
    WHERE answered_at IS NULL OR again;
SELECT foundation.protect('foundation.command', 'SELECT');
GRANT UPDATE (due_at, again) ON foundation.command TO perpetual_app;

-- Temporal takes ten updates of a process at once, and those that wait there for their turn count. So of what is
-- not answered only the first few are sent; and always what decides about the process itself, or a step that is
-- parked with enough behind it could not be repaired.
CREATE FUNCTION foundation.goes_past_others(p_kind text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_kind IN ('repair', 'hold', 'release', 'decide') $$;

CREATE FUNCTION foundation.is_sent_now(p_process_id text, p_kind text, p_number integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT foundation.goes_past_others(p_kind) OR (
        SELECT count(*) < 6
        FROM (
            SELECT FROM foundation.command c
            WHERE c.process_id = p_process_id AND c.number < p_number AND (c.answered_at IS NULL OR c.again)
                AND NOT foundation.goes_past_others(c.kind)
            LIMIT 6
        ) AS before)
$$;

-- Writes a request down, unless it was before: gives its row, and as `ended` how its process has ended. No row when
-- there is no such process; no number when the process has ended, and nothing was written.
CREATE FUNCTION foundation.accept_command(
    p_process_id text, p_kind text, p_key text, p_asked_hash text, p_body jsonb, p_party text,
    p_summary text, p_correlation_id text, p_is_known boolean, p_begun_by text DEFAULT NULL
) RETURNS TABLE (
    id bigint, number integer, asked_hash text, body jsonb, answered_at timestamptz, answer jsonb,
    refusal jsonb, ended text, is_new boolean, is_sent_now boolean, actor text, correlation_id text, party text,
    summary text, key text, untold bigint[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    company text := foundation.current_company();
    starts boolean := p_kind = 'start';
    asking text := current_setting('perpetual.actor');
    last integer;
    found foundation.command;
    state record;
BEGIN
    -- Whoever asks was let in by roles that have changed since.
    IF p_process_id IS NULL THEN
        RETURN;
    END IF;
    -- Whoever else commands the process waits here, and so its numbers have no gaps.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_process_id, 0));
    -- Two statements: of one with both conditions a plan would be made each time.
    IF starts THEN
        SELECT c.* INTO found FROM foundation.command c
        WHERE c.process_id = p_process_id AND c.number = 1 AND c.company_id = company;
    ELSE
        SELECT c.* INTO found FROM foundation.command c
        WHERE c.process_id = p_process_id AND c.kind = p_kind AND c.actor = asking AND c.key = p_key
            AND c.company_id = company;
    END IF;
    IF found.id IS NOT NULL THEN
        RETURN QUERY SELECT found.id, found.number, found.asked_hash, found.body, found.answered_at,
            found.answer, found.refusal, NULL, false,
            -- To a process that is begun again the relay sends it: who asks again does not know in which order.
            NOT found.again AND foundation.is_sent_now(p_process_id, p_kind, found.number),
            -- It is still the request of whoever asked first.
            found.actor, found.correlation_id, found.party, found.summary, found.key,
            foundation.untold(p_process_id);
        RETURN;
    END IF;
    IF NOT starts THEN
        SELECT max(c.number) INTO last FROM foundation.command c
        WHERE c.process_id = p_process_id AND c.company_id = company;
        SELECT p.id, p.outcome, p.document INTO state FROM foundation.process p
        WHERE p.id = p_process_id AND p.company_id = company;
        IF state.outcome IS NOT NULL THEN
            RETURN QUERY SELECT NULL::bigint, NULL::integer, NULL, NULL::jsonb, NULL::timestamptz, NULL::jsonb,
                NULL::jsonb, coalesce(state.document, p_process_id) || ' is ' || state.outcome, false, false, NULL, NULL, NULL, NULL, NULL, NULL::bigint[];
            RETURN;
        ELSIF last IS NULL AND state.id IS NULL AND NOT p_is_known THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY INSERT INTO foundation.command AS c (
            process_id, number, kind, actor, key, asked_hash, body, party, summary, correlation_id, begun_by)
        VALUES (p_process_id, CASE WHEN starts THEN 1 ELSE coalesce(last, 1) + 1 END, p_kind, asking, p_key,
            p_asked_hash, p_body, p_party, p_summary, p_correlation_id, p_begun_by)
        RETURNING c.id, c.number, c.asked_hash, c.body, c.answered_at, c.answer, c.refusal, NULL, true,
            starts OR foundation.is_sent_now(p_process_id, p_kind, c.number), c.actor, c.correlation_id, c.party, c.summary,
            c.key, foundation.untold(p_process_id);
END $$;
SELECT foundation.for_application_only('foundation.accept_command');

-- Notes what processes have answered to requests, once. Of a process that is begun again, only what the new run
-- says ends that it is asked again: what an older one said may be noted late.
CREATE FUNCTION foundation.answer_commands(p_answers jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE foundation.command c
    SET again = c.again AND NOT coalesce(a.again, false),
        answered_at = coalesce(c.answered_at, clock_timestamp()),
        answer = CASE WHEN c.answered_at IS NULL THEN a.answer ELSE c.answer END,
        refusal = CASE WHEN c.answered_at IS NULL THEN a.refusal ELSE c.refusal END
    FROM jsonb_to_recordset(p_answers) AS a (id bigint, answer jsonb, refusal jsonb, again boolean)
    WHERE c.id = a.id AND c.company_id = foundation.current_company()
        AND (c.answered_at IS NULL OR (c.again AND a.again));
END $$;
SELECT foundation.for_application_only('foundation.answer_commands');


-- Begun again
-- -----------

-- In which order a process has taken what it was told, as far as a step came of it: each once, and only what is
-- sent to it again. First what is not, since it was refused: `r4`.
CREATE FUNCTION foundation.order_taken(p_process_id text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT ARRAY(SELECT 'r' || r.number FROM foundation.command r
            WHERE r.process_id = p_process_id AND r.refusal IS NOT NULL)
        || coalesce(array_agg(t.event ORDER BY t.place), '{}')
    FROM (
        SELECT u.event, min(row_number) AS place
        FROM (
            SELECT e.event, row_number() OVER (ORDER BY o.recorded_at, e.place)
            FROM foundation.operation o, unnest(o.took) WITH ORDINALITY AS e (event, place)
            WHERE o.process_id = p_process_id AND o.took IS NOT NULL
        ) AS u
        GROUP BY u.event
    ) AS t
    WHERE EXISTS (SELECT FROM foundation.command c WHERE c.process_id = p_process_id
            AND 'c' || c.number = t.event AND c.refusal IS NULL)
        OR EXISTS (SELECT FROM foundation.inbox i WHERE i.process_id = p_process_id AND 'f' || i.id = t.event)
$$;

-- A process that is not run is begun again from its rows: all it was asked for and told is sent again, but what
-- it refused, which changed nothing. What was wrong with it shows again if it still is; who holds it goes on to.
-- False when it has ended, or nobody has written down what it was started with.
CREATE FUNCTION foundation.begin_again(p_process_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    company text := foundation.current_company();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_process_id, 0));
    IF EXISTS (SELECT FROM foundation.process p
            WHERE p.id = p_process_id AND p.company_id = company AND p.outcome IS NOT NULL) THEN
        RETURN false;
    END IF;
    UPDATE foundation.command c SET again = true, due_at = clock_timestamp()
    WHERE c.process_id = p_process_id AND c.company_id = company AND (c.number = 1 OR c.refusal IS NULL)
        AND EXISTS (SELECT FROM foundation.command f WHERE f.process_id = p_process_id AND f.number = 1);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE foundation.inbox i SET delivered_at = NULL, due_at = clock_timestamp()
    WHERE i.process_id = p_process_id AND i.company_id = company;
    UPDATE foundation.process p
    SET not_run = NULL, task_failure = NULL,
        exception = CASE WHEN p.failure = 'held' THEN p.exception END,
        failure = CASE WHEN p.failure = 'held' THEN p.failure END
    WHERE p.id = p_process_id AND p.company_id = company;
    RETURN true;
END $$;
SELECT foundation.for_application_only('foundation.begin_again');

-- A request that the books have lost, and Temporal has not: written down again, as the next of its process, under
-- the key that it came with, so that whoever comes again with that gets its answer. It was answered once: what was
-- refused stays so, and what it is answered otherwise is noted anew. Nothing is written when its client has come
-- again before: then that one is the request.
CREATE FUNCTION foundation.restore_command(
    p_process_id text, p_number integer, p_kind text, p_body jsonb, p_refusal jsonb, p_party text, p_summary text,
    p_correlation_id text, p_begun_by text, p_actor text, p_key text, p_asked_hash text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(p_process_id, 0));
    INSERT INTO foundation.command (
        process_id, number, kind, actor, key, asked_hash, body, party, summary, correlation_id, begun_by, due_at,
        refusal, answered_at)
    -- Not to be sent to the run that has it: that one is about to be ended.
    SELECT p_process_id, coalesce(max(c.number), 0) + 1, p_kind, p_actor,
        coalesce(p_key, 'restored ' || p_number), p_asked_hash, p_body, p_party, p_summary, p_correlation_id,
        p_begun_by, clock_timestamp() + interval '10 minutes', p_refusal,
        CASE WHEN p_refusal IS NOT NULL THEN clock_timestamp() END
    FROM foundation.command c
    WHERE c.process_id = p_process_id AND c.company_id = foundation.current_company()
    ON CONFLICT DO NOTHING;
$$;
SELECT foundation.for_application_only('foundation.restore_command');

-- What has not ended, of one company or of all, by its id; and whether it is written down what it was started with.
-- A start that has no process yet is sent again by itself for a while.
CREATE FUNCTION foundation.open_processes(p_company text, p_after text, p_at_most integer)
RETURNS TABLE (company_id text, id text, has_start boolean, not_run text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('perpetual.watching', 'on', true), set_config('perpetual.relaying', 'on', true);
    RETURN QUERY SELECT o.company_id, o.id, o.has_start, o.not_run FROM (
        (SELECT p.company_id, p.id, p.not_run, EXISTS (SELECT FROM foundation.command c
                WHERE c.process_id = p.id AND c.number = 1) AS has_start
            FROM foundation.process p
            WHERE p.outcome IS NULL AND p.id > p_after AND (p_company IS NULL OR p.company_id = p_company)
            ORDER BY p.id LIMIT p_at_most)
        UNION ALL
        (SELECT c.company_id, c.process_id, NULL, true FROM foundation.command c
            WHERE c.number = 1 AND c.answered_at IS NULL AND c.process_id > p_after
                AND c.recorded_at < now() - interval '1 minute'
                AND (p_company IS NULL OR c.company_id = p_company)
                AND NOT EXISTS (SELECT FROM foundation.process p WHERE p.id = c.process_id)
            ORDER BY c.process_id LIMIT p_at_most)
    ) AS o ORDER BY o.id LIMIT p_at_most;
    PERFORM set_config('perpetual.watching', 'off', true), set_config('perpetual.relaying', 'off', true);
END $$;
SELECT foundation.for_application_only('foundation.open_processes');


-- Who relays looks at all companies at once, and is given ids only: by a function that works as the tables'
-- owner. To the owner the rows of all companies show while that function says so; a setting that anybody else
-- makes shows nothing.
CREATE POLICY relay ON foundation.inbox FOR SELECT TO CURRENT_USER
    USING (current_setting('perpetual.relaying', true) = 'on');
CREATE POLICY relay ON foundation.command FOR SELECT TO CURRENT_USER
    USING (current_setting('perpetual.relaying', true) = 'on');

CREATE FUNCTION foundation.undelivered(at_most integer) RETURNS TABLE (company_id text, id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('perpetual.relaying', 'on', true);
    RETURN QUERY SELECT i.company_id, i.id FROM foundation.inbox i
        WHERE i.delivered_at IS NULL AND i.due_at <= now()
        ORDER BY i.due_at LIMIT at_most;
    PERFORM set_config('perpetual.relaying', 'off', true);
END $$;
SELECT foundation.for_application_only('foundation.undelivered');
CREATE FUNCTION foundation.unanswered(at_most integer) RETURNS TABLE (company_id text, id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('perpetual.relaying', 'on', true);
    RETURN QUERY SELECT c.company_id, c.id FROM foundation.command c
        WHERE (c.answered_at IS NULL OR c.again) AND c.due_at <= now()
            AND foundation.is_sent_now(c.process_id, c.kind, c.number)
        ORDER BY c.due_at LIMIT at_most;
    PERFORM set_config('perpetual.relaying', 'off', true);
END $$;
SELECT foundation.for_application_only('foundation.unanswered');
