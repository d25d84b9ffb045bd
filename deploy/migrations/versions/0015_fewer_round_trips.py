"""Fewer round trips: what may be remembered of reference data, and documents written in one statement."""

from foundation.migrations import run_script

revision = "0015"
down_revision = "0014"

REFERENCE_VERSION = """
    CREATE TABLE foundation.reference_version (
        company_id text PRIMARY KEY DEFAULT foundation.current_company(),
        version bigint NOT NULL
    );
    SELECT foundation.protect('foundation.reference_version');

    CREATE FUNCTION foundation.count_reference_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO foundation.reference_version AS r (company_id, version)
        VALUES (foundation.current_company(), 1)
        ON CONFLICT (company_id) DO UPDATE SET version = r.version + 1;
        RETURN NULL;
    END $$;
    DO $$
    DECLARE
        changed text;
    BEGIN
        FOREACH changed IN ARRAY ARRAY['company', 'warehouse', 'tax_code', 'payment_terms', 'exchange_rate',
            'item', 'price_list', 'price_list_line', 'customer']
        LOOP
            EXECUTE format('CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON master_data.%I '
                'FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_reference_change()', changed);
        END LOOP;
    END $$;
    -- What was there before has a version as well.
    INSERT INTO foundation.reference_version SELECT code, 1 FROM master_data.company;
"""

ORDERS = """
    -- A whole order in one round trip; its number may have gaps.
    CREATE FUNCTION sales.write_order(p_order jsonb, p_lines jsonb) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        taken text := 'SO-' || lpad(nextval('sales.order_number')::text, 6, '0');
        given jsonb := jsonb_build_object('company_id', foundation.current_company(), 'number', taken,
            'status', 'placed', 'reason', '', 'placed_at', now(), 'version', 1);
        of_line jsonb := jsonb_build_object('company_id', foundation.current_company(),
            'order_id', p_order ->> 'id', 'short_quantity', 0, 'delivered_quantity', 0, 'billed_quantity', 0,
            'returned_quantity', 0);
    BEGIN
        INSERT INTO sales.sales_order
        SELECT r.* FROM jsonb_populate_record(NULL::sales.sales_order, p_order || given) r;
        INSERT INTO sales.sales_order_line
        SELECT r.* FROM jsonb_array_elements(p_lines) AS l(line),
            jsonb_populate_record(NULL::sales.sales_order_line, line || of_line) r;
        RETURN taken;
    END $$;
"""

CREDIT = """
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
               WHERE i.customer_code = p_customer AND i.open_amount <> 0)
        FROM master_data.customer c WHERE c.code = p_customer;
    END $$;
"""


def upgrade() -> None:
    """Add the version of reference data and the functions."""
    for script in (REFERENCE_VERSION, ORDERS, CREDIT):
        run_script(script)
