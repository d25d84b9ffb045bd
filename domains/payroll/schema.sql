-- Gross to net: what people earn, what is withheld and paid for them, and why.

CREATE SCHEMA payroll;
GRANT USAGE ON SCHEMA payroll TO perpetual_app;

-- So that an exclusion constraint compares codes beside days. It comes with PostgreSQL, and its owner may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;


-- Who is paid together, under which law and how often.
CREATE TABLE payroll.pay_group (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    country text NOT NULL,
    frequency text NOT NULL,
    -- Whose days are no working days.
    holiday_calendar_code text,
    -- What its payslips are held against, before they are approved.
    variance_percent numeric(18, 6) CONSTRAINT pay_group_variance_not_negative CHECK (variance_percent >= 0),
    minimum_wage numeric(18, 6) CONSTRAINT pay_group_minimum_wage_positive CHECK (minimum_wage > 0),
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    FOREIGN KEY (company_id, holiday_calendar_code) REFERENCES master_data.holiday_calendar (company_id, code)
);
SELECT foundation.protect('payroll.pay_group');

-- What pay is made of, in all its versions.
CREATE TABLE payroll.pay_component (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    country text NOT NULL,
    sign text NOT NULL,
    treatment text NOT NULL,
    counts_as_base boolean NOT NULL,
    proration text,
    post_tax jsonb NOT NULL,
    versions jsonb NOT NULL CONSTRAINT pay_component_has_versions CHECK (jsonb_array_length(versions) > 0),
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('payroll.pay_component');


-- What somebody is paid, and where to
-- -----------------------------------

CREATE TABLE payroll.pay_agreement (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    employee_code text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT pay_agreement_of_an_employee CHECK (party_type = 'employee'),
    pay_group_code text NOT NULL,
    valid_from date NOT NULL,
    -- The last day; without one it goes on.
    valid_to date,
    -- As whom the person works with us, if at all.
    actor text NOT NULL DEFAULT '',
    -- In which the person reads the payslips.
    language text NOT NULL DEFAULT 'en',
    hours_a_week numeric(18, 6) NOT NULL,
    pay_items jsonb NOT NULL,
    details jsonb NOT NULL,
    cost_centres jsonb NOT NULL,
    accounts jsonb NOT NULL,
    changed_by text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT pay_agreement_in_order CHECK (valid_from <= valid_to),
    CONSTRAINT pay_agreement_hours_not_negative CHECK (hours_a_week >= 0),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, pay_group_code) REFERENCES payroll.pay_group (company_id, code)
);
CREATE INDEX pay_agreement_company_id_pay_group_code_idx ON payroll.pay_agreement (company_id, pay_group_code);
CREATE INDEX pay_agreement_company_id_employee_code_idx ON payroll.pay_agreement (company_id, employee_code);
SELECT foundation.protect('payroll.pay_agreement');

-- Who agrees with somebody waits for who does so at the same time: neither would see the other's.
CREATE FUNCTION payroll.lock_agreements(p_employee text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('pay of ' || foundation.current_company() || '/' || p_employee, 0))
$$;

-- On any day at most one holds for somebody.
CREATE FUNCTION payroll.refuse_second_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.lock_agreements(NEW.employee_code);
    IF EXISTS (SELECT FROM payroll.pay_agreement a
        WHERE a.company_id = NEW.company_id AND a.employee_code = NEW.employee_code AND a.code <> NEW.code
            AND daterange(a.valid_from, a.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]'))
    THEN
        RAISE EXCEPTION 'pay agreement %: another one of % holds on some of its days', NEW.code, NEW.employee_code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER one_on_any_day BEFORE INSERT OR UPDATE ON payroll.pay_agreement
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_second_agreement();

-- Where somebody's pay is to go instead: what master_data.bank_details_change does not say. Only added to.
CREATE TABLE payroll.pay_account_change (
    change_id uuid PRIMARY KEY REFERENCES master_data.bank_details_change (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    agreement_code text NOT NULL,
    employee_code text NOT NULL,
    accounts_before jsonb NOT NULL,
    accounts jsonb NOT NULL
);
CREATE INDEX pay_account_change_company_id_agreement_code_idx
    ON payroll.pay_account_change (company_id, agreement_code);
SELECT foundation.protect('payroll.pay_account_change', 'SELECT, INSERT');
SELECT foundation.only_add_to('payroll.pay_account_change');

-- Whether the pay of somebody else goes to one of these accounts: who may not see whose, is told so much.
CREATE FUNCTION payroll.is_somebodys_account(p_ibans text[], p_but_not_of text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payroll.pay_agreement a, jsonb_to_recordset(a.accounts) AS b (iban text)
        WHERE a.company_id = foundation.current_company() AND a.employee_code IS DISTINCT FROM p_but_not_of
            AND b.iban = ANY (p_ibans))
$$;

-- An agreement's accounts change with a change that somebody else has said yes to, its own or the last of the
-- person's, by which they go from just these to just those, and never otherwise; whose agreement it is never does.
CREATE FUNCTION payroll.refuse_unasked_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.employee_code <> OLD.employee_code THEN
        RAISE EXCEPTION 'pay agreement % stays with %', NEW.code, OLD.employee_code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.accounts <> OLD.accounts AND NOT coalesce((
        SELECT c.status = 'effective' AND p.accounts = NEW.accounts
        FROM master_data.bank_details_change c JOIN payroll.pay_account_change p ON p.change_id = c.id
        WHERE c.company_id = NEW.company_id AND c.owner = 'employee' AND c.code = NEW.code
            AND c.status NOT IN ('rejected', 'cancelled')
        ORDER BY c.requested_at DESC, c.id DESC LIMIT 1), false)
        AND NOT coalesce((
        SELECT p.accounts_before = OLD.accounts AND p.accounts = NEW.accounts
        FROM master_data.bank_details_change c JOIN payroll.pay_account_change p ON p.change_id = c.id
        WHERE c.company_id = NEW.company_id AND p.employee_code = NEW.employee_code AND c.status = 'effective'
        ORDER BY c.effective_at DESC, c.id DESC LIMIT 1), false)
    THEN
        RAISE EXCEPTION 'pay agreement %: nobody else has said yes to its accounts', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_unasked_accounts BEFORE UPDATE OF accounts, employee_code ON payroll.pay_agreement
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_unasked_accounts();


-- What was paid in a year before we paid it
-- -----------------------------------------

-- Of a person and a year: what another employer, or the system before this one, has added up.
CREATE TABLE payroll.year_opening (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    employee_code text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT year_opening_of_an_employee CHECK (party_type = 'employee'),
    year integer NOT NULL,
    country text NOT NULL,
    -- By the names of the country's law, and by component.
    law jsonb NOT NULL,
    components jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT year_opening_company_id_employee_code_year_key UNIQUE (company_id, employee_code, year),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code)
);
SELECT foundation.protect('payroll.year_opening');

-- What each entry and each correction of it adds: together what the opening says.
CREATE TABLE payroll.opening_sum (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    opening_code text NOT NULL,
    employee_code text NOT NULL,
    year integer NOT NULL,
    name text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (company_id, opening_code) REFERENCES payroll.year_opening (company_id, code)
);
CREATE INDEX opening_sum_company_id_employee_code_year_idx
    ON payroll.opening_sum (company_id, employee_code, year) INCLUDE (name, amount);
SELECT foundation.protect('payroll.opening_sum', 'SELECT, INSERT');
SELECT foundation.only_add_to('payroll.opening_sum');


-- Payroll runs
-- ------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE payroll.payroll_run_number;
COMMENT ON SEQUENCE payroll.payroll_run_number IS 'PY';
GRANT USAGE ON SEQUENCE payroll.payroll_run_number TO perpetual_app;

CREATE TABLE payroll.payroll_run (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT payroll_run_status_known
        CHECK (status IN ('open', 'submitted', 'released', 'sealed', 'cancelled')),
    pay_group_code text NOT NULL,
    kind text NOT NULL CONSTRAINT payroll_run_kind_known CHECK (kind IN ('regular', 'correction', 'off_cycle', 'final')),
    country text NOT NULL,
    frequency text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    paid_on date NOT NULL,
    currency text NOT NULL,
    -- Of all payslips that count: wider than what each may come to.
    people integer NOT NULL DEFAULT 0,
    gross_amount numeric(24, 6) NOT NULL DEFAULT 0,
    net_amount numeric(24, 6) NOT NULL DEFAULT 0,
    employer_amount numeric(24, 6) NOT NULL DEFAULT 0,
    content_hash text NOT NULL DEFAULT '',
    opened_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    -- As payslips are headed: kept when the run is released.
    company jsonb NOT NULL DEFAULT '{}',
    pay_group_name text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    opened_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payroll_run_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT payroll_run_days_in_order CHECK (starts_on <= ends_on),
    CONSTRAINT payroll_run_says_who_pays CHECK (company <> '{}' OR status NOT IN ('released', 'sealed')),
    -- A group is paid once for a day; and who was not, by one correction at a time.
    CONSTRAINT payroll_run_once_for_a_day EXCLUDE USING gist (company_id WITH =, pay_group_code WITH =,
        daterange(starts_on, ends_on, '[]') WITH &&) WHERE (kind = 'regular' AND status <> 'cancelled'),
    FOREIGN KEY (company_id, pay_group_code) REFERENCES payroll.pay_group (company_id, code)
);
CREATE INDEX payroll_run_company_id_paid_on_id_idx ON payroll.payroll_run (company_id, paid_on, id);
SELECT foundation.protect('payroll.payroll_run',
    'SELECT, INSERT, UPDATE (status, people, gross_amount, net_amount, employer_amount, content_hash, reason, company,
        pay_group_name, version)');
CREATE UNIQUE INDEX payroll_run_corrected_by_one ON payroll.payroll_run (company_id, pay_group_code, starts_on, ends_on)
    WHERE kind = 'correction' AND status NOT IN ('sealed', 'cancelled');

-- What one person is paid by one run. What is explained is kept as it was computed; the application changes no
-- amount of one that is posted.
CREATE TABLE payroll.payslip (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    run_id uuid NOT NULL REFERENCES payroll.payroll_run (id),
    -- That of the run, and of the person.
    number text NOT NULL,
    kind text NOT NULL DEFAULT 'regular' CONSTRAINT payslip_kind_known CHECK (kind IN ('regular', 'off_cycle')),
    employee_code text NOT NULL,
    employee_name text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT payslip_of_an_employee CHECK (party_type = 'employee'),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    paid_on date NOT NULL,
    currency text NOT NULL,
    status text NOT NULL CONSTRAINT payslip_status_known
        CHECK (status IN ('open', 'calculated', 'held', 'left_out', 'posted', 'reversed', 'withdrawn')),
    -- Why nothing is paid to somebody: a refusal's name, and its words.
    held_because text NOT NULL DEFAULT '',
    held_reason text NOT NULL DEFAULT '',
    gross_amount numeric(18, 6) NOT NULL DEFAULT 0,
    deducted_amount numeric(18, 6) NOT NULL DEFAULT 0,
    net_amount numeric(18, 6) NOT NULL DEFAULT 0,
    employer_amount numeric(18, 6) NOT NULL DEFAULT 0,
    -- What it pays off-cycle: nothing else.
    asked_items jsonb NOT NULL DEFAULT '[]',
    content_hash text NOT NULL DEFAULT '',
    -- Of the sums of payslips before that it was computed from.
    based_on text NOT NULL DEFAULT '',
    -- Of the agreements and components that it was computed from.
    computed_from text NOT NULL DEFAULT '',
    -- The first days of the closed periods for which it pays differences.
    corrects jsonb NOT NULL DEFAULT '[]',
    lines jsonb NOT NULL DEFAULT '[]',
    added jsonb NOT NULL DEFAULT '[]',
    paid_to jsonb NOT NULL DEFAULT '[]',
    -- What it says of the person: the language, and what the law must know, as it was computed from.
    person jsonb NOT NULL DEFAULT '{}',
    posted_at timestamptz,
    CONSTRAINT payslip_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT payslip_run_id_employee_code_key UNIQUE (run_id, employee_code),
    CONSTRAINT payslip_net_is_gross_less_deductions CHECK (net_amount = gross_amount - deducted_amount),
    CONSTRAINT payslip_nothing_negative_is_paid CHECK (net_amount >= 0 OR status NOT IN ('calculated', 'posted')),
    CONSTRAINT payslip_held_for_a_reason CHECK ((status = 'held') = (held_because <> '')),
    CONSTRAINT payslip_of_what_was_asked CHECK ((kind = 'off_cycle') = (asked_items <> '[]')),
    -- Somebody is paid once for a day, whichever run does so, and once off-cycle.
    CONSTRAINT payslip_once_for_a_day EXCLUDE USING gist (company_id WITH =, employee_code WITH =, kind WITH =,
        daterange(starts_on, ends_on, '[]') WITH &&) WHERE (status IN ('calculated', 'posted')),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX payslip_company_id_employee_code_paid_on_idx ON payroll.payslip (company_id, employee_code, paid_on);
SELECT foundation.protect('payroll.payslip',
    'SELECT, INSERT, UPDATE (status, held_because, held_reason, gross_amount, deducted_amount, net_amount,
        employer_amount, content_hash, based_on, computed_from, corrects, lines, added, paid_to, person, posted_at)');

-- What is posted stays as it is, also when it is taken back.
CREATE FUNCTION payroll.refuse_other_payslip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the payslip of % is posted: it stays as it is', OLD.employee_code
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stays_as_posted BEFORE UPDATE ON payroll.payslip FOR EACH ROW
    WHEN (OLD.status = 'reversed' OR OLD.status = 'posted' AND (NEW.status <> 'reversed'
        OR to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status'))
    EXECUTE FUNCTION payroll.refuse_other_payslip();

-- A run that is released is posted as it was approved; one that has ended stays as it is.
CREATE FUNCTION payroll.refuse_other_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payroll run % is %: it is not changed any more', OLD.number, OLD.status
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stays_as_approved BEFORE UPDATE ON payroll.payroll_run FOR EACH ROW
    WHEN (OLD.status IN ('sealed', 'cancelled') OR OLD.status = 'released'
        AND (NEW.status <> 'sealed' OR NEW.content_hash <> OLD.content_hash))
    EXECUTE FUNCTION payroll.refuse_other_run();

-- Days for which somebody is not paid, and nothing of why.
CREATE TABLE payroll.absence (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- The number of what says so.
    reference text NOT NULL,
    employee_code text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT absence_of_an_employee CHECK (party_type = 'employee'),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    -- Whether it was not taken back.
    stands boolean NOT NULL DEFAULT true,
    CONSTRAINT absence_days_in_order CHECK (starts_on <= ends_on),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX absence_company_id_employee_code_starts_on_idx
    ON payroll.absence (company_id, employee_code, starts_on);
SELECT foundation.protect('payroll.absence', 'SELECT, INSERT, UPDATE (stands)');

-- What is added up of somebody's payslips in a calendar year, by names of the country's law and of ours.
CREATE TABLE payroll.year_to_date (
    payslip_id uuid NOT NULL REFERENCES payroll.payslip (id),
    name text NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    employee_code text NOT NULL,
    year integer NOT NULL,
    amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (payslip_id, name)
);
CREATE INDEX year_to_date_company_id_employee_code_year_idx
    ON payroll.year_to_date (company_id, employee_code, year) INCLUDE (name, amount);
SELECT foundation.protect('payroll.year_to_date', 'SELECT, INSERT');
SELECT foundation.only_add_to('payroll.year_to_date');


-- What is taken of the net: garnishments and loans
-- ------------------------------------------------

-- What a creditor may have of somebody's net pay.
CREATE TABLE payroll.garnishment_order (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    employee_code text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee'
        CONSTRAINT garnishment_order_of_an_employee CHECK (party_type = 'employee'),
    -- The key of the account on which it is owed, and the name of whom it is owed to.
    creditor text NOT NULL,
    creditor_name text NOT NULL,
    reference text NOT NULL DEFAULT '',
    priority integer NOT NULL,
    -- By the day of payment.
    valid_from date NOT NULL,
    valid_to date,
    total_amount numeric(18, 6) CONSTRAINT garnishment_order_total_positive CHECK (total_amount > 0),
    a_period numeric(18, 6) CONSTRAINT garnishment_order_a_period_positive CHECK (a_period > 0),
    protected jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT garnishment_order_in_order CHECK (valid_from <= valid_to),
    CONSTRAINT garnishment_order_asks_for_something CHECK (num_nonnulls(total_amount, a_period) > 0),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX garnishment_order_company_id_employee_code_idx
    ON payroll.garnishment_order (company_id, employee_code);
SELECT foundation.protect('payroll.garnishment_order');

-- How what was lent to somebody is repaid.
CREATE TABLE payroll.employee_loan (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    employee_code text NOT NULL,
    party_type text NOT NULL DEFAULT 'employee' CONSTRAINT employee_loan_of_an_employee CHECK (party_type = 'employee'),
    name text NOT NULL,
    instalment numeric(18, 6) NOT NULL CONSTRAINT employee_loan_instalment_positive CHECK (instalment > 0),
    priority integer NOT NULL,
    comes_after_garnishments boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT employee_loan_in_order CHECK (valid_from <= valid_to),
    CONSTRAINT employee_loan_company_id_code_employee_code_key UNIQUE (company_id, code, employee_code),
    FOREIGN KEY (company_id, party_type, employee_code) REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX employee_loan_company_id_employee_code_idx ON payroll.employee_loan (company_id, employee_code);
SELECT foundation.protect('payroll.employee_loan');

-- What was lent, came back by hand, or is given up: posted, and taken back by a reversal. What payslips repay is in
-- payroll.year_to_date, as 'loan/' and the loan's code.
CREATE TABLE payroll.loan_movement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    loan_code text NOT NULL,
    employee_code text NOT NULL,
    kind text NOT NULL CONSTRAINT loan_movement_kind_known CHECK (kind IN ('granted', 'repaid', 'written_off')),
    moved_on date NOT NULL,
    currency text NOT NULL,
    -- What it adds to the balance: what came back is negative.
    amount numeric(18, 6) NOT NULL CONSTRAINT loan_movement_signed
        CHECK (amount <> 0 AND (amount > 0) = (kind = 'granted')),
    account_code text,
    reason text NOT NULL DEFAULT '',
    posted_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT loan_movement_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT loan_movement_by_money CHECK ((kind = 'written_off') = (account_code IS NULL)),
    CONSTRAINT loan_movement_for_a_reason CHECK (kind <> 'written_off' OR reason <> ''),
    -- A loan stays with whom it was granted to.
    FOREIGN KEY (company_id, loan_code, employee_code)
        REFERENCES payroll.employee_loan (company_id, code, employee_code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX loan_movement_company_id_employee_code_idx ON payroll.loan_movement (company_id, employee_code);
CREATE INDEX loan_movement_company_id_loan_code_idx ON payroll.loan_movement (company_id, loan_code);
SELECT foundation.protect('payroll.loan_movement', 'SELECT, INSERT');
SELECT foundation.only_add_to('payroll.loan_movement');
SELECT foundation.stamp_transaction('payroll.loan_movement');

-- What is left of a loan, of what was granted by a day: that less what was repaid, by hand or by payslips, and written off, as far as
-- it was not taken back.
CREATE FUNCTION payroll.loan_balance(p_company text, p_loan text, p_on date) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(m.amount) FROM payroll.loan_movement m
            WHERE m.company_id = l.company_id AND m.loan_code = l.code
                AND (m.kind <> 'granted' OR m.moved_on <= p_on) AND NOT EXISTS (SELECT FROM ledger.reversal x
                WHERE x.company_id = m.company_id AND x.document_type = 'loan_movement' AND x.document_id = m.id)), 0)
        + coalesce((SELECT sum(y.amount) FROM payroll.year_to_date y JOIN payroll.payslip p ON p.id = y.payslip_id
            WHERE y.company_id = l.company_id AND y.employee_code = l.employee_code AND y.year = 0
                AND y.name = 'loan/' || l.code AND p.status <> 'reversed'), 0)
    FROM payroll.employee_loan l WHERE l.company_id = p_company AND l.code = p_loan
$$;

-- No more is repaid than was lent: when all is written, for whoever wrote it, also at the same time as another.
CREATE FUNCTION payroll.check_loan(p_company text, p_loan text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.lock_agreements(l.employee_code) FROM payroll.employee_loan l
        WHERE l.company_id = p_company AND l.code = p_loan;
    IF payroll.loan_balance(p_company, p_loan, 'infinity') < 0 THEN
        RAISE EXCEPTION 'loan %: more would be repaid than was lent', p_loan
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION payroll.refuse_overpaid_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.check_loan(NEW.company_id, NEW.loan_code);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_overpaid AFTER INSERT ON payroll.loan_movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payroll.refuse_overpaid_loan();

CREATE FUNCTION payroll.refuse_loan_overpaid_by_payslip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.check_loan(NEW.company_id, substr(NEW.name, length('loan/') + 1));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_overpaid_loan AFTER INSERT ON payroll.year_to_date
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name LIKE 'loan/%')
    EXECUTE FUNCTION payroll.refuse_loan_overpaid_by_payslip();

-- What was repaid of it is taken back first.
CREATE FUNCTION payroll.refuse_grant_undone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.check_loan(m.company_id, m.loan_code) FROM payroll.loan_movement m WHERE m.id = NEW.document_id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_grant_undone AFTER INSERT ON ledger.reversal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.document_type = 'loan_movement')
    EXECUTE FUNCTION payroll.refuse_grant_undone();

-- By an order no more is taken than it says, of whoever it is of.
CREATE FUNCTION payroll.check_order(p_company text, p_order text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    garnished payroll.garnishment_order;
BEGIN
    SELECT * INTO garnished FROM payroll.garnishment_order o WHERE o.company_id = p_company AND o.code = p_order;
    PERFORM payroll.lock_agreements(garnished.employee_code);
    IF garnished.total_amount < (SELECT sum(y.amount)
        FROM payroll.year_to_date y JOIN payroll.payslip p ON p.id = y.payslip_id
        WHERE y.company_id = p_company AND y.employee_code = garnished.employee_code AND y.year = 0
            AND y.name = 'garnished/' || p_order AND p.status <> 'reversed')
    THEN
        RAISE EXCEPTION 'garnishment order %: more would be taken than is owed', p_order
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION payroll.refuse_overpaid_creditor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.check_order(NEW.company_id, substr(NEW.name, length('garnished/') + 1));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_overpaid_creditor AFTER INSERT ON payroll.year_to_date
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name LIKE 'garnished/%')
    EXECUTE FUNCTION payroll.refuse_overpaid_creditor();

CREATE FUNCTION payroll.refuse_order_below_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.check_order(NEW.company_id, NEW.code);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_below_taken AFTER UPDATE ON payroll.garnishment_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payroll.refuse_order_below_taken();
