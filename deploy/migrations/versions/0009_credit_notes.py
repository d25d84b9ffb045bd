"""Credit notes and refunds: what was billed is taken back, and money goes back."""

from foundation.migrations import run_script

revision = "0009"
down_revision = "0008"

CREDIT_NOTES = """
    CREATE TABLE receivables.credit_note (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        invoice_id uuid NOT NULL REFERENCES receivables.invoice (id),
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
        ON receivables.credit_note (company_id, credited_on, id);
    CREATE INDEX credit_note_invoice_id_idx ON receivables.credit_note (invoice_id);
    CREATE INDEX credit_note_order_id_idx ON receivables.credit_note (order_id);

    CREATE TABLE receivables.credit_note_line (
        credit_note_id uuid NOT NULL REFERENCES receivables.credit_note (id),
        invoice_id uuid NOT NULL,
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        quantity numeric(18, 6) NOT NULL CONSTRAINT credit_note_line_of_something CHECK (quantity <> 0),
        net_amount numeric(18, 6) NOT NULL,
        tax_amount numeric(18, 6) NOT NULL,
        PRIMARY KEY (credit_note_id, line_number),
        FOREIGN KEY (invoice_id, line_number) REFERENCES receivables.invoice_line (invoice_id, line_number)
    );
    CREATE INDEX credit_note_line_invoice_id_line_number_idx
        ON receivables.credit_note_line (invoice_id, line_number);

    CREATE TABLE receivables.credit_note_tax (
        credit_note_id uuid NOT NULL REFERENCES receivables.credit_note (id),
        invoice_id uuid NOT NULL,
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        base_amount numeric(18, 6) NOT NULL,
        tax_amount numeric(18, 6) NOT NULL,
        discount_amount numeric(18, 6) NOT NULL,
        PRIMARY KEY (credit_note_id, line_number),
        FOREIGN KEY (invoice_id, line_number) REFERENCES receivables.invoice_tax (invoice_id, line_number)
    );
    CREATE INDEX credit_note_tax_invoice_id_line_number_idx
        ON receivables.credit_note_tax (invoice_id, line_number);
    SELECT foundation.protect('receivables.credit_note', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.credit_note_line', 'SELECT, INSERT');
    SELECT foundation.protect('receivables.credit_note_tax', 'SELECT, INSERT');
    SELECT foundation.only_add_to('receivables.credit_note');
    SELECT foundation.only_add_to('receivables.credit_note_line');
    SELECT foundation.only_add_to('receivables.credit_note_tax');
"""

OPEN_ITEMS = """
    -- A credit that was paid for already is the customer's money, as a payment on account is.
    ALTER TABLE ledger.open_item
        ADD COLUMN credit_note_id uuid REFERENCES receivables.credit_note (id),
        DROP CONSTRAINT open_item_of_one_document,
        ADD CONSTRAINT open_item_of_one_document
            CHECK (num_nonnulls(invoice_id, payment_id, credit_note_id) = 1);
    CREATE INDEX open_item_credit_note_id_idx
        ON ledger.open_item (credit_note_id) WHERE credit_note_id IS NOT NULL;

    -- What realised an exchange difference says so, so that it can be reversed.
    ALTER TABLE ledger.settlement
        ALTER COLUMN payment_id DROP NOT NULL,
        ADD COLUMN credit_note_id uuid REFERENCES receivables.credit_note (id),
        ADD COLUMN exchange_difference numeric(18, 6) NOT NULL DEFAULT 0,
        ADD CONSTRAINT settlement_by_one_document CHECK (num_nonnulls(payment_id, credit_note_id) = 1);
    CREATE INDEX settlement_credit_note_id_idx
        ON ledger.settlement (credit_note_id) WHERE credit_note_id IS NOT NULL;
"""

REFUNDS = """
    CREATE TABLE ledger.refund (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL,
        customer_code text NOT NULL,
        open_item_id uuid NOT NULL REFERENCES ledger.open_item (id),
        payment_id uuid REFERENCES ledger.payment (id),
        credit_note_id uuid REFERENCES receivables.credit_note (id),
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
        FOREIGN KEY (company_id, account_code) REFERENCES ledger.account (company_id, code)
    );
    CREATE INDEX refund_company_id_refunded_on_id_idx ON ledger.refund (company_id, refunded_on, id);
    CREATE INDEX refund_open_item_id_idx ON ledger.refund (open_item_id);
    SELECT foundation.protect('ledger.refund', 'SELECT, INSERT');
    SELECT foundation.only_add_to('ledger.refund');
"""

WRITING = """
    -- Each document in one round trip; the open items are locked already by whoever decided what settles
    -- what.
    CREATE FUNCTION ledger.lower_items(p_reduced jsonb) RETURNS void LANGUAGE sql AS $$
        UPDATE ledger.open_item i SET open_amount = i.open_amount - r.amount,
            base_open_amount = i.base_open_amount - r.base_amount
        FROM jsonb_to_recordset(p_reduced) AS r(id uuid, amount numeric, base_amount numeric)
        WHERE i.id = r.id
    $$;

    CREATE FUNCTION receivables.write_credit_note(
        p_fiscal_year text, p_note jsonb, p_lines jsonb, p_taxes jsonb, p_reduced jsonb, p_settlements jsonb,
        p_items jsonb, p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now(),
            'credit_note_id', p_note ->> 'id', 'invoice_id', p_note ->> 'invoice_id');
        taken text := ledger.next_number('CN', p_fiscal_year);
    BEGIN
        INSERT INTO receivables.credit_note SELECT r.* FROM jsonb_populate_record(
            NULL::receivables.credit_note, p_note || given || jsonb_build_object('number', taken)) r;
        INSERT INTO receivables.credit_note_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
            jsonb_populate_record(NULL::receivables.credit_note_line, line || given) r;
        INSERT INTO receivables.credit_note_tax SELECT r.* FROM jsonb_array_elements(p_taxes) AS t(tax),
            jsonb_populate_record(NULL::receivables.credit_note_tax, tax || given) r;
        PERFORM ledger.lower_items(p_reduced);
        INSERT INTO ledger.settlement SELECT r.* FROM jsonb_array_elements(p_settlements) AS s(settlement),
            jsonb_populate_record(NULL::ledger.settlement, given || settlement) r;
        INSERT INTO ledger.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
            jsonb_populate_record(NULL::ledger.open_item, (given - 'invoice_id') || item) r;
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;

    CREATE FUNCTION ledger.write_refund(
        p_fiscal_year text, p_refund jsonb, p_reduced jsonb, p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
        taken text := ledger.next_number('RF', p_fiscal_year);
    BEGIN
        INSERT INTO ledger.refund SELECT r.* FROM jsonb_populate_record(
            NULL::ledger.refund, p_refund || given || jsonb_build_object('number', taken)) r;
        PERFORM ledger.lower_items(p_reduced);
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;
"""


def upgrade() -> None:
    """Add credit notes, refunds, and what they do to open items."""
    for script in (CREDIT_NOTES, OPEN_ITEMS, REFUNDS, WRITING):
        run_script(script)
