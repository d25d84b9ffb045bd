"""The tables of inventory: the ledger of goods, stock and reservations, valuation, receipts and shipments."""

from foundation.migrations import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(STOCK)
    run_script(DOCUMENTS)
    run_script(MOVES)
    run_script(LOCKS)


STOCK = """
    CREATE SCHEMA inventory;
    GRANT USAGE ON SCHEMA inventory TO perpetual_app;

    CREATE TABLE inventory.stock (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        warehouse_code text NOT NULL,
        item_code text NOT NULL,
        on_hand numeric(18, 6) NOT NULL DEFAULT 0,
        reserved numeric(18, 6) NOT NULL DEFAULT 0,
        allows_negative boolean NOT NULL DEFAULT false,
        PRIMARY KEY (company_id, warehouse_code, item_code),
        FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
        CONSTRAINT stock_on_hand_not_negative CHECK (on_hand >= 0 OR allows_negative),
        CONSTRAINT stock_reserved_not_negative CHECK (reserved >= 0),
        CONSTRAINT stock_reserved_on_hand CHECK (reserved <= on_hand OR allows_negative)
    ) WITH (fillfactor = 50);
    CREATE INDEX stock_company_id_item_code_idx ON inventory.stock (company_id, item_code);
    SELECT foundation.protect('inventory.stock');

    CREATE TABLE inventory.reservation (
        order_id uuid NOT NULL,
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        process_id text NOT NULL,
        warehouse_code text NOT NULL,
        item_code text NOT NULL,
        ordered_on date NOT NULL,
        sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        wanted_quantity numeric(18, 6) NOT NULL,
        reserved_quantity numeric(18, 6) NOT NULL,
        short_quantity numeric(18, 6) NOT NULL,
        issued_quantity numeric(18, 6) NOT NULL DEFAULT 0,
        released_quantity numeric(18, 6) NOT NULL DEFAULT 0,
        PRIMARY KEY (order_id, line_number),
        FOREIGN KEY (company_id, warehouse_code, item_code)
            REFERENCES inventory.stock (company_id, warehouse_code, item_code),
        CONSTRAINT reservation_parts_add_up CHECK (
            wanted_quantity = reserved_quantity + short_quantity + issued_quantity + released_quantity),
        CONSTRAINT reservation_reserved_not_negative CHECK (reserved_quantity >= 0),
        CONSTRAINT reservation_short_not_negative CHECK (short_quantity >= 0),
        CONSTRAINT reservation_issued_not_negative CHECK (issued_quantity >= 0),
        CONSTRAINT reservation_released_not_negative CHECK (released_quantity >= 0)
    );
    CREATE INDEX reservation_backorder_idx
        ON inventory.reservation (company_id, warehouse_code, item_code, ordered_on, sequence)
        WHERE short_quantity > 0;
    SELECT foundation.protect('inventory.reservation');
"""

DOCUMENTS = """
    -- A document's number: six digits, and more when they are used up.
    CREATE FUNCTION inventory.document_number(prefix text, value bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT prefix || '-' || lpad(value::text, greatest(6, length(value::text)), '0') $$;
    CREATE SEQUENCE inventory.receipt_number;
    CREATE SEQUENCE inventory.shipment_number;
    GRANT USAGE ON SEQUENCE inventory.receipt_number, inventory.shipment_number TO perpetual_app;

    CREATE TABLE inventory.stock_receipt (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL
            DEFAULT inventory.document_number('REC', nextval('inventory.receipt_number')),
        warehouse_code text NOT NULL,
        received_on date NOT NULL,
        reference text NOT NULL,
        reason text NOT NULL,
        value numeric(18, 4) NOT NULL,
        adjustment_value numeric(18, 4) NOT NULL,
        currency text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT stock_receipt_company_id_number_key UNIQUE (company_id, number),
        FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code),
        CONSTRAINT stock_receipt_reason_known CHECK (reason IN ('purchase', 'opening', 'adjustment'))
    );
    SELECT foundation.protect('inventory.stock_receipt', 'SELECT, INSERT');
    SELECT foundation.only_add_to('inventory.stock_receipt');

    CREATE TABLE inventory.stock_receipt_line (
        receipt_id uuid NOT NULL REFERENCES inventory.stock_receipt (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        item_code text NOT NULL,
        quantity numeric(18, 6) NOT NULL,
        unit text NOT NULL,
        unit_cost numeric(18, 6) NOT NULL,
        stock_quantity numeric(18, 6) NOT NULL,
        value numeric(18, 4) NOT NULL,
        PRIMARY KEY (receipt_id, line_number),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code)
    );
    SELECT foundation.protect('inventory.stock_receipt_line', 'SELECT, INSERT');
    SELECT foundation.only_add_to('inventory.stock_receipt_line');

    CREATE TABLE inventory.shipment (
        id uuid PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        number text NOT NULL
            DEFAULT inventory.document_number('SHP', nextval('inventory.shipment_number')),
        order_id uuid NOT NULL,
        order_number text NOT NULL,
        customer_code text NOT NULL,
        warehouse_code text NOT NULL,
        shipped_on date NOT NULL,
        carrier text NOT NULL,
        tracking text NOT NULL,
        cost numeric(18, 4) NOT NULL,
        currency text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT shipment_company_id_number_key UNIQUE (company_id, number),
        FOREIGN KEY (company_id, customer_code) REFERENCES master_data.customer (company_id, code),
        FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code)
    );
    CREATE INDEX shipment_company_id_order_id_idx ON inventory.shipment (company_id, order_id);
    CREATE INDEX shipment_company_id_shipped_on_id_idx ON inventory.shipment (company_id, shipped_on, id);
    SELECT foundation.protect('inventory.shipment', 'SELECT, INSERT');
    SELECT foundation.only_add_to('inventory.shipment');

    CREATE TABLE inventory.shipment_line (
        shipment_id uuid NOT NULL REFERENCES inventory.shipment (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        item_code text NOT NULL,
        quantity numeric(18, 6) NOT NULL,
        cost numeric(18, 4) NOT NULL,
        PRIMARY KEY (shipment_id, line_number),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code)
    );
    SELECT foundation.protect('inventory.shipment_line', 'SELECT, INSERT');
    SELECT foundation.only_add_to('inventory.shipment_line');
"""

MOVES = """
    CREATE TABLE inventory.stock_move (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        kind text NOT NULL,
        item_code text NOT NULL,
        warehouse_code text,
        moved_on date NOT NULL,
        quantity numeric(18, 6) NOT NULL,
        value numeric(18, 4) NOT NULL,
        document_id uuid NOT NULL,
        line_number integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
        CONSTRAINT stock_move_kind_known
            CHECK (kind IN ('receipt', 'issue', 'settlement', 'revaluation')),
        CONSTRAINT stock_move_direction CHECK (
            CASE kind WHEN 'receipt' THEN quantity > 0 AND value >= 0
                WHEN 'issue' THEN quantity < 0 AND value <= 0
                ELSE quantity = 0 END),
        CONSTRAINT stock_move_has_a_place CHECK ((warehouse_code IS NULL) = (kind = 'revaluation'))
    );
    CREATE INDEX stock_move_company_id_item_code_id_idx ON inventory.stock_move (company_id, item_code, id);
    CREATE INDEX stock_move_company_id_document_id_idx ON inventory.stock_move (company_id, document_id);
    SELECT foundation.protect('inventory.stock_move', 'SELECT, INSERT');
    SELECT foundation.only_add_to('inventory.stock_move');

    CREATE TABLE inventory.item_valuation (
        company_id text NOT NULL DEFAULT foundation.current_company(),
        item_code text NOT NULL,
        quantity numeric(18, 6) NOT NULL DEFAULT 0,
        value numeric(18, 4) NOT NULL DEFAULT 0,
        unit_cost numeric(18, 6) NOT NULL,
        PRIMARY KEY (company_id, item_code),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
        CONSTRAINT item_valuation_nothing_is_worth_nothing CHECK (quantity <> 0 OR value = 0),
        CONSTRAINT item_valuation_value_follows_quantity CHECK (quantity * value >= 0),
        CONSTRAINT item_valuation_unit_cost_not_negative CHECK (unit_cost >= 0)
    ) WITH (fillfactor = 50);
    SELECT foundation.protect('inventory.item_valuation');

    CREATE TABLE inventory.cost_layer (
        receipt_id uuid NOT NULL REFERENCES inventory.stock_receipt (id),
        line_number integer NOT NULL,
        company_id text NOT NULL DEFAULT foundation.current_company(),
        item_code text NOT NULL,
        sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        remaining_quantity numeric(18, 6) NOT NULL,
        remaining_value numeric(18, 4) NOT NULL,
        PRIMARY KEY (receipt_id, line_number),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
        CONSTRAINT cost_layer_remaining_quantity_not_negative CHECK (remaining_quantity >= 0),
        CONSTRAINT cost_layer_remaining_value_not_negative CHECK (remaining_value >= 0),
        CONSTRAINT cost_layer_nothing_is_worth_nothing CHECK (remaining_quantity > 0 OR remaining_value = 0)
    );
    CREATE INDEX cost_layer_company_id_item_code_sequence_idx
        ON inventory.cost_layer (company_id, item_code, sequence) WHERE remaining_quantity > 0;
    SELECT foundation.protect('inventory.cost_layer');
"""

# Whoever decides about goods locks their rows with one of these two, once, for all items at the same time.
# Rows are made before any is locked, and both happen in the order of the items, so that two orders which
# cross never wait for each other. Stock is always locked before valuation.
LOCKS = """
    CREATE FUNCTION inventory.locked_stock(warehouse text, items text[])
    RETURNS TABLE (
        item_code text, on_hand numeric, reserved numeric, allows_negative boolean,
        item_allows_negative boolean)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    BEGIN
        INSERT INTO inventory.stock (warehouse_code, item_code)
        SELECT w.code, i.code
        FROM master_data.warehouse w CROSS JOIN master_data.item i
        WHERE w.code = warehouse AND i.code = ANY (items) AND i.kind <> 'service'
            AND NOT EXISTS (SELECT FROM inventory.stock s
                            WHERE s.warehouse_code = w.code AND s.item_code = i.code)
        ORDER BY i.code
        ON CONFLICT DO NOTHING;

        RETURN QUERY
        SELECT s.item_code, s.on_hand, s.reserved, s.allows_negative, i.allow_negative_stock
        FROM inventory.stock s JOIN master_data.item i ON i.code = s.item_code
        WHERE s.warehouse_code = warehouse AND s.item_code = ANY (items)
        ORDER BY s.item_code
        FOR UPDATE OF s;
    END $$;

    CREATE FUNCTION inventory.locked_valuation(items text[])
    RETURNS TABLE (
        item_code text, costing_method text, quantity numeric, value numeric, unit_cost numeric,
        currency text)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    BEGIN
        INSERT INTO inventory.item_valuation (item_code, unit_cost)
        SELECT i.code, coalesce(i.standard_cost, 0)
        FROM master_data.item i
        WHERE i.code = ANY (items) AND i.kind <> 'service'
            AND NOT EXISTS (SELECT FROM inventory.item_valuation v WHERE v.item_code = i.code)
        ORDER BY i.code
        ON CONFLICT DO NOTHING;

        RETURN QUERY
        SELECT v.item_code, i.costing_method, v.quantity, v.value, v.unit_cost, c.currency
        FROM inventory.item_valuation v
            JOIN master_data.item i ON i.code = v.item_code
            JOIN master_data.company c ON c.code = foundation.current_company()
        WHERE v.item_code = ANY (items)
        ORDER BY v.item_code
        FOR UPDATE OF v;
    END $$;
"""
