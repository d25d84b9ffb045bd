-- The books. A document's function writes it whole in one round trip, with its entries and open items: a
-- legal number is gapless because its row stays locked until the commit, and here it is locked for as short
-- as can be.
--
-- Documents stand before the open items that they make; what names an open item stands after them.

CREATE SCHEMA finance;
GRANT USAGE ON SCHEMA finance TO perpetual_app;


-- Accounts, fiscal years, numbers
-- -------------------------------

CREATE TABLE finance.account (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL
        CONSTRAINT account_kind_known
            CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
    role text,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT account_company_id_role_key UNIQUE (company_id, role)
);
SELECT foundation.protect('finance.account');

CREATE TABLE finance.fiscal_year (
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
SELECT foundation.protect('finance.fiscal_year');

-- Gapless: the row stays locked until the document that took the number is committed, or gives it back.
CREATE TABLE finance.number_series (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    series text NOT NULL,
    fiscal_year text NOT NULL,
    last_number integer NOT NULL,
    PRIMARY KEY (company_id, series, fiscal_year)
);
SELECT foundation.protect('finance.number_series');

CREATE FUNCTION finance.next_number(p_series text, p_fiscal_year text) RETURNS text LANGUAGE sql AS $$
    INSERT INTO finance.number_series AS s (series, fiscal_year, last_number)
    VALUES (p_series, p_fiscal_year, 1)
    ON CONFLICT (company_id, series, fiscal_year) DO UPDATE SET last_number = s.last_number + 1
    RETURNING foundation.document_number(p_series || '-' || p_fiscal_year, last_number)
$$;


-- The journal
-- -----------

CREATE TABLE finance.journal_entry (
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
    reverses_id uuid REFERENCES finance.journal_entry (id),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT journal_entry_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT journal_entry_company_id_source_type_source_id_purpose_key
        UNIQUE (company_id, source_type, source_id, purpose),
    CONSTRAINT journal_entry_reverses_id_key UNIQUE (reverses_id),
    FOREIGN KEY (company_id, fiscal_year) REFERENCES finance.fiscal_year (company_id, code)
);
CREATE INDEX journal_entry_company_id_posted_on_id_idx
    ON finance.journal_entry (company_id, posted_on, id);
SELECT foundation.protect('finance.journal_entry', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.journal_entry');

CREATE TABLE finance.journal_line (
    entry_id uuid NOT NULL REFERENCES finance.journal_entry (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    posted_on date NOT NULL,
    account_code text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    text text NOT NULL,
    party_code text,
    PRIMARY KEY (entry_id, line_number),
    FOREIGN KEY (company_id, account_code) REFERENCES finance.account (company_id, code)
);
CREATE INDEX journal_line_company_id_account_code_posted_on_idx
    ON finance.journal_line (company_id, account_code, posted_on) INCLUDE (base_amount);
SELECT foundation.protect('finance.journal_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.journal_line');

-- Whoever writes: an entry adds up to zero in its own currency and in the company's, and has lines.
CREATE FUNCTION finance.refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines integer;
    difference numeric;
    base_difference numeric;
BEGIN
    SELECT count(*), sum(amount), sum(base_amount) INTO lines, difference, base_difference
    FROM finance.journal_line WHERE entry_id = NEW.id;
    -- IS DISTINCT FROM: lines that cannot be seen do not balance either.
    IF lines = 0 OR difference IS DISTINCT FROM 0 OR base_difference IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'entry % does not balance: % lines, difference %, in the company''s currency %',
            NEW.id, lines, difference, base_difference USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON finance.journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance.refuse_unbalanced();

CREATE FUNCTION finance.refuse_unbalanced_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    difference numeric;
    base_difference numeric;
BEGIN
    SELECT sum(amount), sum(base_amount) INTO difference, base_difference
    FROM finance.journal_line WHERE entry_id = NEW.entry_id;
    IF difference IS DISTINCT FROM 0 OR base_difference IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'entry % does not balance: difference %, in the company''s currency %',
            NEW.entry_id, difference, base_difference USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON finance.journal_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance.refuse_unbalanced_lines();

-- FOR SHARE: a period is not closed under an entry that is just being posted, but after it.
CREATE FUNCTION finance.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM finance.fiscal_year y
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
CREATE TRIGGER open_period BEFORE INSERT ON finance.journal_entry
    FOR EACH ROW EXECUTE FUNCTION finance.refuse_closed_period();

-- A line stands by its entry, whenever it is added: same company, same day, a period that is still open;
-- and on an account that may be posted to.
CREATE FUNCTION finance.refuse_misplaced_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT format('line %s of entry %s on account %s', l.line_number, l.entry_id, l.account_code)
    INTO wrong
    FROM added l
        -- OFFSET 0: nothing but the id chooses the index. Joined by id, company and day, a plan made for a
        -- small table takes an index that begins with company and day for as good as the primary key, is
        -- kept, and then reads all entries of the day for every line.
        LEFT JOIN LATERAL (
            SELECT e.company_id, e.posted_on, e.fiscal_year FROM finance.journal_entry e
            WHERE e.id = l.entry_id OFFSET 0
        ) AS e ON e.company_id = l.company_id AND e.posted_on = l.posted_on
        LEFT JOIN finance.fiscal_year y ON y.company_id = e.company_id AND y.code = e.fiscal_year
            AND (y.locked_through IS NULL OR e.posted_on > y.locked_through)
        LEFT JOIN finance.account a
            ON a.company_id = l.company_id AND a.code = l.account_code AND NOT a.blocked
    WHERE y.code IS NULL OR a.code IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%: not its entry''s day, a closed period, or an account that is blocked', wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER in_place AFTER INSERT ON finance.journal_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance.refuse_misplaced_lines();

-- One round trip for a whole entry; its number is taken last and held only until the commit.
CREATE FUNCTION finance.write_entry(p_entry jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    taken text := finance.next_number('JE', p_entry ->> 'fiscal_year');
    given jsonb := jsonb_build_object(
        'company_id', foundation.current_company(), 'number', taken, 'recorded_at', now());
    of_entry jsonb := jsonb_build_object('company_id', foundation.current_company(),
        'entry_id', p_entry ->> 'id', 'posted_on', p_entry ->> 'posted_on');
BEGIN
    INSERT INTO finance.journal_entry
    SELECT r.* FROM jsonb_populate_record(NULL::finance.journal_entry, p_entry || given) r;
    INSERT INTO finance.journal_line
    SELECT r.* FROM jsonb_array_elements(p_entry -> 'lines') WITH ORDINALITY AS l(line, line_number),
        jsonb_populate_record(NULL::finance.journal_line,
            line || of_entry || jsonb_build_object('line_number', line_number)) r;
    RETURN taken;
END $$;

-- A whole document in one round trip, so that its numbers are held only until the commit. In the texts of
-- its entries {number} stands for the number that it gets.
CREATE FUNCTION finance.write_entries(p_entries jsonb, p_number text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM finance.write_entry(
        entry || jsonb_build_object('text', replace(entry ->> 'text', '{number}', p_number)))
    FROM jsonb_array_elements(p_entries) AS e(entry);
END $$;


-- Balances of closed periods
-- --------------------------

-- What keeps a report's cost the same however much is stored.
CREATE TABLE finance.period_balance (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    fiscal_year text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    account_code text NOT NULL,
    debit numeric(18, 6) NOT NULL,
    credit numeric(18, 6) NOT NULL,
    PRIMARY KEY (company_id, ends_on, account_code),
    FOREIGN KEY (company_id, fiscal_year) REFERENCES finance.fiscal_year (company_id, code),
    FOREIGN KEY (company_id, account_code) REFERENCES finance.account (company_id, code),
    CONSTRAINT period_balance_in_order CHECK (starts_on <= ends_on),
    CONSTRAINT period_balance_debit_not_negative CHECK (debit >= 0),
    CONSTRAINT period_balance_credit_not_negative CHECK (credit >= 0)
);
SELECT foundation.protect('finance.period_balance', 'SELECT, INSERT, DELETE');

-- A period is a calendar month, or what a fiscal year has of it, that is locked to its last day.
CREATE FUNCTION finance.keep_period_balances(p_fiscal_year text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    company text := foundation.current_company();
    closed datemultirange;
BEGIN
    SELECT coalesce(range_agg(p.days), '{}') INTO closed
    FROM (
        SELECT daterange(greatest(m::date, y.starts_on),
            least((m + interval '1 month')::date - 1, y.ends_on), '[]') AS days, y.locked_through
        FROM finance.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
            y.ends_on::timestamp, interval '1 month') AS m
        WHERE y.company_id = company AND y.code = p_fiscal_year
    ) AS p
    WHERE upper(p.days) - 1 <= p.locked_through;

    -- Opened again, or of other days than it was.
    DELETE FROM finance.period_balance b
    USING finance.fiscal_year y
    WHERE b.company_id = company AND b.fiscal_year = p_fiscal_year
        AND y.company_id = company AND y.code = p_fiscal_year
        AND NOT (daterange(b.starts_on, b.ends_on, '[]') <@ closed
            AND b.starts_on = greatest(date_trunc('month', b.ends_on::timestamp)::date, y.starts_on)
            AND b.ends_on = least(
                (date_trunc('month', b.ends_on::timestamp) + interval '1 month')::date - 1, y.ends_on));

    -- Account by account and period by period, by the index of account and day.
    INSERT INTO finance.period_balance (fiscal_year, starts_on, ends_on, account_code, debit, credit)
    SELECT p_fiscal_year, p.starts_on, p.ends_on, a.code, l.debit, l.credit
    FROM (
        SELECT greatest(m::date, y.starts_on) AS starts_on,
            least((m + interval '1 month')::date - 1, y.ends_on) AS ends_on
        FROM finance.fiscal_year y, generate_series(date_trunc('month', y.starts_on::timestamp),
            y.ends_on::timestamp, interval '1 month') AS m
        WHERE y.company_id = company AND y.code = p_fiscal_year
    ) AS p
        CROSS JOIN finance.account a
        CROSS JOIN LATERAL (
            SELECT count(*) AS lines,
                coalesce(sum(base_amount) FILTER (WHERE base_amount > 0), 0) AS debit,
                coalesce(-sum(base_amount) FILTER (WHERE base_amount < 0), 0) AS credit
            FROM finance.journal_line
            WHERE company_id = company AND account_code = a.code
                AND posted_on BETWEEN p.starts_on AND p.ends_on
        ) AS l
    WHERE a.company_id = company AND daterange(p.starts_on, p.ends_on, '[]') <@ closed AND l.lines > 0
        AND NOT EXISTS (
            SELECT FROM finance.period_balance b WHERE b.company_id = company AND b.ends_on = p.ends_on);
END $$;


-- Credit
-- ------

-- The row that parallel orders of a customer queue for.
CREATE TABLE finance.customer_credit (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    PRIMARY KEY (company_id, customer_code),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
SELECT foundation.protect('finance.customer_credit');

-- What an order will owe once it is billed, in the company's currency.
CREATE TABLE finance.credit_commitment (
    order_id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    open_amount numeric(18, 6) NOT NULL
        CONSTRAINT credit_commitment_open_not_negative CHECK (open_amount >= 0),
    FOREIGN KEY (company_id, customer_code) REFERENCES finance.customer_credit (company_id, customer_code)
);
CREATE INDEX credit_commitment_open_idx
    ON finance.credit_commitment (company_id, customer_code) WHERE open_amount <> 0;
SELECT foundation.protect('finance.credit_commitment');

-- Waits until everybody who came before has decided, and sees what they did: a statement of its own.
CREATE FUNCTION finance.locked_exposure(p_customer text, p_order uuid)
RETURNS TABLE (credit_limit numeric, exposure numeric) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM finance.customer_credit WHERE customer_code = p_customer FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO finance.customer_credit (customer_code)
        SELECT code FROM master_data.customer WHERE code = p_customer ON CONFLICT DO NOTHING;
        PERFORM FROM finance.customer_credit WHERE customer_code = p_customer FOR UPDATE;
    END IF;
    RETURN QUERY
    SELECT c.credit_limit,
        (SELECT coalesce(sum(m.open_amount), 0) FROM finance.credit_commitment m
         WHERE m.customer_code = p_customer AND m.order_id <> p_order AND m.open_amount <> 0)
        + (SELECT coalesce(sum(i.base_open_amount), 0) FROM finance.open_item i
           WHERE i.customer_code = p_customer AND i.open_amount <> 0)
    FROM master_data.customer c WHERE c.code = p_customer;
END $$;


-- Invoices
-- --------

CREATE TABLE finance.invoice (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    process_id text NOT NULL,
    -- A collective invoice has no order of its own: its lines have.
    order_id uuid,
    order_number text,
    shipment_id uuid,
    shipment_number text,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    customer_reference text NOT NULL,
    invoiced_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    rate numeric(20, 10) NOT NULL,
    payment_terms_code text NOT NULL,
    prices_include_tax boolean NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    discount_until date,
    discount_amount numeric(18, 6) NOT NULL,
    discount_net_amount numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT invoice_company_id_shipment_id_key UNIQUE (company_id, shipment_id),
    CONSTRAINT invoice_order_with_number CHECK ((order_id IS NULL) = (order_number IS NULL)),
    CONSTRAINT invoice_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX invoice_company_id_invoiced_on_id_idx ON finance.invoice (company_id, invoiced_on, id);
CREATE INDEX invoice_order_id_idx ON finance.invoice (order_id);
SELECT foundation.protect('finance.invoice', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.invoice');

-- What a collective invoice bills of each order.
CREATE TABLE finance.invoice_order (
    invoice_id uuid NOT NULL REFERENCES finance.invoice (id),
    order_id uuid NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_number text NOT NULL,
    customer_reference text NOT NULL,
    process_id text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (invoice_id, order_id),
    CONSTRAINT invoice_order_total_is_sum CHECK (total_amount = net_amount + tax_amount)
);
CREATE INDEX invoice_order_order_id_idx ON finance.invoice_order (order_id);
SELECT foundation.protect('finance.invoice_order', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.invoice_order');

CREATE TABLE finance.invoice_line (
    invoice_id uuid NOT NULL REFERENCES finance.invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_line_number integer NOT NULL,
    item_code text,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    is_freight boolean NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    order_id uuid,
    shipment_id uuid,
    shipment_number text,
    delivered_on date,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT invoice_line_of_a_delivery CHECK (num_nonnulls(order_id, shipment_id, delivered_on) IN (0, 3)),
    FOREIGN KEY (invoice_id, order_id) REFERENCES finance.invoice_order (invoice_id, order_id)
);
SELECT foundation.protect('finance.invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.invoice_line');

CREATE TABLE finance.invoice_tax (
    invoice_id uuid NOT NULL REFERENCES finance.invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    tax_code text NOT NULL,
    name text NOT NULL,
    account_code text NOT NULL,
    rate_percent numeric(18, 6),
    exemption_reason text NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (invoice_id, line_number)
);
SELECT foundation.protect('finance.invoice_tax', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.invoice_tax');

-- Of what the order committed, the billed part becomes an open item; the last invoice frees the rest.
CREATE FUNCTION finance.write_invoice(
    p_fiscal_year text, p_invoice jsonb, p_lines jsonb, p_taxes jsonb, p_items jsonb, p_entries jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
    billed numeric := greatest((p_invoice ->> 'base_total_amount')::numeric, 0);
    taken text;
BEGIN
    UPDATE finance.credit_commitment SET open_amount = CASE
        WHEN (p_invoice ->> 'completes_order')::boolean THEN 0 ELSE greatest(open_amount - billed, 0) END
    WHERE order_id = (p_invoice ->> 'order_id')::uuid AND open_amount <> 0;
    taken := finance.next_number('INV', p_fiscal_year);
    INSERT INTO finance.invoice SELECT r.* FROM jsonb_populate_record(
        NULL::finance.invoice, p_invoice || given || jsonb_build_object('number', taken)) r;
    INSERT INTO finance.invoice_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
        jsonb_populate_record(NULL::finance.invoice_line, line || given) r;
    INSERT INTO finance.invoice_tax SELECT r.* FROM jsonb_array_elements(p_taxes) AS t(tax),
        jsonb_populate_record(NULL::finance.invoice_tax, tax || given) r;
    INSERT INTO finance.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
        jsonb_populate_record(NULL::finance.open_item, item || given) r;
    PERFORM finance.write_entries(p_entries, taken);
    RETURN taken;
END $$;


-- Collective invoices
-- -------------------

-- What has left and is billed at the end of its month: billed once, and only what was not taken back.
CREATE TABLE finance.billing_due (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    currency text NOT NULL,
    payment_terms_code text NOT NULL,
    prices_include_tax boolean NOT NULL,
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    customer_reference text NOT NULL,
    process_id text NOT NULL,
    shipment_id uuid NOT NULL,
    shipment_number text,
    delivered_on date NOT NULL,
    completes_order boolean NOT NULL,
    line_number integer NOT NULL,
    item_code text,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL CONSTRAINT billing_due_of_something CHECK (quantity > 0),
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric NOT NULL,
    tax_code text NOT NULL,
    is_freight boolean NOT NULL,
    withdrawn_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    invoice_id uuid REFERENCES finance.invoice (id),
    listed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT billing_due_shipment_id_line_number_key UNIQUE (shipment_id, line_number),
    CONSTRAINT billing_due_withdrawn_within_quantity CHECK (withdrawn_quantity BETWEEN 0 AND quantity),
    CONSTRAINT billing_due_billed_is_something
        CHECK (invoice_id IS NULL OR withdrawn_quantity < quantity),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX billing_due_order_id_idx ON finance.billing_due (order_id);
CREATE INDEX billing_due_invoice_id_idx ON finance.billing_due (invoice_id);
CREATE INDEX billing_due_open_idx ON finance.billing_due (company_id, customer_code, delivered_on)
    WHERE invoice_id IS NULL;
SELECT foundation.protect('finance.billing_due');

CREATE FUNCTION finance.guard_billing_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.invoice_id IS NOT NULL OR NEW.withdrawn_quantity < OLD.withdrawn_quantity
        OR to_jsonb(NEW) - '{invoice_id,withdrawn_quantity}'::text[]
            <> to_jsonb(OLD) - '{invoice_id,withdrawn_quantity}'::text[]
    THEN
        RAISE EXCEPTION 'what is due of % is billed once or withdrawn, and stays as it is: % refused',
            OLD.order_number, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON finance.billing_due
    FOR EACH ROW EXECUTE FUNCTION finance.guard_billing_due();

-- A month is billed once for each customer, currency, terms, and net or gross prices. What is told late
-- of such a month is billed with a later one.
CREATE TABLE finance.billed_month (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    currency text NOT NULL,
    payment_terms_code text NOT NULL,
    prices_include_tax boolean NOT NULL,
    month text NOT NULL CONSTRAINT billed_month_is_a_month CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    invoice_id uuid REFERENCES finance.invoice (id),
    billed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, customer_code, currency, payment_terms_code, prices_include_tax, month),
    CONSTRAINT billed_month_invoice_id_key UNIQUE (invoice_id),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
SELECT foundation.protect('finance.billed_month', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.billed_month');

-- An order that nothing more leaves for and nothing is left to bill of needs no credit any more.
CREATE FUNCTION finance.free_credit_when_billed(p_orders uuid[]) RETURNS void LANGUAGE sql AS $$
    UPDATE finance.credit_commitment c SET open_amount = 0
    WHERE c.order_id = ANY (p_orders) AND c.open_amount <> 0
        AND EXISTS (SELECT FROM finance.billing_due d WHERE d.order_id = c.order_id AND d.completes_order)
        AND NOT EXISTS (SELECT FROM finance.billing_due d WHERE d.order_id = c.order_id
            AND d.invoice_id IS NULL AND d.withdrawn_quantity < d.quantity)
$$;

-- An invoice like any other, with its share of each order; what it bills is due no more. The rows of
-- `billing_due` are locked already by whoever computed it.
CREATE FUNCTION finance.write_collective_invoice(
    p_fiscal_year text, p_invoice jsonb, p_lines jsonb, p_taxes jsonb, p_items jsonb, p_entries jsonb,
    p_orders jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    invoice uuid := (p_invoice ->> 'id')::uuid;
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'invoice_id', invoice);
    taken text;
BEGIN
    UPDATE finance.credit_commitment c
    SET open_amount = greatest(c.open_amount - greatest(o.base_total_amount, 0), 0)
    FROM jsonb_to_recordset(p_orders) AS o (order_id uuid, base_total_amount numeric)
    WHERE c.order_id = o.order_id AND c.open_amount <> 0;
    taken := finance.write_invoice(p_fiscal_year, p_invoice, '[]', p_taxes, p_items, p_entries);
    INSERT INTO finance.invoice_order SELECT r.* FROM jsonb_array_elements(p_orders) AS o(share),
        jsonb_populate_record(NULL::finance.invoice_order, share || given) r;
    INSERT INTO finance.invoice_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
        jsonb_populate_record(NULL::finance.invoice_line, line || given) r;
    UPDATE finance.billing_due d SET invoice_id = invoice
    FROM jsonb_array_elements(p_lines) AS l(line) WHERE d.id = (line ->> 'due_id')::uuid;
    PERFORM finance.free_credit_when_billed(
        ARRAY (SELECT (share ->> 'order_id')::uuid FROM jsonb_array_elements(p_orders) AS o(share)));
    RETURN taken;
END $$;


-- Payments
-- --------

CREATE TABLE finance.payment (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    customer_code text NOT NULL,
    received_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT payment_amount_positive CHECK (amount > 0),
    base_amount numeric(18, 6) NOT NULL,
    reference text NOT NULL,
    account_code text NOT NULL,
    order_id uuid,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_company_id_number_key UNIQUE (company_id, number),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
    FOREIGN KEY (company_id, account_code) REFERENCES finance.account (company_id, code)
);
CREATE INDEX payment_company_id_received_on_id_idx ON finance.payment (company_id, received_on, id);
SELECT foundation.protect('finance.payment', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.payment');

-- The open items are locked already by whoever decided what settles what. Money on account that is used
-- has its payment already.
CREATE FUNCTION finance.write_payment(
    p_fiscal_year text, p_payment jsonb, p_reduced jsonb, p_settlements jsonb, p_items jsonb,
    p_entries jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
    taken text := p_payment ->> 'number';
BEGIN
    IF taken IS NULL THEN
        taken := finance.next_number('PAY', p_fiscal_year);
        INSERT INTO finance.payment SELECT r.* FROM jsonb_populate_record(
            NULL::finance.payment, p_payment || given || jsonb_build_object('number', taken)) r;
    END IF;
    -- Found by a list of their ids: of a record set the planner expects a hundred rows, and rather reads a
    -- table of thousands.
    UPDATE finance.open_item i SET open_amount = i.open_amount - r.amount,
        base_open_amount = i.base_open_amount - r.base_amount
    FROM jsonb_to_recordset(p_reduced) AS r(id uuid, amount numeric, base_amount numeric)
    WHERE i.id = r.id AND i.id = ANY (ARRAY(
        SELECT (x ->> 'id')::uuid FROM jsonb_array_elements(p_reduced) AS x));
    INSERT INTO finance.settlement SELECT r.* FROM jsonb_array_elements(p_settlements) AS s(settlement),
        jsonb_populate_record(NULL::finance.settlement, settlement || given) r;
    INSERT INTO finance.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
        jsonb_populate_record(NULL::finance.open_item, item || given) r;
    PERFORM finance.write_entries(p_entries, taken);
    RETURN taken;
END $$;


-- Credit notes
-- ------------

CREATE TABLE finance.credit_note (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    invoice_id uuid NOT NULL REFERENCES finance.invoice (id),
    invoice_number text NOT NULL,
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    invoiced_on date NOT NULL,
    credited_on date NOT NULL,
    reason text NOT NULL,
    currency text NOT NULL,
    rate numeric(20, 10) NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL CONSTRAINT credit_note_not_negative CHECK (total_amount >= 0),
    base_total_amount numeric(18, 6) NOT NULL,
    settled_amount numeric(18, 6) NOT NULL,
    on_account_amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    written_off_amount numeric(18, 6) NOT NULL,
    exchange_difference numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT credit_note_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT credit_note_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT credit_note_parts_add_up CHECK (
        total_amount = settled_amount + on_account_amount + discount_amount + written_off_amount),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX credit_note_company_id_credited_on_id_idx
    ON finance.credit_note (company_id, credited_on, id);
CREATE INDEX credit_note_invoice_id_idx ON finance.credit_note (invoice_id);
CREATE INDEX credit_note_order_id_idx ON finance.credit_note (order_id);
SELECT foundation.protect('finance.credit_note', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.credit_note');

CREATE TABLE finance.credit_note_line (
    credit_note_id uuid NOT NULL REFERENCES finance.credit_note (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    quantity numeric(18, 6) NOT NULL CONSTRAINT credit_note_line_of_something CHECK (quantity <> 0),
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (credit_note_id, line_number),
    FOREIGN KEY (invoice_id, line_number) REFERENCES finance.invoice_line (invoice_id, line_number)
);
CREATE INDEX credit_note_line_invoice_id_line_number_idx
    ON finance.credit_note_line (invoice_id, line_number);
SELECT foundation.protect('finance.credit_note_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.credit_note_line');

CREATE TABLE finance.credit_note_tax (
    credit_note_id uuid NOT NULL REFERENCES finance.credit_note (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (credit_note_id, line_number),
    FOREIGN KEY (invoice_id, line_number) REFERENCES finance.invoice_tax (invoice_id, line_number)
);
CREATE INDEX credit_note_tax_invoice_id_line_number_idx
    ON finance.credit_note_tax (invoice_id, line_number);
SELECT foundation.protect('finance.credit_note_tax', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.credit_note_tax');

-- The open items are locked already by whoever decided what settles what.
CREATE FUNCTION finance.write_credit_note(
    p_fiscal_year text, p_note jsonb, p_lines jsonb, p_taxes jsonb, p_reduced jsonb, p_settlements jsonb,
    p_items jsonb, p_entries jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now(),
        'credit_note_id', p_note ->> 'id', 'invoice_id', p_note ->> 'invoice_id');
    taken text := finance.next_number('CN', p_fiscal_year);
BEGIN
    INSERT INTO finance.credit_note SELECT r.* FROM jsonb_populate_record(
        NULL::finance.credit_note, p_note || given || jsonb_build_object('number', taken)) r;
    INSERT INTO finance.credit_note_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
        jsonb_populate_record(NULL::finance.credit_note_line, line || given) r;
    INSERT INTO finance.credit_note_tax SELECT r.* FROM jsonb_array_elements(p_taxes) AS t(tax),
        jsonb_populate_record(NULL::finance.credit_note_tax, tax || given) r;
    PERFORM finance.lower_items(p_reduced);
    INSERT INTO finance.settlement SELECT r.* FROM jsonb_array_elements(p_settlements) AS s(settlement),
        jsonb_populate_record(NULL::finance.settlement, given || settlement) r;
    INSERT INTO finance.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
        jsonb_populate_record(NULL::finance.open_item, (given - 'invoice_id') || item) r;
    PERFORM finance.write_entries(p_entries, taken);
    RETURN taken;
END $$;


-- Dunning
-- -------

CREATE TABLE finance.dunning_procedure (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    is_default boolean NOT NULL,
    levels jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code)
);
CREATE UNIQUE INDEX dunning_procedure_default_idx
    ON finance.dunning_procedure (company_id) WHERE is_default;
SELECT foundation.protect('finance.dunning_procedure');

-- A customer has one procedure.
CREATE TABLE finance.dunning_procedure_customer (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    procedure_code text NOT NULL,
    PRIMARY KEY (company_id, customer_code),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
    FOREIGN KEY (company_id, procedure_code) REFERENCES finance.dunning_procedure (company_id, code)
);
CREATE INDEX dunning_procedure_customer_company_id_procedure_code_idx
    ON finance.dunning_procedure_customer (company_id, procedure_code);
SELECT foundation.protect('finance.dunning_procedure_customer', 'SELECT, INSERT, DELETE');

CREATE TABLE finance.dunning (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    process_id text NOT NULL,
    begun_on date NOT NULL,
    level integer NOT NULL DEFAULT 0,
    last_letter_on date,
    promised_until date,
    disputed_because text NOT NULL DEFAULT '',
    ended_on date,
    outcome text CONSTRAINT dunning_outcome_known CHECK (outcome IN ('paid', 'excluded', 'stopped')),
    ended_because text NOT NULL DEFAULT '',
    CONSTRAINT dunning_ended_somehow CHECK ((ended_on IS NULL) = (outcome IS NULL)),
    CONSTRAINT dunning_level_with_letter CHECK ((level = 0) = (last_letter_on IS NULL)),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
-- One at a time for each customer, whoever starts it.
CREATE UNIQUE INDEX dunning_running_idx ON finance.dunning (company_id, customer_code)
    WHERE ended_on IS NULL;
CREATE INDEX dunning_company_id_begun_on_id_idx ON finance.dunning (company_id, begun_on, id);
SELECT foundation.protect('finance.dunning');

CREATE TABLE finance.dunning_letter (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    dunning_id uuid NOT NULL REFERENCES finance.dunning (id),
    process_id text NOT NULL,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    level integer NOT NULL,
    scheduled_on date NOT NULL,
    written_on date NOT NULL,
    pay_by date NOT NULL,
    currency text NOT NULL,
    rate numeric(20, 10) NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    overdue_amount numeric(18, 6) NOT NULL,
    fee_amount numeric(18, 6) NOT NULL,
    interest_percent numeric(18, 6) NOT NULL,
    interest_amount numeric(18, 6) NOT NULL,
    charge_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dunning_letter_company_id_number_key UNIQUE (company_id, number),
    -- Once for each scheduled day, and once for each level: whatever is started again.
    CONSTRAINT dunning_letter_once_a_day
        UNIQUE (company_id, customer_code, scheduled_on, currency),
    CONSTRAINT dunning_letter_dunning_id_level_currency_key UNIQUE (dunning_id, level, currency),
    CONSTRAINT dunning_letter_charge_is_sum CHECK (charge_amount = fee_amount + interest_amount),
    CONSTRAINT dunning_letter_charges_not_negative CHECK (fee_amount >= 0 AND interest_amount >= 0),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX dunning_letter_company_id_written_on_id_idx
    ON finance.dunning_letter (company_id, written_on, id);
SELECT foundation.protect('finance.dunning_letter', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.dunning_letter');

-- What a letter charges is owed as an invoice is, and is settled by payments.
CREATE FUNCTION finance.write_dunning_letter(
    p_fiscal_year text, p_letter jsonb, p_lines jsonb, p_items jsonb, p_entries jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
    taken text := finance.next_number('DUN', p_fiscal_year);
BEGIN
    INSERT INTO finance.dunning_letter SELECT r.* FROM jsonb_populate_record(
        NULL::finance.dunning_letter, p_letter || given || jsonb_build_object('number', taken)) r;
    INSERT INTO finance.dunning_letter_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
        jsonb_populate_record(NULL::finance.dunning_letter_line, line || given) r;
    INSERT INTO finance.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
        jsonb_populate_record(NULL::finance.open_item, item || given) r;
    PERFORM finance.write_entries(p_entries, taken);
    RETURN taken;
END $$;


-- Open items and what settles them
-- --------------------------------

-- An instalment of an invoice or a charge that a customer owes (positive), or its money on account
-- (negative): a payment's, or a credit's that was paid for already.
CREATE TABLE finance.open_item (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    invoice_id uuid REFERENCES finance.invoice (id),
    payment_id uuid REFERENCES finance.payment (id),
    credit_note_id uuid REFERENCES finance.credit_note (id),
    dunning_letter_id uuid REFERENCES finance.dunning_letter (id),
    document_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    open_amount numeric(18, 6) NOT NULL,
    base_open_amount numeric(18, 6) NOT NULL,
    CONSTRAINT open_item_of_one_document
        CHECK (num_nonnulls(invoice_id, payment_id, credit_note_id, dunning_letter_id) = 1),
    CONSTRAINT open_item_open_within_amount
        CHECK (open_amount BETWEEN least(amount, 0) AND greatest(amount, 0)),
    CONSTRAINT open_item_settled_in_both CHECK (open_amount <> 0 OR base_open_amount = 0),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX open_item_open_idx ON finance.open_item (company_id, customer_code) WHERE open_amount <> 0;
CREATE INDEX open_item_invoice_id_idx ON finance.open_item (invoice_id);
CREATE INDEX open_item_payment_id_idx ON finance.open_item (payment_id);
CREATE INDEX open_item_company_id_due_on_id_idx ON finance.open_item (company_id, due_on, id);
CREATE INDEX open_item_credit_note_id_idx
    ON finance.open_item (credit_note_id) WHERE credit_note_id IS NOT NULL;
CREATE INDEX open_item_dunning_letter_id_idx
    ON finance.open_item (dunning_letter_id) WHERE dunning_letter_id IS NOT NULL;
SELECT foundation.protect('finance.open_item');

CREATE TABLE finance.settlement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    payment_id uuid REFERENCES finance.payment (id),
    credit_note_id uuid REFERENCES finance.credit_note (id),
    open_item_id uuid NOT NULL REFERENCES finance.open_item (id),
    settled_on date NOT NULL,
    amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    written_off_amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    -- What realised an exchange difference says so, so that it can be reversed.
    exchange_difference numeric(18, 6) NOT NULL DEFAULT 0,
    CONSTRAINT settlement_by_one_document CHECK (num_nonnulls(payment_id, credit_note_id) = 1)
);
CREATE INDEX settlement_open_item_id_idx ON finance.settlement (open_item_id);
CREATE INDEX settlement_payment_id_idx ON finance.settlement (payment_id);
CREATE INDEX settlement_credit_note_id_idx
    ON finance.settlement (credit_note_id) WHERE credit_note_id IS NOT NULL;
SELECT foundation.protect('finance.settlement', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.settlement');

-- The open items are locked already by whoever decided what settles what.
CREATE FUNCTION finance.lower_items(p_reduced jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE finance.open_item i SET open_amount = i.open_amount - r.amount,
        base_open_amount = i.base_open_amount - r.base_amount
    FROM jsonb_to_recordset(p_reduced) AS r(id uuid, amount numeric, base_amount numeric)
    WHERE i.id = r.id
$$;


-- What dunning says of open items
-- -------------------------------

-- What no letter speaks of: the customer disputes it, or dunning it was stopped.
CREATE TABLE finance.dunning_hold (
    open_item_id uuid PRIMARY KEY REFERENCES finance.open_item (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    dunning_id uuid NOT NULL REFERENCES finance.dunning (id),
    kind text NOT NULL CONSTRAINT dunning_hold_kind_known CHECK (kind IN ('disputed', 'stopped')),
    reason text NOT NULL,
    lifted boolean NOT NULL DEFAULT false
);
CREATE INDEX dunning_hold_dunning_id_idx ON finance.dunning_hold (dunning_id);
SELECT foundation.protect('finance.dunning_hold');

CREATE TABLE finance.dunning_letter_line (
    letter_id uuid NOT NULL REFERENCES finance.dunning_letter (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    open_item_id uuid NOT NULL REFERENCES finance.open_item (id),
    kind text NOT NULL CONSTRAINT dunning_letter_line_kind_known
        CHECK (kind IN ('invoice', 'charge', 'on_account')),
    document_number text NOT NULL,
    document_on date NOT NULL,
    due_on date NOT NULL,
    open_amount numeric(18, 6) NOT NULL,
    interest_from date,
    interest_until date,
    interest_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (letter_id, line_number)
);
CREATE INDEX dunning_letter_line_open_item_id_idx ON finance.dunning_letter_line (open_item_id);
SELECT foundation.protect('finance.dunning_letter_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.dunning_letter_line');


-- Refunds
-- -------

CREATE TABLE finance.refund (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    customer_code text NOT NULL,
    open_item_id uuid NOT NULL REFERENCES finance.open_item (id),
    payment_id uuid REFERENCES finance.payment (id),
    credit_note_id uuid REFERENCES finance.credit_note (id),
    refunded_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL CONSTRAINT refund_amount_positive CHECK (amount > 0),
    base_amount numeric(18, 6) NOT NULL,
    exchange_difference numeric(18, 6) NOT NULL,
    reference text NOT NULL,
    account_code text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refund_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT refund_of_one_document CHECK (num_nonnulls(payment_id, credit_note_id) = 1),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
    FOREIGN KEY (company_id, account_code) REFERENCES finance.account (company_id, code)
);
CREATE INDEX refund_company_id_refunded_on_id_idx ON finance.refund (company_id, refunded_on, id);
CREATE INDEX refund_open_item_id_idx ON finance.refund (open_item_id);
SELECT foundation.protect('finance.refund', 'SELECT, INSERT');
SELECT foundation.only_add_to('finance.refund');

CREATE FUNCTION finance.write_refund(
    p_fiscal_year text, p_refund jsonb, p_reduced jsonb, p_entries jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
    taken text := finance.next_number('RF', p_fiscal_year);
BEGIN
    INSERT INTO finance.refund SELECT r.* FROM jsonb_populate_record(
        NULL::finance.refund, p_refund || given || jsonb_build_object('number', taken)) r;
    PERFORM finance.lower_items(p_reduced);
    PERFORM finance.write_entries(p_entries, taken);
    RETURN taken;
END $$;
