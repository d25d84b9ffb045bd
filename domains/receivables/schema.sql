-- What customers are charged: credit, invoices, the list of what is to be billed, credit notes, dunning.

CREATE SCHEMA receivables;
GRANT USAGE ON SCHEMA receivables TO perpetual_app;


-- Credit
-- ------

-- The row that parallel orders of a customer queue for.
CREATE TABLE receivables.customer_credit (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    PRIMARY KEY (company_id, customer_code),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
SELECT foundation.protect('receivables.customer_credit');

-- What an order will owe once it is billed, in the company's currency.
CREATE TABLE receivables.credit_commitment (
    order_id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    amount numeric(18, 6) NOT NULL,
    open_amount numeric(18, 6) NOT NULL
        CONSTRAINT credit_commitment_open_not_negative CHECK (open_amount >= 0),
    FOREIGN KEY (company_id, customer_code) REFERENCES receivables.customer_credit (company_id, customer_code)
);
CREATE INDEX credit_commitment_open_idx
    ON receivables.credit_commitment (company_id, customer_code) WHERE open_amount <> 0;
SELECT foundation.protect('receivables.credit_commitment');

-- Waits until everybody who came before has decided, and sees what they did: a statement of its own.
CREATE FUNCTION receivables.locked_exposure(p_customer text, p_order uuid)
RETURNS TABLE (credit_limit numeric, exposure numeric) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM receivables.customer_credit WHERE customer_code = p_customer FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO receivables.customer_credit (customer_code)
        SELECT code FROM master_data.customer WHERE code = p_customer ON CONFLICT DO NOTHING;
        PERFORM FROM receivables.customer_credit WHERE customer_code = p_customer FOR UPDATE;
    END IF;
    RETURN QUERY
    SELECT c.credit_limit,
        (SELECT coalesce(sum(m.open_amount), 0) FROM receivables.credit_commitment m
         WHERE m.customer_code = p_customer AND m.order_id <> p_order AND m.open_amount <> 0)
        + (SELECT coalesce(sum(i.base_open_amount), 0) FROM ledger.open_item i
           WHERE i.party_type = 'customer' AND i.party_code = p_customer AND i.open_amount <> 0)
    FROM master_data.customer c WHERE c.code = p_customer;
END $$;


-- Invoices
-- --------

CREATE TABLE receivables.invoice (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    -- Empty of an invoice without an order, which no process waits for.
    process_id text NOT NULL,
    -- A collective invoice has no order of its own: its lines have.
    order_id uuid,
    order_number text,
    shipment_id uuid,
    shipment_number text,
    -- A debit note: it charges more on another invoice.
    corrects_id uuid REFERENCES receivables.invoice (id),
    reason text NOT NULL DEFAULT '',
    -- Who charged whom, and on which terms, as it was then: what an invoice says stays as it was said.
    company jsonb NOT NULL,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    terms jsonb NOT NULL,
    customer_reference text NOT NULL,
    invoiced_on date NOT NULL,
    due_on date NOT NULL,
    currency text NOT NULL,
    rate numeric NOT NULL,
    payment_terms_code text NOT NULL,
    prices_include_tax boolean NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL DEFAULT 0,
    discount_until date,
    discount_amount numeric(18, 6) NOT NULL,
    discount_net_amount numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT invoice_company_id_shipment_id_key UNIQUE (company_id, shipment_id),
    CONSTRAINT invoice_order_with_number CHECK ((order_id IS NULL) = (order_number IS NULL)),
    CONSTRAINT invoice_of_an_order_has_a_process CHECK (order_id IS NULL OR process_id <> ''),
    CONSTRAINT invoice_debit_note_has_no_order CHECK (corrects_id IS NULL OR process_id = ''),
    CONSTRAINT invoice_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX invoice_company_id_invoiced_on_id_idx ON receivables.invoice (company_id, invoiced_on, id);
CREATE INDEX invoice_order_id_idx ON receivables.invoice (order_id);
CREATE INDEX invoice_corrects_id_idx ON receivables.invoice (corrects_id) WHERE corrects_id IS NOT NULL;
SELECT foundation.protect('receivables.invoice', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.invoice');

-- What a collective invoice bills of each order.
CREATE TABLE receivables.invoice_order (
    invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
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
CREATE INDEX invoice_order_order_id_idx ON receivables.invoice_order (order_id);
SELECT foundation.protect('receivables.invoice_order', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.invoice_order');

CREATE TABLE receivables.invoice_line (
    invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_line_number integer NOT NULL,
    item_code text,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    -- What taxes of an amount per unit count; as billed when empty.
    stock_quantity numeric(18, 6),
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    -- The first day of the tax code's rates; empty for those that it began with.
    rates_from date,
    is_freight boolean NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    order_id uuid,
    shipment_id uuid,
    shipment_number text,
    delivered_on date,
    -- Its revenue, where it is not that of the role.
    account_code text,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT invoice_line_of_a_delivery CHECK (num_nonnulls(order_id, shipment_id, delivered_on) IN (0, 3)),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code),
    FOREIGN KEY (invoice_id, order_id) REFERENCES receivables.invoice_order (invoice_id, order_id)
);
SELECT foundation.protect('receivables.invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.invoice_line');
SELECT foundation.lines_come_with('receivables.invoice', 'receivables.invoice_line', 'invoice_id');

CREATE TABLE receivables.invoice_tax (
    invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    tax_code text NOT NULL,
    rates_from date,
    name text NOT NULL,
    account_code text NOT NULL,
    rate_percent numeric(18, 6),
    exemption_reason text NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (invoice_id, line_number)
);
SELECT foundation.protect('receivables.invoice_tax', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.invoice_tax');
SELECT foundation.lines_come_with('receivables.invoice', 'receivables.invoice_tax', 'invoice_id');


-- Collective invoices
-- -------------------

-- What has left and is billed at the end of its month: billed once, and only what was not taken back.
CREATE TABLE receivables.billing_due (
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
    stock_quantity numeric(18, 6),
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric NOT NULL,
    tax_code text NOT NULL,
    is_freight boolean NOT NULL,
    withdrawn_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    invoice_id uuid REFERENCES receivables.invoice (id),
    listed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT billing_due_shipment_id_line_number_key UNIQUE (shipment_id, line_number),
    CONSTRAINT billing_due_withdrawn_within_quantity CHECK (withdrawn_quantity BETWEEN 0 AND quantity),
    CONSTRAINT billing_due_billed_is_something
        CHECK (invoice_id IS NULL OR withdrawn_quantity < quantity),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX billing_due_order_id_idx ON receivables.billing_due (order_id);
CREATE INDEX billing_due_invoice_id_idx ON receivables.billing_due (invoice_id);
CREATE INDEX billing_due_open_idx ON receivables.billing_due (company_id, customer_code, delivered_on)
    WHERE invoice_id IS NULL;
SELECT foundation.protect('receivables.billing_due');

CREATE FUNCTION receivables.guard_billing_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.invoice_id IS NOT NULL OR NEW.withdrawn_quantity < OLD.withdrawn_quantity
        -- When what left before it is taken back, it completes its order no more.
        OR (NEW.completes_order AND NOT OLD.completes_order)
        OR to_jsonb(NEW) - '{invoice_id,withdrawn_quantity,completes_order}'::text[]
            <> to_jsonb(OLD) - '{invoice_id,withdrawn_quantity,completes_order}'::text[]
    THEN
        RAISE EXCEPTION 'what is due of % is billed once or withdrawn, and stays as it is: % refused',
            OLD.order_number, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON receivables.billing_due
    FOR EACH ROW EXECUTE FUNCTION receivables.guard_billing_due();

-- A month is billed once for each customer, currency, terms, and net or gross prices. What is told late
-- of such a month is billed with a later one.
CREATE TABLE receivables.billed_month (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    currency text NOT NULL,
    payment_terms_code text NOT NULL,
    prices_include_tax boolean NOT NULL,
    month text NOT NULL CONSTRAINT billed_month_is_a_month CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    invoice_id uuid REFERENCES receivables.invoice (id),
    billed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, customer_code, currency, payment_terms_code, prices_include_tax, month),
    CONSTRAINT billed_month_invoice_id_key UNIQUE (invoice_id),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
SELECT foundation.protect('receivables.billed_month', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.billed_month');


-- Credit notes
-- ------------

CREATE TABLE receivables.credit_note (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
    invoice_number text NOT NULL,
    -- None when the invoice has no order.
    order_id uuid,
    order_number text,
    company jsonb NOT NULL,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    invoiced_on date NOT NULL,
    credited_on date NOT NULL,
    reason text NOT NULL,
    currency text NOT NULL,
    rate numeric NOT NULL,
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
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT credit_note_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT credit_note_order_with_number CHECK ((order_id IS NULL) = (order_number IS NULL)),
    CONSTRAINT credit_note_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT credit_note_parts_add_up CHECK (
        total_amount = settled_amount + on_account_amount + discount_amount + written_off_amount),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX credit_note_company_id_credited_on_id_idx
    ON receivables.credit_note (company_id, credited_on, id);
CREATE INDEX credit_note_invoice_id_idx ON receivables.credit_note (invoice_id);
CREATE INDEX credit_note_order_id_idx ON receivables.credit_note (order_id);
SELECT foundation.protect('receivables.credit_note', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.credit_note');

CREATE TABLE receivables.credit_note_line (
    credit_note_id uuid NOT NULL REFERENCES receivables.credit_note (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    -- None of a price allowance: the line was too dear, and nothing of it came back.
    quantity numeric(18, 6) NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (credit_note_id, line_number),
    CONSTRAINT credit_note_line_of_something CHECK (quantity <> 0 OR net_amount > 0),
    FOREIGN KEY (invoice_id, line_number) REFERENCES receivables.invoice_line (invoice_id, line_number)
);
CREATE INDEX credit_note_line_invoice_id_line_number_idx
    ON receivables.credit_note_line (invoice_id, line_number);
SELECT foundation.protect('receivables.credit_note_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.credit_note_line');
SELECT foundation.lines_come_with('receivables.credit_note', 'receivables.credit_note_line', 'credit_note_id');

CREATE TABLE receivables.credit_note_tax (
    credit_note_id uuid NOT NULL REFERENCES receivables.credit_note (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    discount_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (credit_note_id, line_number),
    FOREIGN KEY (invoice_id, line_number) REFERENCES receivables.invoice_tax (invoice_id, line_number)
);
CREATE INDEX credit_note_tax_invoice_id_line_number_idx
    ON receivables.credit_note_tax (invoice_id, line_number);
SELECT foundation.protect('receivables.credit_note_tax', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.credit_note_tax');
SELECT foundation.lines_come_with('receivables.credit_note', 'receivables.credit_note_tax', 'credit_note_id');


-- Write-offs
-- ----------

-- What is open and will not be paid: a small difference, or a bad debt, whose output tax is taken back.
CREATE TABLE receivables.write_off (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    kind text NOT NULL CONSTRAINT write_off_kind_known CHECK (kind IN ('small_difference', 'bad_debt')),
    -- What is written off: an invoice, a dunning letter's charge, or what is left of money on account.
    document_type text NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    customer_code text NOT NULL,
    written_off_on date NOT NULL,
    reason text NOT NULL CONSTRAINT write_off_for_a_reason CHECK (reason <> ''),
    currency text NOT NULL,
    -- Negative of money on account, which is ours from then on.
    amount numeric(18, 6) NOT NULL CONSTRAINT write_off_of_something CHECK (amount <> 0),
    tax_amount numeric(18, 6) NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT write_off_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT write_off_tax_of_bad_debts CHECK (kind = 'bad_debt' OR tax_amount = 0),
    CONSTRAINT write_off_bad_debt_is_owed CHECK (kind <> 'bad_debt' OR amount > 0),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code)
);
CREATE INDEX write_off_company_id_written_off_on_id_idx
    ON receivables.write_off (company_id, written_off_on, id);
CREATE INDEX write_off_document_id_idx ON receivables.write_off (document_id);
SELECT foundation.protect('receivables.write_off', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.write_off');

-- What is taken back of each tax of the invoice.
CREATE TABLE receivables.write_off_tax (
    write_off_id uuid NOT NULL REFERENCES receivables.write_off (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    invoice_id uuid NOT NULL,
    account_code text NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    base_tax_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (write_off_id, line_number),
    FOREIGN KEY (invoice_id, line_number) REFERENCES receivables.invoice_tax (invoice_id, line_number),
    FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
);
CREATE INDEX write_off_tax_invoice_id_line_number_idx
    ON receivables.write_off_tax (invoice_id, line_number);
SELECT foundation.protect('receivables.write_off_tax', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.write_off_tax');
SELECT foundation.lines_come_with('receivables.write_off', 'receivables.write_off_tax', 'write_off_id');


-- Dunning
-- -------

CREATE TABLE receivables.dunning_procedure (
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
    ON receivables.dunning_procedure (company_id) WHERE is_default;
SELECT foundation.protect('receivables.dunning_procedure');

-- A customer has one procedure.
CREATE TABLE receivables.dunning_procedure_customer (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
    procedure_code text NOT NULL,
    PRIMARY KEY (company_id, customer_code),
    FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
    FOREIGN KEY (company_id, procedure_code) REFERENCES receivables.dunning_procedure (company_id, code)
);
CREATE INDEX dunning_procedure_customer_company_id_procedure_code_idx
    ON receivables.dunning_procedure_customer (company_id, procedure_code);
SELECT foundation.protect('receivables.dunning_procedure_customer', 'SELECT, INSERT, DELETE');

CREATE TABLE receivables.dunning (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    customer_code text NOT NULL,
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
CREATE UNIQUE INDEX dunning_running_idx ON receivables.dunning (company_id, customer_code)
    WHERE ended_on IS NULL;
CREATE INDEX dunning_company_id_begun_on_id_idx ON receivables.dunning (company_id, begun_on, id);
SELECT foundation.protect('receivables.dunning');

CREATE TABLE receivables.dunning_letter (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    dunning_id uuid NOT NULL REFERENCES receivables.dunning (id),
    company jsonb NOT NULL,
    customer_code text NOT NULL,
    customer jsonb NOT NULL,
    level integer NOT NULL,
    scheduled_on date NOT NULL,
    written_on date NOT NULL,
    pay_by date NOT NULL,
    currency text NOT NULL,
    rate numeric NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    overdue_amount numeric(18, 6) NOT NULL,
    fee_amount numeric(18, 6) NOT NULL,
    interest_percent numeric(18, 6) NOT NULL,
    interest_amount numeric(18, 6) NOT NULL,
    charge_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
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
    ON receivables.dunning_letter (company_id, written_on, id);
SELECT foundation.protect('receivables.dunning_letter', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.dunning_letter');

-- What no letter speaks of: the customer disputes it, or dunning it was stopped.
CREATE TABLE receivables.dunning_hold (
    open_item_id uuid PRIMARY KEY REFERENCES ledger.open_item (id),
    company_id text NOT NULL DEFAULT foundation.current_company(),
    dunning_id uuid NOT NULL REFERENCES receivables.dunning (id),
    kind text NOT NULL CONSTRAINT dunning_hold_kind_known CHECK (kind IN ('disputed', 'stopped')),
    reason text NOT NULL,
    lifted boolean NOT NULL DEFAULT false
);
CREATE INDEX dunning_hold_dunning_id_idx ON receivables.dunning_hold (dunning_id);
SELECT foundation.protect('receivables.dunning_hold');

CREATE TABLE receivables.dunning_letter_line (
    letter_id uuid NOT NULL REFERENCES receivables.dunning_letter (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    open_item_id uuid NOT NULL REFERENCES ledger.open_item (id),
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
CREATE INDEX dunning_letter_line_open_item_id_idx ON receivables.dunning_letter_line (open_item_id);
SELECT foundation.protect('receivables.dunning_letter_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('receivables.dunning_letter_line');
SELECT foundation.lines_come_with('receivables.dunning_letter', 'receivables.dunning_letter_line', 'letter_id');
