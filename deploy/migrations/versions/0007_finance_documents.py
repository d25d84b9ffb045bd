"""The documents of finance, each written in one round trip: entries, invoices, payments.

A number is gapless because its row stays locked until the commit; here it is locked for as short as can be.
"""

from foundation.migrations import run_script

revision = "0007"
down_revision = "0006"

ENTRIES = """
    -- One round trip for a whole entry; its number is taken last and held only until the commit.
    CREATE FUNCTION ledger.write_entry(p_entry jsonb) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        taken text := ledger.next_number('JE', p_entry ->> 'fiscal_year');
        given jsonb := jsonb_build_object(
            'company_id', foundation.current_company(), 'number', taken, 'recorded_at', now());
        of_entry jsonb := jsonb_build_object('company_id', foundation.current_company(),
            'entry_id', p_entry ->> 'id', 'posted_on', p_entry ->> 'posted_on');
    BEGIN
        INSERT INTO ledger.journal_entry
        SELECT r.* FROM jsonb_populate_record(NULL::ledger.journal_entry, p_entry || given) r;
        INSERT INTO ledger.journal_line
        SELECT r.* FROM jsonb_array_elements(p_entry -> 'lines') WITH ORDINALITY AS l(line, line_number),
            jsonb_populate_record(NULL::ledger.journal_line,
                line || of_entry || jsonb_build_object('line_number', line_number)) r;
        RETURN taken;
    END $$;

    -- A whole document in one round trip, so that its numbers are held only until the commit. In the texts of
    -- its entries {number} stands for the number that it gets.
    CREATE FUNCTION ledger.write_entries(p_entries jsonb, p_number text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM ledger.write_entry(
            entry || jsonb_build_object('text', replace(entry ->> 'text', '{number}', p_number)))
        FROM jsonb_array_elements(p_entries) AS e(entry);
    END $$;
"""

INVOICES = """
    -- Of what the order committed, the billed part becomes an open item; the last invoice frees the rest.
    CREATE FUNCTION receivables.write_invoice(
        p_fiscal_year text, p_invoice jsonb, p_lines jsonb, p_taxes jsonb, p_items jsonb, p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
        billed numeric := greatest((p_invoice ->> 'base_total_amount')::numeric, 0);
        taken text;
    BEGIN
        UPDATE receivables.credit_commitment SET open_amount = CASE
            WHEN (p_invoice ->> 'completes_order')::boolean THEN 0 ELSE greatest(open_amount - billed, 0) END
        WHERE order_id = (p_invoice ->> 'order_id')::uuid AND open_amount <> 0;
        taken := ledger.next_number('INV', p_fiscal_year);
        INSERT INTO receivables.invoice SELECT r.* FROM jsonb_populate_record(
            NULL::receivables.invoice, p_invoice || given || jsonb_build_object('number', taken)) r;
        INSERT INTO receivables.invoice_line SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
            jsonb_populate_record(NULL::receivables.invoice_line, line || given) r;
        INSERT INTO receivables.invoice_tax SELECT r.* FROM jsonb_array_elements(p_taxes) AS t(tax),
            jsonb_populate_record(NULL::receivables.invoice_tax, tax || given) r;
        INSERT INTO ledger.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
            jsonb_populate_record(NULL::ledger.open_item, item || given) r;
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;
"""

PAYMENTS = """
    -- The open items are locked already by whoever decided what settles what. Money on account that is used
    -- has its payment already.
    CREATE FUNCTION ledger.write_payment(
        p_fiscal_year text, p_payment jsonb, p_reduced jsonb, p_settlements jsonb, p_items jsonb,
        p_entries jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'posted_at', now());
        taken text := p_payment ->> 'number';
    BEGIN
        IF taken IS NULL THEN
            taken := ledger.next_number('PAY', p_fiscal_year);
            INSERT INTO ledger.payment SELECT r.* FROM jsonb_populate_record(
                NULL::ledger.payment, p_payment || given || jsonb_build_object('number', taken)) r;
        END IF;
        UPDATE ledger.open_item i SET open_amount = i.open_amount - r.amount,
            base_open_amount = i.base_open_amount - r.base_amount
        FROM jsonb_to_recordset(p_reduced) AS r(id uuid, amount numeric, base_amount numeric)
        WHERE i.id = r.id;
        INSERT INTO ledger.settlement SELECT r.* FROM jsonb_array_elements(p_settlements) AS s(settlement),
            jsonb_populate_record(NULL::ledger.settlement, settlement || given) r;
        INSERT INTO ledger.open_item SELECT r.* FROM jsonb_array_elements(p_items) AS i(item),
            jsonb_populate_record(NULL::ledger.open_item, item || given) r;
        PERFORM ledger.write_entries(p_entries, taken);
        RETURN taken;
    END $$;
"""


def upgrade() -> None:
    for script in (ENTRIES, INVOICES, PAYMENTS):
        run_script(script)
