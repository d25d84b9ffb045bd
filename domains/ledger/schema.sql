-- The books: accounts and their roles, periods, the journal, open items and what settles them, payments.
--
-- Business domains post here in the transaction that makes their fact true; nothing here knows any of them. A
-- document is named by its type and id. Amounts are signed, debit positive.

CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO perpetual_app;


-- Accounts and what they are for
-- ------------------------------

CREATE TABLE ledger.account (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL
        CONSTRAINT account_kind_known
            CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
    -- A control account: its balance is the sum of a subledger, and only the subledger's documents post to it.
    subledger text CONSTRAINT account_subledger_known
        CHECK (subledger IN ('receivable', 'payable', 'goods_received', 'wages', 'inventory')),
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
SELECT foundation.protect('ledger.account');

-- Which account a document posts to: by the role that it names and, where there is a row for it, by a key of
-- its own choice (an item group, a pay component, a bank); otherwise by the role alone, whose key is empty.
CREATE TABLE ledger.account_role (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    role text NOT NULL,
    key text NOT NULL DEFAULT '',
    account_code text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, role, key),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX account_role_company_id_account_code_idx ON ledger.account_role (company_id, account_code);
SELECT foundation.protect('ledger.account_role', 'SELECT, INSERT, UPDATE, DELETE');

-- What was posted would mean something else: an account that has postings keeps its kind and its subledger.
CREATE FUNCTION ledger.refuse_other_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.journal_line
               WHERE company_id = OLD.company_id AND account_code = OLD.code) THEN
        RAISE EXCEPTION 'account % has postings: its kind and its subledger stay as they are', OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_its_meaning BEFORE UPDATE ON ledger.account FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR OLD.subledger IS DISTINCT FROM NEW.subledger OR OLD.code <> NEW.code)
    EXECUTE FUNCTION ledger.refuse_other_meaning();

-- The role of a control account does not move either: what is open on the old one would never be settled.
CREATE FUNCTION ledger.refuse_moved_control() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.account a JOIN ledger.journal_line l
                   ON l.company_id = a.company_id AND l.account_code = a.code
               WHERE a.company_id = OLD.company_id AND a.code = OLD.account_code
                   AND a.subledger IS NOT NULL) THEN
        RAISE EXCEPTION 'account % has postings: the role % stays with it', OLD.account_code, OLD.role
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER control_stays BEFORE UPDATE OR DELETE ON ledger.account_role
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_moved_control();

-- A tax code may name the account of each of its taxes: one that is there and open, of the balance sheet, and no
-- control account. It is held while the tax code is written, and stays so while one names it.
CREATE FUNCTION ledger.why_not_for_taxes(p_company text, p_account text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN a.code IS NULL THEN format('there is no account %s: create it with POST /v1/accounts', wanted.code)
        WHEN a.blocked THEN format('account %s is blocked', a.code)
        WHEN a.subledger IS NOT NULL
            THEN format('account %s is a control account: only its subledger posts to it', a.code)
        WHEN a.kind NOT IN ('asset', 'liability')
            THEN format('account %s is of the kind %s: taxes are posted to a liability or an asset', a.code, a.kind)
    END
    FROM (SELECT p_company AS company_id, p_account AS code) AS wanted
        LEFT JOIN ledger.account a USING (company_id, code)
$$;

CREATE FUNCTION ledger.check_accounts_of_tax() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text[] := ARRAY(
        SELECT DISTINCT c ->> 'account_code' FROM jsonb_array_elements(NEW.components) AS c
        WHERE c ->> 'account_code' IS NOT NULL);
    wrong text;
BEGIN
    PERFORM FROM ledger.account WHERE company_id = NEW.company_id AND code = ANY (named) FOR SHARE;
    SELECT min(ledger.why_not_for_taxes(NEW.company_id, n.code)) INTO wrong FROM unnest(named) AS n (code);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'tax code % names an account that is none for taxes: %', NEW.code, wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posted_to_accounts_of_taxes BEFORE INSERT OR UPDATE OF components ON master_data.tax_code
    FOR EACH ROW EXECUTE FUNCTION ledger.check_accounts_of_tax();
CREATE TRIGGER posted_to_accounts_of_taxes BEFORE INSERT OR UPDATE OF components ON master_data.tax_code_change
    FOR EACH ROW EXECUTE FUNCTION ledger.check_accounts_of_tax();

-- The tax codes that name an account, now or from a day on.
CREATE FUNCTION ledger.taxes_posted_to(p_company text, p_account text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT t.code FROM (
        SELECT company_id, code, components FROM master_data.tax_code
        UNION ALL
        SELECT company_id, code, components FROM master_data.tax_code_change
    ) AS t
    WHERE t.company_id = p_company
        AND t.components @> jsonb_build_array(jsonb_build_object('account_code', p_account))
$$;

CREATE FUNCTION ledger.refuse_unfit_for_taxes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tax text := (SELECT min(t.code) FROM ledger.taxes_posted_to(OLD.company_id, OLD.code) AS t (code));
BEGIN
    IF tax IS NOT NULL THEN
        RAISE EXCEPTION 'tax code % is posted to account %', tax, OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER stays_for_taxes BEFORE UPDATE ON ledger.account FOR EACH ROW
    WHEN (NEW.blocked OR NEW.subledger IS NOT NULL OR NEW.kind NOT IN ('asset', 'liability')
        OR NEW.code <> OLD.code)
    EXECUTE FUNCTION ledger.refuse_unfit_for_taxes();
CREATE TRIGGER stays_for_taxes_too BEFORE DELETE ON ledger.account FOR EACH ROW
    EXECUTE FUNCTION ledger.refuse_unfit_for_taxes();

-- What a line can be told apart by besides its account: cost centres, projects, and what a company adds.
CREATE TABLE ledger.dimension_value (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    dimension text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, dimension, code)
);
SELECT foundation.protect('ledger.dimension_value');


-- Budgets of cost centres
-- -----------------------

-- What may be committed for a cost centre from a day to a day, in the company's currency.
CREATE TABLE ledger.budget (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    dimension text NOT NULL DEFAULT 'cost_centre'
        CONSTRAINT budget_of_cost_centre CHECK (dimension = 'cost_centre'),
    cost_centre text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    amount numeric(18, 6) NOT NULL,
    -- The sum of what documents have committed of it: add_commitments keeps it so.
    committed_amount numeric(18, 6) NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT budget_in_order CHECK (starts_on <= ends_on),
    -- Whoever commits, and however many at once.
    CONSTRAINT budget_committed_within CHECK (committed_amount BETWEEN 0 AND amount),
    FOREIGN KEY (company_id, dimension, cost_centre) REFERENCES ledger.dimension_value (company_id, dimension, code)
);
CREATE INDEX budget_company_id_cost_centre_starts_on_idx ON ledger.budget (company_id, cost_centre, starts_on);
SELECT foundation.protect('ledger.budget');

-- Who writes a budget of a cost centre waits for who does so at the same time: neither would see the other's.
CREATE FUNCTION ledger.lock_budgets(p_cost_centre text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(
        hashtextextended('budgets/' || foundation.current_company() || '/' || p_cost_centre, 0))
$$;

-- A cost centre has one budget on any day.
CREATE FUNCTION ledger.refuse_second_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger.lock_budgets(NEW.cost_centre);
    IF EXISTS (SELECT FROM ledger.budget b
        WHERE b.company_id = NEW.company_id AND b.cost_centre = NEW.cost_centre AND b.code <> NEW.code
            AND b.starts_on <= NEW.ends_on AND NEW.starts_on <= b.ends_on)
    THEN
        RAISE EXCEPTION 'budget %: % has another one for some of its days', NEW.code, NEW.cost_centre
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_budget BEFORE INSERT OR UPDATE OF cost_centre, starts_on, ends_on ON ledger.budget
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_second_budget();

-- What a document's line commits of a budget; negative what it gives back.
CREATE TABLE ledger.budget_commitment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    budget_code text NOT NULL,
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    line_number integer NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT budget_commitment_commits_something CHECK (amount <> 0),
    committed_on date NOT NULL,
    -- The day for which it is: one of the budget's, as long as it is committed.
    wanted_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    FOREIGN KEY (company_id, budget_code) REFERENCES ledger.budget (company_id, code)
);
CREATE INDEX budget_commitment_company_id_budget_code_id_idx
    ON ledger.budget_commitment (company_id, budget_code, id);
CREATE INDEX budget_commitment_document_id_line_number_idx ON ledger.budget_commitment (document_id, line_number);
SELECT foundation.protect('ledger.budget_commitment', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.budget_commitment');
SELECT foundation.stamp_transaction('ledger.budget_commitment');

-- A budget knows what is committed of it, and no line gives back more than it had: whatever is written at once
-- counts as a whole, as when an order takes over what its requisition had committed.
CREATE FUNCTION ledger.add_commitments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT c.document_type, c.document_id, c.line_number INTO wrong
    FROM ledger.budget_commitment c
    WHERE (c.document_id, c.line_number) IN (SELECT a.document_id, a.line_number FROM added a WHERE a.amount < 0)
    GROUP BY c.company_id, c.budget_code, c.document_type, c.document_id, c.line_number HAVING sum(c.amount) < 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % of % % gives back more than it has committed', wrong.line_number, wrong.document_type,
            wrong.document_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT b.code, a.wanted_on INTO wrong FROM added a
        JOIN ledger.budget b ON b.company_id = a.company_id AND b.code = a.budget_code
    WHERE a.amount > 0 AND a.wanted_on NOT BETWEEN b.starts_on AND b.ends_on LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'budget % is not for %', wrong.code, wrong.wanted_on
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger.budget b SET committed_amount = b.committed_amount + a.amount
    FROM (SELECT company_id, budget_code, sum(amount) AS amount FROM added GROUP BY company_id, budget_code) AS a
    WHERE b.company_id = a.company_id AND b.code = a.budget_code AND a.amount <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER add_commitments AFTER INSERT ON ledger.budget_commitment REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.add_commitments();

-- A budget keeps the days for which something is committed.
CREATE FUNCTION ledger.keep_days_committed_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.budget_commitment c
        WHERE c.company_id = NEW.company_id AND c.budget_code = NEW.code
            AND c.wanted_on NOT BETWEEN NEW.starts_on AND NEW.ends_on
        GROUP BY c.document_id, c.document_type, c.line_number HAVING sum(c.amount) <> 0)
    THEN
        RAISE EXCEPTION 'budget %: something is committed for another day', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_days_committed_for BEFORE UPDATE OF starts_on, ends_on ON ledger.budget
    FOR EACH ROW EXECUTE FUNCTION ledger.keep_days_committed_for();


-- Fiscal years and their locks
-- ----------------------------

CREATE TABLE ledger.fiscal_year (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    locked_through date,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT fiscal_year_in_order CHECK (starts_on <= ends_on)
);
SELECT foundation.protect('ledger.fiscal_year');

-- Every move of a lock, forward or back: who unlocks a period, posts in it and locks it again is seen here.
CREATE TABLE ledger.period_lock (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    fiscal_year text NOT NULL,
    locked_before date,
    locked_through date,
    moved_by text NOT NULL,
    operation_key text,
    moved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (company_id, fiscal_year) REFERENCES ledger.fiscal_year (company_id, code)
);
CREATE INDEX period_lock_company_id_fiscal_year_id_idx
    ON ledger.period_lock (company_id, fiscal_year, id);
SELECT foundation.protect('ledger.period_lock', 'SELECT');
SELECT foundation.only_add_to('ledger.period_lock');

CREATE FUNCTION ledger.note_period_lock() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.period_lock (
        company_id, fiscal_year, locked_before, locked_through, moved_by, operation_key)
    VALUES (NEW.company_id, NEW.code, CASE TG_OP WHEN 'UPDATE' THEN OLD.locked_through END,
        NEW.locked_through, coalesce(current_setting('perpetual.actor', true), session_user),
        foundation.current_operation());
    RETURN NULL;
END $$;
SELECT foundation.for_application_only('ledger.note_period_lock');
CREATE TRIGGER note_new_lock AFTER INSERT ON ledger.fiscal_year FOR EACH ROW
    WHEN (NEW.locked_through IS NOT NULL) EXECUTE FUNCTION ledger.note_period_lock();
CREATE TRIGGER note_moved_lock AFTER UPDATE ON ledger.fiscal_year FOR EACH ROW
    WHEN (OLD.locked_through IS DISTINCT FROM NEW.locked_through)
    EXECUTE FUNCTION ledger.note_period_lock();


-- The journal
-- -----------

CREATE TABLE ledger.journal_entry (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    posted_on date NOT NULL,
    fiscal_year text NOT NULL,
    currency text NOT NULL,
    text text NOT NULL,
    source_type text NOT NULL,
    source_id uuid NOT NULL,
    purpose text NOT NULL,
    reverses_id uuid REFERENCES ledger.journal_entry (id),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    -- The operation whose fact it accounts for: a stock move of the same operation has the same key.
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT journal_entry_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT journal_entry_company_id_source_type_source_id_purpose_key
        UNIQUE (company_id, source_type, source_id, purpose),
    CONSTRAINT journal_entry_reverses_id_key UNIQUE (reverses_id),
    FOREIGN KEY (company_id, fiscal_year) REFERENCES ledger.fiscal_year (company_id, code)
);
CREATE INDEX journal_entry_company_id_posted_on_id_idx
    ON ledger.journal_entry (company_id, posted_on, id);
CREATE INDEX journal_entry_operation_key_idx ON ledger.journal_entry (operation_key);
SELECT foundation.protect('ledger.journal_entry', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.journal_entry');
SELECT foundation.stamp_transaction('ledger.journal_entry');

CREATE TABLE ledger.journal_line (
    entry_id uuid NOT NULL REFERENCES ledger.journal_entry (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    posted_on date NOT NULL,
    account_code text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    text text NOT NULL DEFAULT '',
    party_type text,
    party_code text,
    dimensions jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (entry_id, line_number),
    CONSTRAINT journal_line_party_with_type CHECK ((party_type IS NULL) = (party_code IS NULL)),
    CONSTRAINT journal_line_dimensions_by_name CHECK (jsonb_typeof(dimensions) = 'object'),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code),
    FOREIGN KEY (company_id, party_type, party_code)
        REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX journal_line_company_id_account_code_posted_on_idx
    ON ledger.journal_line (company_id, account_code, posted_on) INCLUDE (base_amount);
SELECT foundation.protect('ledger.journal_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.journal_line');

-- FOR SHARE: a period is not closed under an entry that is just being posted, but after it.
CREATE FUNCTION ledger.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger.fiscal_year y
    WHERE y.company_id = NEW.company_id AND y.code = NEW.fiscal_year
        AND NEW.posted_on BETWEEN y.starts_on AND y.ends_on
        AND (y.locked_through IS NULL OR NEW.posted_on > y.locked_through)
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'entry % of % is in a locked period or in no fiscal year', NEW.id, NEW.posted_on
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_period BEFORE INSERT ON ledger.journal_entry
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_closed_period();

-- An entry has lines, whoever writes it.
CREATE FUNCTION ledger.refuse_without_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.journal_line WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no lines', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_lines AFTER INSERT ON ledger.journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.refuse_without_lines();

-- The lines of an entry come in one statement, in the transaction of their entry, and add up to zero in the
-- entry's currency and in the company's. So nothing is ever added to what was posted. They stand on accounts
-- that may be posted to; a person's entry stands on no control account.
CREATE FUNCTION ledger.refuse_wrong_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT format('line %s of entry %s on account %s: %s', l.line_number, l.entry_id, l.account_code,
        CASE WHEN e.id IS NULL THEN 'its entry was posted before, or is of another company or day'
            WHEN a.code IS NULL OR a.blocked THEN 'the account is blocked'
            WHEN a.subledger IS NOT NULL AND e.source_type = 'manual'
                THEN 'only documents post to a control account'
            ELSE 'there is no such dimension' END)
    INTO wrong
    FROM added l
        -- OFFSET 0: nothing but the id chooses the index. Joined by id, company and day, a plan made for a
        -- small table takes an index that begins with company and day for as good as the primary key, is
        -- kept, and then reads all entries of the day for every line.
        LEFT JOIN LATERAL (
            SELECT e.* FROM ledger.journal_entry e WHERE e.id = l.entry_id OFFSET 0
        ) AS e ON e.company_id = l.company_id AND e.posted_on = l.posted_on
            AND e.transaction_id = pg_current_xact_id()
        LEFT JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
    WHERE e.id IS NULL OR a.code IS NULL OR a.blocked
        OR a.subledger IS NOT NULL AND e.source_type = 'manual'
        OR l.dimensions <> '{}' AND EXISTS (
            SELECT FROM jsonb_each_text(l.dimensions) AS d (dimension, code)
            WHERE NOT EXISTS (SELECT FROM ledger.dimension_value v WHERE v.company_id = l.company_id
                AND v.dimension = d.dimension AND v.code = d.code AND NOT v.blocked))
    LIMIT 1;
    IF NOT FOUND THEN
        SELECT format('entry %s does not balance: difference %s, in the company''s currency %s',
            l.entry_id, sum(l.amount), sum(l.base_amount))
        INTO wrong
        FROM added l GROUP BY l.entry_id HAVING sum(l.amount) <> 0 OR sum(l.base_amount) <> 0 LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER right_lines AFTER INSERT ON ledger.journal_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_wrong_lines();


-- Balances of closed periods
-- --------------------------

-- What keeps a report's cost the same however much is stored.
CREATE TABLE ledger.period_balance (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    fiscal_year text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    account_code text NOT NULL,
    debit numeric(18, 6) NOT NULL,
    credit numeric(18, 6) NOT NULL,
    PRIMARY KEY (company_id, ends_on, account_code),
    FOREIGN KEY (company_id, fiscal_year) REFERENCES ledger.fiscal_year (company_id, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code),
    CONSTRAINT period_balance_in_order CHECK (starts_on <= ends_on),
    CONSTRAINT period_balance_debit_not_negative CHECK (debit >= 0),
    CONSTRAINT period_balance_credit_not_negative CHECK (credit >= 0)
);
SELECT foundation.protect('ledger.period_balance', 'SELECT');

-- A period is a calendar month, or what a fiscal year has of it, that is locked to its last day.
CREATE FUNCTION ledger.keep_period_balances(p_fiscal_year text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    company text := foundation.current_company();
    closed datemultirange;
BEGIN
    SELECT coalesce(range_agg(p.days), '{}') INTO closed
    FROM (
        SELECT daterange(greatest(m::date, y.starts_on),
            least((m + interval '1 month')::date - 1, y.ends_on), '[]') AS days, y.locked_through
        FROM ledger.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
            y.ends_on::timestamp, interval '1 month') AS m
        WHERE y.company_id = company AND y.code = p_fiscal_year
    ) AS p
    WHERE upper(p.days) - 1 <= p.locked_through;

    -- Opened again, or of other days than it was.
    DELETE FROM ledger.period_balance b
    USING ledger.fiscal_year y
    WHERE b.company_id = company AND b.fiscal_year = p_fiscal_year
        AND y.company_id = company AND y.code = p_fiscal_year
        AND NOT (daterange(b.starts_on, b.ends_on, '[]') <@ closed
            AND b.starts_on = greatest(date_trunc('month', b.ends_on::timestamp)::date, y.starts_on)
            AND b.ends_on = least(
                (date_trunc('month', b.ends_on::timestamp) + interval '1 month')::date - 1, y.ends_on));

    -- Account by account and period by period, by the index of account and day.
    INSERT INTO ledger.period_balance (
        company_id, fiscal_year, starts_on, ends_on, account_code, debit, credit)
    SELECT company, p_fiscal_year, p.starts_on, p.ends_on, a.code, l.debit, l.credit
    FROM (
        SELECT greatest(m::date, y.starts_on) AS starts_on,
            least((m + interval '1 month')::date - 1, y.ends_on) AS ends_on
        FROM ledger.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
            y.ends_on::timestamp, interval '1 month') AS m
        WHERE y.company_id = company AND y.code = p_fiscal_year
    ) AS p
        CROSS JOIN ledger.account a
        CROSS JOIN LATERAL (
            SELECT count(*) AS lines,
                coalesce(sum(base_amount) FILTER (WHERE base_amount > 0), 0) AS debit,
                coalesce(-sum(base_amount) FILTER (WHERE base_amount < 0), 0) AS credit
            FROM ledger.journal_line
            WHERE company_id = company AND account_code = a.code
                AND posted_on BETWEEN p.starts_on AND p.ends_on
        ) AS l
    WHERE a.company_id = company AND daterange(p.starts_on, p.ends_on, '[]') <@ closed AND l.lines > 0
        AND NOT EXISTS (
            SELECT FROM ledger.period_balance b WHERE b.company_id = company AND b.ends_on = p.ends_on);
END $$;
SELECT foundation.for_application_only('ledger.keep_period_balances');


-- Money
-- -----

-- Money that came from a party.
CREATE TABLE ledger.payment (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    party_type text NOT NULL,
    party_code text NOT NULL,
    received_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT payment_amount_positive CHECK (amount > 0),
    base_amount numeric(18, 6) NOT NULL,
    reference text NOT NULL,
    account_code text NOT NULL,
    order_id uuid,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_company_id_number_key UNIQUE (company_id, number),
    FOREIGN KEY (company_id, party_type, party_code)
        REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX payment_company_id_received_on_id_idx ON ledger.payment (company_id, received_on, id);
SELECT foundation.protect('ledger.payment', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.payment');

-- Money that went to a supplier, and what it has paid of an invoice, in the invoice's currency.
CREATE TABLE ledger.supplier_payment (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    party_type text NOT NULL,
    party_code text NOT NULL,
    invoice_id uuid NOT NULL,
    invoice_number text NOT NULL,
    paid_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT supplier_payment_amount_positive CHECK (amount > 0),
    base_amount numeric(18, 6) NOT NULL,
    invoice_currency text NOT NULL,
    invoice_amount numeric(18, 6) NOT NULL CONSTRAINT supplier_payment_pays_something CHECK (invoice_amount > 0),
    reference text NOT NULL,
    account_code text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_payment_one_amount CHECK (currency <> invoice_currency OR amount = invoice_amount),
    CONSTRAINT supplier_payment_company_id_number_key UNIQUE (company_id, number),
    FOREIGN KEY (company_id, party_type, party_code)
        REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX supplier_payment_company_id_paid_on_id_idx ON ledger.supplier_payment (company_id, paid_on, id);
CREATE INDEX supplier_payment_invoice_id_idx ON ledger.supplier_payment (invoice_id);
SELECT foundation.protect('ledger.supplier_payment', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.supplier_payment');

-- Money on account that goes back to where it came from: a payment, or a credit note on what had been paid.
CREATE TABLE ledger.refund (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    party_type text NOT NULL,
    party_code text NOT NULL,
    open_item_id uuid NOT NULL,
    money_type text NOT NULL,
    money_id uuid NOT NULL,
    refunded_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT refund_amount_positive CHECK (amount > 0),
    base_amount numeric(18, 6) NOT NULL,
    exchange_difference numeric(18, 6) NOT NULL,
    reference text NOT NULL,
    account_code text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refund_company_id_number_key UNIQUE (company_id, number),
    FOREIGN KEY (company_id, party_type, party_code)
        REFERENCES master_data.party (company_id, type, code),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX refund_company_id_refunded_on_id_idx ON ledger.refund (company_id, refunded_on, id);
CREATE INDEX refund_open_item_id_idx ON ledger.refund (open_item_id);
SELECT foundation.protect('ledger.refund', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.refund');

-- Money on account that was used for what is open.
CREATE TABLE ledger.allocation (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    money_type text NOT NULL,
    money_id uuid NOT NULL,
    money_number text NOT NULL,
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    party_type text NOT NULL,
    party_code text NOT NULL,
    allocated_on date NOT NULL,
    currency text NOT NULL,
    -- Nothing, when only the discount that had been granted with the money is granted again: it was refunded.
    amount numeric(18, 6) NOT NULL CONSTRAINT allocation_amount_not_negative CHECK (amount >= 0),
    exchange_difference numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX allocation_money_id_idx ON ledger.allocation (money_id);
CREATE INDEX allocation_document_id_idx ON ledger.allocation (document_id);
CREATE INDEX allocation_company_id_allocated_on_id_idx ON ledger.allocation (company_id, allocated_on, id);
SELECT foundation.protect('ledger.allocation', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.allocation');


-- Open items and what settles them
-- --------------------------------

-- What a party owes us (positive) or we owe it (negative): an instalment of an invoice, a charge, money on
-- account, goods received that are not invoiced. The balance of a control account is the sum of its items.
CREATE TABLE ledger.open_item (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    side text NOT NULL CONSTRAINT open_item_side_known
        CHECK (side IN ('receivable', 'payable', 'goods_received', 'wages')),
    party_type text,
    party_code text,
    account_code text NOT NULL,
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    -- What the party calls it: a supplier's own number of its invoice.
    party_reference text NOT NULL DEFAULT '',
    -- The document that it corrects or came from: a credit note's invoice.
    corrects_id uuid,
    -- Money that waits to be used, and nothing that is owed.
    on_account boolean NOT NULL,
    -- Which order it is for, and which process is told when it is settled.
    order_id uuid,
    order_line_number integer,
    process_id text,
    document_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    -- Of goods received: how many, in the stock unit.
    quantity numeric(18, 6),
    open_amount numeric(18, 6) NOT NULL,
    base_open_amount numeric(18, 6) NOT NULL,
    open_quantity numeric(18, 6),
    -- What may be taken off when the whole document is paid by then: net, and on each of its taxes; and what
    -- must be open for it. The same on every item of a document.
    discount_until date,
    discount jsonb,
    -- Of money that was credited: the discount and the small difference that had been given up with it, and were
    -- reversed.
    discount_amount numeric(18, 6) NOT NULL DEFAULT 0,
    written_off_amount numeric(18, 6) NOT NULL DEFAULT 0,
    -- The first and the last day of its own and of all that settled it: the database keeps both. So something
    -- may be open of it from the one until the other, or to this day.
    open_from date NOT NULL,
    last_moved_on date NOT NULL,
    -- The last day on which a settlement of it was taken back. Until then it was settled: nothing else settles
    -- it before, or on the days between it would be settled twice.
    reopened_on date,
    open_until date NOT NULL
        GENERATED ALWAYS AS (
            CASE WHEN open_amount = 0 AND coalesce(open_quantity, 0) = 0 THEN last_moved_on ELSE 'infinity' END
        ) STORED,
    CONSTRAINT open_item_party_with_type CHECK ((party_type IS NULL) = (party_code IS NULL)),
    CONSTRAINT open_item_of_a_party CHECK (side = 'goods_received' OR party_code IS NOT NULL),
    CONSTRAINT open_item_open_within_amount
        CHECK (open_amount BETWEEN least(amount, 0) AND greatest(amount, 0)),
    CONSTRAINT open_item_settled_in_both CHECK (open_amount <> 0 OR base_open_amount = 0),
    CONSTRAINT open_item_quantity_with_goods CHECK ((quantity IS NULL) = (open_quantity IS NULL)),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code),
    FOREIGN KEY (company_id, party_type, party_code)
        REFERENCES master_data.party (company_id, type, code)
);
CREATE INDEX open_item_open_idx ON ledger.open_item (company_id, party_type, party_code)
    WHERE open_amount <> 0;
CREATE INDEX open_item_document_id_idx ON ledger.open_item (document_id);
CREATE INDEX open_item_order_id_idx ON ledger.open_item (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX open_item_corrects_id_idx ON ledger.open_item (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX open_item_company_id_due_on_id_idx ON ledger.open_item (company_id, due_on, id);
CREATE INDEX open_item_company_id_party_type_party_code_idx
    ON ledger.open_item (company_id, party_type, party_code);
-- What was open on a past day: one look, however long ago it is.
CREATE INDEX open_item_company_id_open_until_open_from_idx
    ON ledger.open_item (company_id, open_until, open_from);
-- What is open of an item changes by settlements, and by nothing else.
SELECT foundation.protect('ledger.open_item', 'SELECT, INSERT');
GRANT UPDATE (id) ON ledger.open_item TO perpetual_app;  -- No value may change: it is for FOR UPDATE.

-- A new item is open, all of it.
CREATE FUNCTION ledger.refuse_settled_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.open_amount <> NEW.amount OR NEW.base_open_amount <> NEW.base_amount
        OR NEW.open_quantity IS DISTINCT FROM NEW.quantity THEN
        RAISE EXCEPTION 'item % of % is new, and open as a whole', NEW.id, NEW.document_number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.open_from := NEW.document_on;
    NEW.last_moved_on := NEW.document_on;
    NEW.reopened_on := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER open_as_a_whole BEFORE INSERT ON ledger.open_item
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_settled_before();

-- Only what is open of an item ever changes, and the discount that may still be taken.
CREATE FUNCTION ledger.guard_open_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] :=
        '{open_amount,base_open_amount,open_quantity,discount,open_from,last_moved_on,open_until,reopened_on}';
BEGIN
    IF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'an open item of % stays as it was posted: % refused', OLD.document_number, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON ledger.open_item
    FOR EACH ROW EXECUTE FUNCTION ledger.guard_open_item();

-- Every change of what is open of an item: by the document that made it, with the money that it used. Positive
-- amounts lower an item that is owed to us. So what was open on any day is the item less its settlements.
CREATE TABLE ledger.settlement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    open_item_id uuid NOT NULL REFERENCES ledger.open_item (id),
    source_type text NOT NULL,
    source_id uuid NOT NULL,
    source_number text NOT NULL,
    money_type text,
    money_id uuid,
    settled_on date NOT NULL,
    amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    quantity numeric(18, 6),
    discount_amount numeric(18, 6) NOT NULL DEFAULT 0,
    written_off_amount numeric(18, 6) NOT NULL DEFAULT 0,
    -- What realised an exchange difference says so, so that it can be reversed.
    exchange_difference numeric(18, 6) NOT NULL DEFAULT 0,
    reverses_id uuid REFERENCES ledger.settlement (id),
    CONSTRAINT settlement_reverses_id_key UNIQUE (reverses_id),
    CONSTRAINT settlement_money_with_type CHECK ((money_type IS NULL) = (money_id IS NULL))
);
CREATE INDEX settlement_open_item_id_idx ON ledger.settlement (open_item_id);
CREATE INDEX settlement_source_id_idx ON ledger.settlement (source_id);
CREATE INDEX settlement_money_id_idx ON ledger.settlement (money_id) WHERE money_id IS NOT NULL;
SELECT foundation.protect('ledger.settlement', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.settlement');

-- The items are locked already by whoever decided what settles what. Nothing is settled before it is owed, nor
-- before the last day on which a settlement of it was taken back; and none is taken back before it was.
CREATE FUNCTION ledger.settle_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    earliest text;
BEGIN
    UPDATE ledger.open_item i SET open_amount = i.open_amount - s.amount,
        base_open_amount = i.base_open_amount - s.base_amount,
        open_quantity = i.open_quantity - coalesce(s.quantity, 0),
        open_from = least(i.open_from, s.first_on), last_moved_on = greatest(i.last_moved_on, s.last_on),
        reopened_on = greatest(i.reopened_on, s.reopened_on)
    FROM (
        SELECT open_item_id, company_id, sum(amount) AS amount, sum(base_amount) AS base_amount,
            sum(quantity) AS quantity, min(settled_on) AS first_on, max(settled_on) AS last_on,
            max(settled_on) FILTER (WHERE reverses_id IS NOT NULL) AS reopened_on
        FROM added GROUP BY open_item_id, company_id
    ) AS s
    -- Found by a list of their ids: of a record set the planner expects a hundred rows, and rather reads a
    -- table of thousands.
    WHERE i.id = s.open_item_id AND i.company_id = s.company_id
        AND i.id = ANY (ARRAY(SELECT open_item_id FROM added));
    SELECT CASE WHEN s.settled_on < i.document_on THEN 'of its document'
        WHEN s.reverses_id IS NULL THEN 'when it was reopened' ELSE 'of what it takes back' END
    INTO earliest
    FROM ledger.open_item i JOIN added s ON s.open_item_id = i.id
    WHERE i.id = ANY (ARRAY(SELECT open_item_id FROM added))
        AND (s.settled_on < i.document_on OR s.settled_on < CASE WHEN s.reverses_id IS NULL THEN i.reopened_on
            ELSE (SELECT t.settled_on FROM ledger.settlement t WHERE t.id = s.reverses_id) END)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an open item is settled on the day % at the earliest', earliest
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
SELECT foundation.for_application_only('ledger.settle_items');
CREATE TRIGGER settle AFTER INSERT ON ledger.settlement REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.settle_items();

-- What was credited of a document takes its share off the discount that may still be taken.
CREATE FUNCTION ledger.set_discount(p_document uuid, p_discount jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    UPDATE ledger.open_item SET discount = p_discount
    WHERE document_id = p_document AND company_id = foundation.current_company() AND discount IS NOT NULL
$$;
SELECT foundation.for_application_only('ledger.set_discount');


-- Reversals
-- ---------

-- A posted document is taken back by a document of its own, once: mirror entries, and every open item and
-- settlement as it was before.
CREATE TABLE ledger.reversal (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    reversed_on date NOT NULL,
    reason text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reversal_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT reversal_company_id_document_type_document_id_key
        UNIQUE (company_id, document_type, document_id)
);
CREATE INDEX reversal_company_id_reversed_on_id_idx ON ledger.reversal (company_id, reversed_on, id);
SELECT foundation.protect('ledger.reversal', 'SELECT, INSERT');
SELECT foundation.only_add_to('ledger.reversal');
