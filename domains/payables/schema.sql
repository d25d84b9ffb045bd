-- What suppliers bill us: their invoices, matched with what was ordered and what has come.

CREATE SCHEMA payables;
GRANT USAGE ON SCHEMA payables TO perpetual_app;


-- Files of invoices
-- -----------------

-- The file as it came, once, and what tells its invoice apart. What was entered of it names it.
CREATE TABLE payables.supplier_invoice_file (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    sha256 text NOT NULL,
    name text NOT NULL,
    syntax text NOT NULL,
    supplier_number text NOT NULL,
    invoiced_on date NOT NULL,
    currency text NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    content bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_invoice_file_company_id_sha256_key UNIQUE (company_id, sha256),
    CONSTRAINT supplier_invoice_file_is_what_it_says CHECK (sha256 = encode(sha256(content), 'hex'))
);
CREATE INDEX supplier_invoice_file_company_id_kept_at_id_idx
    ON payables.supplier_invoice_file (company_id, kept_at, id);
SELECT foundation.protect('payables.supplier_invoice_file', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_invoice_file');


-- Supplier invoices
-- -----------------

CREATE TABLE payables.supplier_invoice (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    process_id text NOT NULL,
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    supplier_code text NOT NULL,
    supplier_number text NOT NULL,
    -- Without case, spaces, signs and leading zeros.
    normal_number text NOT NULL,
    invoiced_on date NOT NULL,
    posted_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    rate numeric NOT NULL,
    payment_terms_code text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    -- What the supplier had credited before it was posted.
    credited_amount numeric(18, 6) NOT NULL,
    -- Where it came as a file.
    file_id uuid REFERENCES payables.supplier_invoice_file (id),
    -- What may be taken off for paying early: less of it, when some of the invoice is claimed back.
    discount jsonb,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT supplier_invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT supplier_invoice_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT supplier_invoice_posted_when_it_was_there CHECK (posted_on >= invoiced_on),
    CONSTRAINT supplier_invoice_credited_not_negative CHECK (credited_amount >= 0),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE INDEX supplier_invoice_company_id_supplier_code_normal_number_idx
    ON payables.supplier_invoice (company_id, supplier_code, normal_number);
CREATE INDEX supplier_invoice_company_id_supplier_code_invoiced_on_idx
    ON payables.supplier_invoice (company_id, supplier_code, invoiced_on);
CREATE INDEX supplier_invoice_company_id_posted_on_id_idx ON payables.supplier_invoice (company_id, posted_on, id);
CREATE INDEX supplier_invoice_order_id_idx ON payables.supplier_invoice (order_id);
CREATE INDEX supplier_invoice_file_id_idx ON payables.supplier_invoice (file_id);
SELECT foundation.protect('payables.supplier_invoice', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_invoice');

CREATE TABLE payables.supplier_invoice_line (
    invoice_id uuid NOT NULL REFERENCES payables.supplier_invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_line_number integer NOT NULL,
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    is_stocked boolean NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    ordered_price numeric(18, 6) NOT NULL,
    ordered_discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    -- How much of it had come, in the stock unit; of services, was ordered, in the unit of the order.
    matched_quantity numeric(18, 6) NOT NULL,
    -- What it settles of what has come, in the company's currency.
    base_received_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('payables.supplier_invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_invoice_line');
SELECT foundation.lines_come_with('payables.supplier_invoice', 'payables.supplier_invoice_line', 'invoice_id');


-- Blocked invoices
-- ----------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE payables.blocked_invoice_number;
COMMENT ON SEQUENCE payables.blocked_invoice_number IS 'BI';
GRANT USAGE ON SEQUENCE payables.blocked_invoice_number TO perpetual_app;

-- Posted, it is a supplier invoice with the same id.
CREATE TABLE payables.blocked_invoice (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL
        CONSTRAINT blocked_invoice_status_known CHECK (status IN ('blocked', 'posted', 'rejected')),
    process_id text NOT NULL,
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    supplier_code text NOT NULL,
    supplier_number text NOT NULL,
    -- Without case, spaces, signs and leading zeros.
    normal_number text NOT NULL,
    invoiced_on date NOT NULL,
    currency text NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    credited_amount numeric(18, 6) NOT NULL DEFAULT 0,
    file_id uuid REFERENCES payables.supplier_invoice_file (id),
    -- What it waits for now, and what a person has accepted.
    blocks jsonb NOT NULL,
    accepted jsonb NOT NULL DEFAULT '[]',
    entered_by text NOT NULL,
    decided_by text,
    decision_reason text NOT NULL DEFAULT '',
    entered_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT blocked_invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT blocked_invoice_not_decided_by_who_entered CHECK (decided_by <> entered_by),
    CONSTRAINT blocked_invoice_decision_has_reason CHECK (
        (status <> 'rejected' AND accepted = '[]') OR (decided_by IS NOT NULL AND decision_reason <> '')),
    CONSTRAINT blocked_invoice_ends_once CHECK ((status = 'blocked') = (ended_at IS NULL)),
    CONSTRAINT blocked_invoice_no_more_credited_than_billed CHECK (credited_amount BETWEEN 0 AND total_amount),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE UNIQUE INDEX blocked_invoice_company_id_supplier_code_normal_number_idx
    ON payables.blocked_invoice (company_id, supplier_code, normal_number) WHERE status = 'blocked';
CREATE INDEX blocked_invoice_company_id_status_invoiced_on_id_idx
    ON payables.blocked_invoice (company_id, status, invoiced_on, id);
CREATE INDEX blocked_invoice_order_id_idx ON payables.blocked_invoice (order_id);
CREATE INDEX blocked_invoice_file_id_idx ON payables.blocked_invoice (file_id);
SELECT foundation.protect('payables.blocked_invoice');

-- Asked when the transaction ends, and of what is committed then: another may have blocked the invoice meanwhile.
CREATE FUNCTION payables.check_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payables.blocked_invoice b WHERE b.id = NEW.id AND b.status <> 'posted') THEN
        RAISE EXCEPTION 'supplier invoice % is blocked, or was rejected', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER released AFTER INSERT ON payables.supplier_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payables.check_released();

CREATE TABLE payables.blocked_invoice_line (
    invoice_id uuid NOT NULL REFERENCES payables.blocked_invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_line_number integer NOT NULL,
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    ordered_price numeric(18, 6) NOT NULL,
    ordered_discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    PRIMARY KEY (invoice_id, line_number)
);
SELECT foundation.protect('payables.blocked_invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.blocked_invoice_line');

-- Credit notes of suppliers for invoices that are blocked: posted with them.
CREATE TABLE payables.supplier_credit (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL REFERENCES payables.blocked_invoice (id),
    supplier_number text NOT NULL,
    normal_number text NOT NULL,
    credited_on date NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_credit_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT supplier_credit_total_positive CHECK (total_amount > 0)
);
CREATE INDEX supplier_credit_company_id_normal_number_idx ON payables.supplier_credit (company_id, normal_number);
CREATE INDEX supplier_credit_invoice_id_idx ON payables.supplier_credit (invoice_id);
SELECT foundation.protect('payables.supplier_credit', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_credit');

CREATE TABLE payables.supplier_credit_line (
    credit_id uuid NOT NULL REFERENCES payables.supplier_credit (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    quantity numeric(18, 6) NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (credit_id, line_number)
);
SELECT foundation.protect('payables.supplier_credit_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_credit_line');


-- Debit notes
-- -----------

-- What a supplier owes us for goods that went back: at the price that it had billed, with its tax.
CREATE TABLE payables.supplier_debit_note (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    return_id uuid NOT NULL,
    return_number text NOT NULL,
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    supplier_code text NOT NULL,
    posted_on date NOT NULL,
    reason text NOT NULL,
    currency text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    -- What it takes off the invoices that it claims back, as far as they were not paid.
    settled_amount numeric(18, 6) NOT NULL,
    -- Both as they were on the day: what is printed says so.
    company jsonb NOT NULL,
    supplier jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT supplier_debit_note_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT supplier_debit_note_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT supplier_debit_note_amounts_not_negative CHECK (least(net_amount, tax_amount) >= 0),
    CONSTRAINT supplier_debit_note_settles_no_more CHECK (settled_amount BETWEEN 0 AND total_amount),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE INDEX supplier_debit_note_company_id_posted_on_id_idx
    ON payables.supplier_debit_note (company_id, posted_on, id);
CREATE INDEX supplier_debit_note_return_id_idx ON payables.supplier_debit_note (return_id);
CREATE INDEX supplier_debit_note_order_id_idx ON payables.supplier_debit_note (order_id);
SELECT foundation.protect('payables.supplier_debit_note', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_debit_note');

CREATE TABLE payables.supplier_debit_note_line (
    debit_note_id uuid NOT NULL REFERENCES payables.supplier_debit_note (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    invoice_line_number integer NOT NULL,
    order_line_number integer NOT NULL,
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    -- In the company's currency, at the rate of the invoice.
    base_total_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (debit_note_id, line_number),
    FOREIGN KEY (invoice_id, invoice_line_number)
        REFERENCES payables.supplier_invoice_line (invoice_id, line_number),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code),
    CONSTRAINT supplier_debit_note_line_quantity_positive CHECK (least(quantity, stock_quantity) > 0)
);
CREATE INDEX supplier_debit_note_line_invoice_id_invoice_line_number_idx
    ON payables.supplier_debit_note_line (invoice_id, invoice_line_number);
SELECT foundation.protect('payables.supplier_debit_note_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_debit_note_line');
SELECT foundation.lines_come_with('payables.supplier_debit_note', 'payables.supplier_debit_note_line', 'debit_note_id');

-- No more is claimed back than was billed. Who writes a debit note has locked the goods of the order.
CREATE FUNCTION payables.no_more_is_claimed_than_billed() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payables.supplier_invoice_line i
            JOIN payables.supplier_debit_note_line l
                ON l.invoice_id = i.invoice_id AND l.invoice_line_number = i.line_number
        WHERE (i.invoice_id, i.line_number) IN (SELECT invoice_id, invoice_line_number FROM added)
            AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = l.debit_note_id)
        GROUP BY i.invoice_id, i.line_number, i.matched_quantity, i.net_amount, i.tax_amount
        HAVING sum(l.stock_quantity) > i.matched_quantity OR sum(l.net_amount) > i.net_amount
            OR sum(l.tax_amount) > i.tax_amount
    ) THEN
        RAISE EXCEPTION 'more would be claimed of a supplier than it has billed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
SELECT foundation.for_application_only('payables.no_more_is_claimed_than_billed');
CREATE TRIGGER no_more_is_claimed_than_billed AFTER INSERT ON payables.supplier_debit_note_line
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION payables.no_more_is_claimed_than_billed();

-- The supplier's own credit note for what a debit note claims: noted, and not posted once more.
CREATE TABLE payables.debit_note_confirmation (
    debit_note_id uuid PRIMARY KEY REFERENCES payables.supplier_debit_note (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    supplier_number text NOT NULL,
    -- Without case, spaces, signs and leading zeros.
    normal_number text NOT NULL,
    credited_on date NOT NULL,
    entered_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    entered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX debit_note_confirmation_company_id_normal_number_idx
    ON payables.debit_note_confirmation (company_id, normal_number);
SELECT foundation.protect('payables.debit_note_confirmation', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.debit_note_confirmation');


-- Set-offs
-- --------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE payables.set_off_number;
COMMENT ON SEQUENCE payables.set_off_number IS 'OFF';
GRANT USAGE ON SEQUENCE payables.set_off_number TO perpetual_app;

-- What a debit note claims is set off against what is owed by an invoice.
CREATE TABLE payables.set_off (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    debit_note_id uuid NOT NULL REFERENCES payables.supplier_debit_note (id),
    debit_note_number text NOT NULL,
    invoice_id uuid NOT NULL REFERENCES payables.supplier_invoice (id),
    invoice_number text NOT NULL,
    supplier_code text NOT NULL,
    set_off_on date NOT NULL,
    currency text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    -- What we gain when more was owed than is claimed, in the company's currency.
    exchange_difference numeric(18, 6) NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT set_off_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT set_off_amount_positive CHECK (amount > 0),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE INDEX set_off_company_id_set_off_on_id_idx ON payables.set_off (company_id, set_off_on, id);
CREATE INDEX set_off_debit_note_id_idx ON payables.set_off (debit_note_id);
CREATE INDEX set_off_invoice_id_idx ON payables.set_off (invoice_id);
SELECT foundation.protect('payables.set_off', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.set_off');
SELECT foundation.stamp_transaction('payables.set_off');


-- Goods write-offs
-- ----------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE payables.goods_write_off_number;
COMMENT ON SEQUENCE payables.goods_write_off_number IS 'GW';
GRANT USAGE ON SEQUENCE payables.goods_write_off_number TO perpetual_app;

-- Goods that came and are never billed, or were billed, went back and are never credited.
CREATE TABLE payables.goods_write_off (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    kind text NOT NULL CONSTRAINT goods_write_off_kind_known CHECK (kind IN ('not_billed', 'not_credited')),
    order_id uuid NOT NULL,
    order_number text NOT NULL,
    process_of_order text NOT NULL,
    supplier_code text NOT NULL,
    written_off_on date NOT NULL,
    reason text NOT NULL CONSTRAINT goods_write_off_has_reason CHECK (reason <> ''),
    -- In the company's currency.
    currency text NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    requested_by text NOT NULL,
    approved_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT goods_write_off_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT goods_write_off_total_not_negative CHECK (total_amount >= 0),
    CONSTRAINT goods_write_off_not_approved_by_who_asked CHECK (approved_by <> requested_by),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE INDEX goods_write_off_company_id_written_off_on_id_idx
    ON payables.goods_write_off (company_id, written_off_on, id);
CREATE INDEX goods_write_off_order_id_idx ON payables.goods_write_off (order_id);
SELECT foundation.protect('payables.goods_write_off', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.goods_write_off');

CREATE TABLE payables.goods_write_off_line (
    write_off_id uuid NOT NULL REFERENCES payables.goods_write_off (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    -- What was open of one line of the order, and the receipt or return that it is of.
    open_item_id uuid NOT NULL,
    document_number text NOT NULL,
    order_line_number integer NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (write_off_id, line_number),
    -- Of no worth are goods that came free of charge, and were priced afterwards.
    CONSTRAINT goods_write_off_line_of_something CHECK (stock_quantity > 0 AND amount >= 0)
);
CREATE INDEX goods_write_off_line_open_item_id_idx ON payables.goods_write_off_line (open_item_id);
SELECT foundation.protect('payables.goods_write_off_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.goods_write_off_line');
SELECT foundation.lines_come_with('payables.goods_write_off', 'payables.goods_write_off_line', 'write_off_id');

-- What is written off is the sum of its lines.
CREATE FUNCTION payables.write_off_is_its_lines() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payables.goods_write_off h
        WHERE h.id IN (SELECT write_off_id FROM added) AND h.total_amount <> (
            SELECT sum(l.amount) FROM payables.goods_write_off_line l WHERE l.write_off_id = h.id)
    ) THEN
        RAISE EXCEPTION 'a write-off is not the sum of its lines'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
SELECT foundation.for_application_only('payables.write_off_is_its_lines');
CREATE TRIGGER write_off_is_its_lines AFTER INSERT ON payables.goods_write_off_line
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION payables.write_off_is_its_lines();


-- Invoices without an order
-- -------------------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE payables.coded_invoice_number;
COMMENT ON SEQUENCE payables.coded_invoice_number IS 'CI';
GRANT USAGE ON SEQUENCE payables.coded_invoice_number TO perpetual_app;

CREATE TABLE payables.coded_invoice (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT coded_invoice_status_known
        CHECK (status IN ('entered', 'posted', 'rejected', 'cancelled', 'reversed')),
    process_id text NOT NULL,
    supplier_code text NOT NULL,
    supplier_number text NOT NULL,
    -- Without case, spaces, signs and leading zeros.
    normal_number text NOT NULL,
    invoiced_on date NOT NULL,
    posted_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    rate numeric NOT NULL,
    payment_terms_code text NOT NULL,
    -- As people have said yes to them: they may be changed meanwhile.
    terms jsonb NOT NULL,
    -- The supplier bills no tax: we owe it.
    reverse_charge boolean NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    entered_by text NOT NULL,
    decided_by text,
    reason text NOT NULL DEFAULT '',
    entered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT coded_invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT coded_invoice_total_is_sum
        CHECK (total_amount = net_amount + CASE WHEN reverse_charge THEN 0 ELSE tax_amount END),
    CONSTRAINT coded_invoice_total_positive CHECK (total_amount > 0),
    CONSTRAINT coded_invoice_posted_when_it_was_there CHECK (posted_on >= invoiced_on),
    CONSTRAINT coded_invoice_not_decided_by_who_entered CHECK (decided_by <> entered_by),
    CONSTRAINT coded_invoice_posted_with_a_yes
        CHECK (status NOT IN ('posted', 'reversed') OR decided_by IS NOT NULL),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE UNIQUE INDEX coded_invoice_company_id_supplier_code_normal_number_idx
    ON payables.coded_invoice (company_id, supplier_code, normal_number) WHERE status IN ('entered', 'posted');
CREATE INDEX coded_invoice_company_id_supplier_code_invoiced_on_idx
    ON payables.coded_invoice (company_id, supplier_code, invoiced_on);
CREATE INDEX coded_invoice_company_id_posted_on_id_idx ON payables.coded_invoice (company_id, posted_on, id);
SELECT foundation.protect('payables.coded_invoice');

-- Only what becomes of it changes, and only from one to the next; and its day as it is posted, when the one that
-- it was entered for cannot be posted on any more.
CREATE FUNCTION payables.coded_invoice_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    changing text[] := '{status,decided_by,reason}';
BEGIN
    IF NEW.status = 'posted' THEN
        changing := changing || 'posted_on'::text;
    END IF;
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing
        OR (OLD.status, NEW.status) NOT IN (('entered', 'posted'), ('entered', 'rejected'), ('entered', 'cancelled'),
            ('posted', 'reversed'))
    THEN
        RAISE EXCEPTION 'invoice % stays as it was entered', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON payables.coded_invoice
    FOR EACH ROW EXECUTE FUNCTION payables.coded_invoice_stays();

CREATE TABLE payables.coded_invoice_line (
    invoice_id uuid NOT NULL REFERENCES payables.coded_invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    account_code text NOT NULL,
    text text NOT NULL,
    net_amount numeric(18, 6) NOT NULL CONSTRAINT coded_invoice_line_net_positive CHECK (net_amount > 0),
    tax_code text NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    deductible_percent numeric(18, 6) NOT NULL,
    -- What of its tax is no input tax, and part of what it cost.
    non_deductible_amount numeric(18, 6) NOT NULL,
    dimensions jsonb NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT coded_invoice_line_no_more_than_its_tax CHECK (non_deductible_amount BETWEEN 0 AND tax_amount),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('payables.coded_invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.coded_invoice_line');
