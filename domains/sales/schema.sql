-- The customer's order, its versions and its returns.

CREATE SCHEMA sales;
GRANT USAGE ON SCHEMA sales TO perpetual_app;


-- Orders
-- ------

-- Numbers of orders may have gaps.
CREATE SEQUENCE sales.order_number;
COMMENT ON SEQUENCE sales.order_number IS 'SO';
GRANT USAGE ON SEQUENCE sales.order_number TO perpetual_app;

CREATE TABLE sales.sales_order (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT sales_order_status_known CHECK (status IN (
        'placed', 'held', 'confirmed', 'delivered', 'closed', 'cancelled', 'rejected')),
    customer_code text NOT NULL,
    customer_name text NOT NULL,
    customer_reference text NOT NULL,
    ordered_on date NOT NULL,
    requested_on date,
    currency text NOT NULL,
    warehouse_code text NOT NULL,
    payment_terms_code text NOT NULL,
    delivery text NOT NULL,
    invoicing text NOT NULL,
    prices_include_tax boolean NOT NULL,
    freight_amount numeric(18, 6) NOT NULL,
    freight_tax_code text,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    total_amount numeric(18, 6) NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    reason text NOT NULL DEFAULT '',
    placed_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    -- What was agreed off every line.
    discount_percent numeric(18, 6),
    -- Goods that are sent again, free of charge, were billed with the order that they replace goods of.
    replaces_order_id uuid REFERENCES sales.sales_order (id),
    CONSTRAINT sales_order_company_id_number_key UNIQUE (company_id, number),
    CONSTRAINT sales_order_total_not_negative CHECK (total_amount >= 0),
    CONSTRAINT sales_order_total_is_sum CHECK (total_amount = net_amount + tax_amount),
    FOREIGN KEY (company_id, customer_code)
        REFERENCES master_data.customer (company_id, code),
    FOREIGN KEY (company_id, warehouse_code)
        REFERENCES master_data.warehouse (company_id, code),
    FOREIGN KEY (company_id, payment_terms_code)
        REFERENCES master_data.payment_terms (company_id, code)
);
CREATE INDEX sales_order_company_id_ordered_on_id_idx
    ON sales.sales_order (company_id, ordered_on, id);
CREATE INDEX sales_order_company_id_customer_code_idx
    ON sales.sales_order (company_id, customer_code);
CREATE INDEX sales_order_company_id_customer_reference_idx
    ON sales.sales_order (company_id, customer_reference);
SELECT foundation.protect('sales.sales_order');

CREATE TABLE sales.sales_order_line (
    order_id uuid NOT NULL REFERENCES sales.sales_order (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL
        CONSTRAINT sales_order_line_quantity_positive CHECK (quantity > 0),
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    is_stocked boolean NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    tax_code text NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    tax_amount numeric(18, 6) NOT NULL,
    short_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    delivered_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    billed_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    returned_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    replaces_line_number integer,
    PRIMARY KEY (order_id, line_number),
    CONSTRAINT sales_order_line_delivered_as_ordered
        CHECK (delivered_quantity BETWEEN 0 AND quantity),
    CONSTRAINT sales_order_line_billed_as_delivered
        CHECK (billed_quantity BETWEEN 0 AND delivered_quantity),
    CONSTRAINT sales_order_line_returned_as_delivered
        CHECK (returned_quantity BETWEEN 0 AND delivered_quantity),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
SELECT foundation.protect('sales.sales_order_line');

-- Amended orders
-- --------------

CREATE TABLE sales.sales_order_version (
    order_id uuid NOT NULL REFERENCES sales.sales_order (id),
    version integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    document jsonb NOT NULL,
    amendment_id uuid NOT NULL,
    amended_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    amended_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    PRIMARY KEY (order_id, version),
    CONSTRAINT sales_order_version_amendment_id_key UNIQUE (amendment_id)
);
SELECT foundation.protect('sales.sales_order_version', 'SELECT, INSERT');
SELECT foundation.only_add_to('sales.sales_order_version');

-- An amendment writes an order's lines anew. The application may not delete any by itself, and nobody
-- lines of which something has left: they stay on the order for ever.
CREATE FUNCTION sales.clear_undelivered_lines(of_order uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
    DELETE FROM sales.sales_order_line
    WHERE order_id = of_order AND company_id = foundation.current_company() AND delivered_quantity = 0
$$;
SELECT foundation.for_application_only('sales.clear_undelivered_lines');


-- Returns
-- -------

-- Numbers of returns may have gaps.
CREATE SEQUENCE sales.return_number;
COMMENT ON SEQUENCE sales.return_number IS 'RMA';
GRANT USAGE ON SEQUENCE sales.return_number TO perpetual_app;

CREATE TABLE sales.sales_return (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    order_id uuid NOT NULL REFERENCES sales.sales_order (id),
    status text NOT NULL CONSTRAINT sales_return_status_known CHECK (status IN (
        'authorised', 'closed', 'cancelled')),
    resolution text NOT NULL CONSTRAINT sales_return_resolution_known CHECK (resolution IN (
        'refund', 'on_account', 'replace')),
    cancels_order boolean NOT NULL,
    goods_stay boolean NOT NULL DEFAULT false,
    reason text NOT NULL,
    authorised_on date NOT NULL,
    ended_reason text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sales_return_company_id_number_key UNIQUE (company_id, number)
);
CREATE INDEX sales_return_company_id_order_id_idx ON sales.sales_return (company_id, order_id);
CREATE INDEX sales_return_company_id_authorised_on_id_idx
    ON sales.sales_return (company_id, authorised_on, id);
SELECT foundation.protect('sales.sales_return');

CREATE TABLE sales.sales_return_line (
    return_id uuid NOT NULL REFERENCES sales.sales_return (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    item_code text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    is_stocked boolean NOT NULL,
    accepted_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    scrapped_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (return_id, line_number),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    CONSTRAINT sales_return_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT sales_return_line_accepted_as_authorised CHECK (accepted_quantity BETWEEN 0 AND quantity),
    CONSTRAINT sales_return_line_scrapped_as_accepted
        CHECK (scrapped_quantity BETWEEN 0 AND accepted_quantity)
);
SELECT foundation.protect('sales.sales_return_line');
