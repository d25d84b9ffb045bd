-- What suppliers bill us: their invoices, matched with what was ordered and what has come.

CREATE SCHEMA payables;
GRANT USAGE ON SCHEMA payables TO perpetual_app;


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
    recorded_at timestamptz NOT NULL DEFAULT now(),
    operation_key text DEFAULT foundation.current_operation(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT supplier_invoice_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT supplier_invoice_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    CONSTRAINT supplier_invoice_posted_when_it_was_there CHECK (posted_on >= invoiced_on),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
CREATE INDEX supplier_invoice_company_id_supplier_code_normal_number_idx
    ON payables.supplier_invoice (company_id, supplier_code, normal_number);
CREATE INDEX supplier_invoice_company_id_posted_on_id_idx ON payables.supplier_invoice (company_id, posted_on, id);
CREATE INDEX supplier_invoice_order_id_idx ON payables.supplier_invoice (order_id);
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
    -- What it settles of what has come, in the company's currency.
    base_received_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('payables.supplier_invoice_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('payables.supplier_invoice_line');
SELECT foundation.lines_come_with('payables.supplier_invoice', 'payables.supplier_invoice_line', 'invoice_id');
