-- What we ask suppliers for: purchase orders, at which price, and how far they have come.

CREATE SCHEMA procurement;
GRANT USAGE ON SCHEMA procurement TO perpetual_app;


-- Purchase orders
-- ---------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE procurement.purchase_order_number;
COMMENT ON SEQUENCE procurement.purchase_order_number IS 'PO';
GRANT USAGE ON SEQUENCE procurement.purchase_order_number TO perpetual_app;

CREATE TABLE procurement.purchase_order (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL
        CONSTRAINT purchase_order_status_known CHECK (status IN ('held', 'placed', 'received', 'cancelled')),
    supplier_code text NOT NULL,
    supplier_name text NOT NULL,
    supplier_reference text NOT NULL,
    ordered_on date NOT NULL,
    expected_on date,
    currency text NOT NULL,
    warehouse_code text NOT NULL,
    payment_terms_code text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    -- What people have said yes to, in the company's currency; nothing, when nobody was asked.
    approved_amount numeric(18, 6) NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT '',
    placed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purchase_order_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT purchase_order_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code),
    FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code),
    FOREIGN KEY (company_id, payment_terms_code) REFERENCES master_data.payment_terms (company_id, code)
);
CREATE INDEX purchase_order_company_id_ordered_on_id_idx ON procurement.purchase_order (company_id, ordered_on, id);
CREATE INDEX purchase_order_company_id_supplier_code_idx ON procurement.purchase_order (company_id, supplier_code);
SELECT foundation.protect('procurement.purchase_order');

CREATE TABLE procurement.purchase_order_line (
    order_id uuid NOT NULL REFERENCES procurement.purchase_order (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL
        CONSTRAINT purchase_order_line_quantity_positive CHECK (quantity > 0),
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    is_stocked boolean NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    -- How much more than was ordered may be taken in, and how much less is enough, as it was agreed then.
    over_delivery_percent numeric(18, 6) NOT NULL,
    under_delivery_percent numeric(18, 6) NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    received_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, line_number),
    CONSTRAINT purchase_order_line_received_not_negative CHECK (received_quantity >= 0),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('procurement.purchase_order_line');
