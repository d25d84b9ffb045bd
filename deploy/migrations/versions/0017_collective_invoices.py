"""Collective invoices: what is delivered and to be billed, and invoices over several orders by month."""

from foundation.migrations import run_script

revision = "0017"
down_revision = "0016"

INVOICES = """
    ALTER TABLE master_data.customer DROP CONSTRAINT customer_invoicing_known,
        ADD CONSTRAINT customer_invoicing_known CHECK (invoicing IN ('shipment', 'order', 'collective'));

    -- A collective invoice has no order of its own: its lines have.
    ALTER TABLE receivables.invoice ALTER COLUMN order_id DROP NOT NULL, ALTER COLUMN order_number DROP NOT NULL,
        ADD CONSTRAINT invoice_order_with_number CHECK ((order_id IS NULL) = (order_number IS NULL));

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

    ALTER TABLE receivables.invoice_line
        ADD COLUMN order_id uuid, ADD COLUMN shipment_id uuid, ADD COLUMN shipment_number text,
        ADD COLUMN delivered_on date,
        ADD CONSTRAINT invoice_line_of_a_delivery
            CHECK (num_nonnulls(order_id, shipment_id, delivered_on) IN (0, 3)),
        ADD CONSTRAINT invoice_line_invoice_id_order_id_fkey
            FOREIGN KEY (invoice_id, order_id) REFERENCES receivables.invoice_order (invoice_id, order_id);
"""

DUE = """
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

    CREATE FUNCTION receivables.guard_billing_due() RETURNS trigger LANGUAGE plpgsql AS $$
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
    SELECT foundation.protect('receivables.invoice_order', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.billing_due');
    SELECT foundation.protect('receivables.billed_month', 'SELECT, INSERT');
    SELECT foundation.only_add_to('receivables.invoice_order');
    SELECT foundation.only_add_to('receivables.billed_month');
"""

WRITING = """
    -- An order that nothing more leaves for and nothing is left to bill of needs no credit any more.
    CREATE FUNCTION receivables.free_credit_when_billed(p_orders uuid[]) RETURNS void LANGUAGE sql AS $$
        UPDATE receivables.credit_commitment c SET open_amount = 0
        WHERE c.order_id = ANY (p_orders) AND c.open_amount <> 0
            AND EXISTS (SELECT FROM receivables.billing_due d WHERE d.order_id = c.order_id AND d.completes_order)
            AND NOT EXISTS (SELECT FROM receivables.billing_due d WHERE d.order_id = c.order_id
                AND d.invoice_id IS NULL AND d.withdrawn_quantity < d.quantity)
    $$;

    -- An invoice like any other, with its share of each order; what it bills is due no more. The rows of
    -- `billing_due` are locked already by whoever computed it.
    CREATE FUNCTION receivables.write_collective_invoice(
        p_fiscal_year text, p_invoice jsonb, p_lines jsonb, p_taxes jsonb, p_items jsonb, p_entries jsonb,
        p_orders jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        invoice uuid := (p_invoice ->> 'id')::uuid;
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'invoice_id', invoice);
        taken text;
    BEGIN
        UPDATE receivables.credit_commitment c
        SET open_amount = greatest(c.open_amount - greatest(o.base_total_amount, 0), 0)
        FROM jsonb_to_recordset(p_orders) AS o (order_id uuid, base_total_amount numeric)
        WHERE c.order_id = o.order_id AND c.open_amount <> 0;
        taken := receivables.write_invoice(p_fiscal_year, p_invoice, '[]', p_taxes, p_items, p_entries);
        INSERT INTO receivables.invoice_order SELECT r.* FROM jsonb_array_elements(p_orders) AS o(share),
            jsonb_populate_record(NULL::receivables.invoice_order, share || given) r;
        INSERT INTO receivables.invoice_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
            jsonb_populate_record(NULL::receivables.invoice_line, line || given) r;
        UPDATE receivables.billing_due d SET invoice_id = invoice
        FROM jsonb_array_elements(p_lines) AS l(line) WHERE d.id = (line ->> 'due_id')::uuid;
        PERFORM receivables.free_credit_when_billed(
            ARRAY (SELECT (share ->> 'order_id')::uuid FROM jsonb_array_elements(p_orders) AS o(share)));
        RETURN taken;
    END $$;
"""


def upgrade() -> None:
    """Add the third way of invoicing, the billing due list, and invoices over several orders."""
    for script in (INVOICES, DUE, WRITING):
        run_script(script)
