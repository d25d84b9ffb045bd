-- People who work for us: who they are, what they do, where and under whom.

CREATE SCHEMA hr;
GRANT USAGE ON SCHEMA hr TO perpetual_app;


CREATE TABLE hr.employee (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    country text NOT NULL,
    hired_on date NOT NULL,
    left_on date,
    department text NOT NULL,
    position text NOT NULL,
    manager_code text,
    working_days text[] NOT NULL CONSTRAINT employee_works_on_some_day CHECK (cardinality(working_days) > 0),
    -- On whose days they do not work.
    holiday_calendar_code text,
    -- Under which name they ask us, and the role in which they decide about those who report to them.
    actor text NOT NULL,
    decides_as text NOT NULL,
    -- Let in no more, though the employment lasts.
    access_ended boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT employee_hired_before_leaving CHECK (hired_on <= left_on),
    CONSTRAINT employee_not_own_manager CHECK (manager_code <> code),
    FOREIGN KEY (company_id, manager_code) REFERENCES hr.employee (company_id, code),
    FOREIGN KEY (company_id, holiday_calendar_code) REFERENCES master_data.holiday_calendar (company_id, code)
);
CREATE UNIQUE INDEX employee_one_by_actor ON hr.employee (company_id, actor) WHERE actor <> '';
SELECT foundation.protect('hr.employee');

-- In which of these companies the name of a key is that of somebody whose access has ended: with the last day, by
-- the company's calendar, or before. Employees are seen in their own company's scope only.
CREATE FUNCTION hr.companies_left(p_actor text, p_companies text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    scope text := foundation.current_company();
    asked text;
    found text[] := '{}';
BEGIN
    FOREACH asked IN ARRAY p_companies LOOP
        PERFORM set_config('perpetual.company', asked, true);
        IF EXISTS (SELECT FROM hr.employee e JOIN master_data.company c ON c.code = e.company_id
            WHERE e.company_id = asked AND e.actor <> '' AND e.actor = p_actor
                AND (e.access_ended OR e.left_on < (now() AT TIME ZONE c.time_zone)::date))
        THEN
            found := found || asked;
        END IF;
    END LOOP;
    PERFORM set_config('perpetual.company', scope, true);
    RETURN found;
END $$;

-- Who changes who reports to whom waits for whoever else does: together they could close a circle.
CREATE FUNCTION hr.lock_managers() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('managers/' || foundation.current_company(), 0))
$$;


-- Leave
-- -----

-- Days are working days of the person, with halves.
CREATE TABLE hr.leave_type (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    accrual text NOT NULL CONSTRAINT leave_type_accrual_known CHECK (accrual IN ('none', 'yearly', 'monthly')),
    steps jsonb NOT NULL,
    round_to text NOT NULL,
    carry_over_most numeric(18, 6),
    carry_over_until text NOT NULL,
    may_be_negative boolean NOT NULL,
    is_paid boolean NOT NULL,
    needs_approval boolean NOT NULL,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('hr.leave_type');

-- What somebody is entitled to of a year, and how it goes into the next.
CREATE TABLE hr.leave_entitlement (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    employee_code text NOT NULL,
    leave_type_code text NOT NULL,
    year integer NOT NULL,
    days numeric(18, 6) NOT NULL,
    carry_over_most numeric(18, 6),
    carry_over_until text NOT NULL,
    PRIMARY KEY (company_id, employee_code, leave_type_code, year),
    FOREIGN KEY (company_id, employee_code) REFERENCES hr.employee (company_id, code),
    FOREIGN KEY (company_id, leave_type_code) REFERENCES hr.leave_type (company_id, code)
);
SELECT foundation.protect('hr.leave_entitlement', 'SELECT, INSERT');
SELECT foundation.only_add_to('hr.leave_entitlement');

CREATE SEQUENCE hr.leave_request_number;
COMMENT ON SEQUENCE hr.leave_request_number IS 'LR';
GRANT USAGE ON SEQUENCE hr.leave_request_number TO perpetual_app;

CREATE TABLE hr.leave_request (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT leave_request_status_known
        CHECK (status IN ('requested', 'submitted', 'approved', 'rejected', 'cancelled', 'taken_back')),
    employee_code text NOT NULL,
    leave_type_code text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    half_first_day boolean NOT NULL,
    half_last_day boolean NOT NULL,
    days numeric(18, 6) NOT NULL CONSTRAINT leave_request_takes_days CHECK (days > 0),
    -- As its type said when it was requested.
    is_paid boolean NOT NULL,
    needs_approval boolean NOT NULL,
    note text NOT NULL,
    why_ended text NOT NULL DEFAULT '',
    requested_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    requested_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT leave_request_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT leave_request_days_in_order CHECK (starts_on <= ends_on),
    FOREIGN KEY (company_id, employee_code) REFERENCES hr.employee (company_id, code),
    FOREIGN KEY (company_id, leave_type_code) REFERENCES hr.leave_type (company_id, code)
);
CREATE INDEX leave_request_company_id_employee_code_starts_on_idx
    ON hr.leave_request (company_id, employee_code, starts_on);
SELECT foundation.protect('hr.leave_request', 'SELECT, INSERT, UPDATE (status, why_ended)');

CREATE TABLE hr.leave_day (
    leave_id uuid NOT NULL REFERENCES hr.leave_request (id),
    day date NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    employee_code text NOT NULL,
    share numeric(18, 6) NOT NULL CONSTRAINT leave_day_half_or_whole CHECK (share IN (0.5, 1)),
    stands boolean NOT NULL DEFAULT true,
    PRIMARY KEY (leave_id, day)
);
-- Nobody is away twice on a day.
CREATE UNIQUE INDEX leave_day_once ON hr.leave_day (company_id, employee_code, day) WHERE stands;
SELECT foundation.protect('hr.leave_day', 'SELECT, INSERT, UPDATE (stands)');

-- The balance of any day is the sum of what counts until then.
CREATE TABLE hr.leave_movement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    employee_code text NOT NULL,
    leave_type_code text NOT NULL,
    counts_on date NOT NULL,
    kind text NOT NULL CONSTRAINT leave_movement_kind_known
        CHECK (kind IN ('accrued', 'adjusted', 'taken', 'given_back', 'lapsed')),
    -- Of which entitlement; of days that are taken there is none.
    year integer,
    days numeric(18, 6) NOT NULL CONSTRAINT leave_movement_moves_days CHECK (days <> 0),
    leave_id uuid REFERENCES hr.leave_request (id),
    reason text NOT NULL DEFAULT '',
    written_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT leave_movement_taken_by_a_request CHECK ((kind IN ('taken', 'given_back')) = (leave_id IS NOT NULL)),
    CONSTRAINT leave_movement_of_a_year CHECK ((leave_id IS NULL) = (year IS NOT NULL)),
    FOREIGN KEY (company_id, employee_code) REFERENCES hr.employee (company_id, code),
    FOREIGN KEY (company_id, leave_type_code) REFERENCES hr.leave_type (company_id, code)
);
CREATE INDEX leave_movement_by_day
    ON hr.leave_movement (company_id, employee_code, leave_type_code, counts_on);
SELECT foundation.protect('hr.leave_movement', 'SELECT, INSERT');
SELECT foundation.only_add_to('hr.leave_movement');

-- Whoever changes somebody's leave waits for whoever else does.
CREATE FUNCTION hr.lock_leave(p_employee text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('leave/' || foundation.current_company() || '/' || p_employee, 0))
$$;

-- Nobody takes more than there is on any day, unless the sort of leave allows it: when all is written, for whoever
-- wrote it, also at the same time as another.
CREATE FUNCTION hr.refuse_overdrawn_leave() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    overdrawn record;
BEGIN
    IF (SELECT may_be_negative FROM hr.leave_type WHERE company_id = NEW.company_id AND code = NEW.leave_type_code) THEN
        RETURN NULL;
    END IF;
    PERFORM hr.lock_leave(NEW.employee_code);
    SELECT b.counts_on, b.balance INTO overdrawn FROM (
        SELECT m.counts_on, sum(sum(m.days)) OVER (ORDER BY m.counts_on) AS balance FROM hr.leave_movement m
        WHERE m.company_id = NEW.company_id AND m.employee_code = NEW.employee_code
            AND m.leave_type_code = NEW.leave_type_code
        GROUP BY m.counts_on
    ) b WHERE b.counts_on >= NEW.counts_on AND b.balance < 0 ORDER BY b.counts_on LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% would have % days of leave on %', NEW.employee_code, overdrawn.balance, overdrawn.counts_on
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_overdrawn AFTER INSERT ON hr.leave_movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hr.refuse_overdrawn_leave();


-- Working time
-- ------------

-- How worked hours are classed, in all versions.
CREATE TABLE hr.time_rules (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    versions jsonb NOT NULL CONSTRAINT time_rules_has_versions CHECK (jsonb_array_length(versions) > 0),
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('hr.time_rules');
