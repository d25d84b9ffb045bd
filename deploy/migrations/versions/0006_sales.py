"""The customer's order."""

from foundation.migrations import run_script

revision = "0006"
down_revision = "0005"

ORDERS = """
    CREATE SCHEMA sales;
    GRANT USAGE ON SCHEMA sales TO perpetual_app;
    CREATE SEQUENCE sales.order_number;
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
"""

LINES = """
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
        PRIMARY KEY (order_id, line_number),
        CONSTRAINT sales_order_line_delivered_as_ordered
            CHECK (delivered_quantity BETWEEN 0 AND quantity),
        CONSTRAINT sales_order_line_billed_as_delivered
            CHECK (billed_quantity BETWEEN 0 AND delivered_quantity),
        FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
        FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
    );
"""

PROTECTION = """
    SELECT foundation.protect('sales.sales_order');
    SELECT foundation.protect('sales.sales_order_line');
"""


def upgrade() -> None:
    for script in (ORDERS, LINES, PROTECTION):
        run_script(script)
