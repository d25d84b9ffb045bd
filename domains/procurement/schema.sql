-- What we ask suppliers for: purchase orders, at which price, and how far they have come.

CREATE SCHEMA procurement;
GRANT USAGE ON SCHEMA procurement TO perpetual_app;


-- Requisitions
-- ------------

-- Their numbers may have gaps, and begin with what the comment says.
CREATE SEQUENCE procurement.purchase_requisition_number;
COMMENT ON SEQUENCE procurement.purchase_requisition_number IS 'PQ';
GRANT USAGE ON SEQUENCE procurement.purchase_requisition_number TO perpetual_app;

-- Amounts are in the company's currency.
CREATE TABLE procurement.purchase_requisition (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    number text NOT NULL,
    status text NOT NULL CONSTRAINT purchase_requisition_status_known
        CHECK (status IN ('entered', 'submitted', 'approved', 'ordered', 'rejected', 'cancelled')),
    requested_on date NOT NULL,
    requested_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    category text NOT NULL,
    -- That of all lines; empty when they have several, or none.
    cost_centre text NOT NULL,
    reason text NOT NULL,
    warehouse_code text,
    currency text NOT NULL,
    base_total_amount numeric(18, 6) NOT NULL,
    -- The day of its orders, once it is approved.
    ordered_on date,
    why_ended text NOT NULL DEFAULT '',
    entered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purchase_requisition_company_id_number_key UNIQUE (company_id, number),
    FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code)
);
CREATE INDEX purchase_requisition_company_id_requested_on_id_idx
    ON procurement.purchase_requisition (company_id, requested_on, id);
SELECT foundation.protect('procurement.purchase_requisition');

CREATE TABLE procurement.purchase_requisition_line (
    requisition_id uuid NOT NULL REFERENCES procurement.purchase_requisition (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    item_code text NOT NULL,
    description text NOT NULL,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    stock_quantity numeric(18, 6) NOT NULL,
    wanted_on date NOT NULL,
    cost_centre text,
    -- Where how much of it is ordered, at which price.
    supplier_code text NOT NULL,
    supplier_item text NOT NULL,
    found_by text NOT NULL,
    order_quantity numeric(18, 6) NOT NULL,
    order_unit text NOT NULL,
    -- The same in the item's stock unit.
    order_stock_quantity numeric(18, 6) NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    currency text NOT NULL,
    base_amount numeric(18, 6) NOT NULL,
    budget_code text,
    -- For what it is bought; of backorders, the numbers of the orders that wait.
    origin text NOT NULL CONSTRAINT purchase_requisition_line_origin_known
        CHECK (origin IN ('person', 'reorder_point', 'backorders')),
    for_orders text[] NOT NULL,
    why_not_ordered text NOT NULL DEFAULT '',
    PRIMARY KEY (requisition_id, line_number),
    CONSTRAINT purchase_requisition_line_quantity_positive
        CHECK (least(quantity, stock_quantity, order_quantity, order_stock_quantity) > 0),
    CONSTRAINT purchase_requisition_line_amount_not_negative CHECK (least(unit_price, base_amount) >= 0),
    CONSTRAINT purchase_requisition_line_orders_of_backorders
        CHECK ((origin = 'backorders') = (for_orders <> '{}')),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code)
);
SELECT foundation.protect('procurement.purchase_requisition_line');


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
    -- The line of a requisition that it orders, which is ordered once.
    requisition_id uuid,
    requisition_line_number integer,
    PRIMARY KEY (order_id, line_number),
    CONSTRAINT purchase_order_line_received_not_negative CHECK (received_quantity >= 0),
    CONSTRAINT purchase_order_line_requisition_id_requisition_line_number_key
        UNIQUE (requisition_id, requisition_line_number),
    FOREIGN KEY (requisition_id, requisition_line_number)
        REFERENCES procurement.purchase_requisition_line (requisition_id, line_number),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, tax_code) REFERENCES master_data.tax_code (company_id, code)
);
CREATE INDEX purchase_order_line_company_id_item_code_idx
    ON procurement.purchase_order_line (company_id, item_code);
SELECT foundation.protect('procurement.purchase_order_line');

-- Only what is approved is ordered. An order is placed under a lock of its requisition, which is not turned down
-- meanwhile.
CREATE FUNCTION procurement.refuse_unapproved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM procurement.purchase_requisition r
        WHERE r.id = NEW.requisition_id AND r.company_id = NEW.company_id AND r.status = 'approved')
    THEN
        RAISE EXCEPTION 'requisition % is not approved: it is not ordered', NEW.requisition_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_unapproved BEFORE INSERT ON procurement.purchase_order_line
    FOR EACH ROW WHEN (NEW.requisition_id IS NOT NULL) EXECUTE FUNCTION procurement.refuse_unapproved();


-- Versions
-- --------

-- What the supplier is sent: an order as it is placed and approved, and again whenever what it says has changed.
CREATE TABLE procurement.purchase_order_version (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_id uuid NOT NULL REFERENCES procurement.purchase_order (id),
    version integer NOT NULL CONSTRAINT purchase_order_version_version_positive CHECK (version > 0),
    issued_on date NOT NULL,
    -- Why it is other than the one before; the supplier is not told.
    reason text NOT NULL,
    -- Whether nothing of the order is wanted any more.
    is_cancelled boolean NOT NULL,
    -- Without tax, in the order's currency.
    net_amount numeric(18, 6) NOT NULL,
    -- All three as they were on the day: what is printed says so.
    company jsonb NOT NULL,
    supplier jsonb NOT NULL,
    -- What stands around the lines: where the goods go, and the terms.
    said jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purchase_order_version_order_id_version_key UNIQUE (order_id, version),
    CONSTRAINT purchase_order_version_net_amount_not_negative CHECK (net_amount >= 0)
);
SELECT foundation.protect('procurement.purchase_order_version', 'SELECT, INSERT');
SELECT foundation.only_add_to('procurement.purchase_order_version');

CREATE TABLE procurement.purchase_order_version_line (
    version_id uuid NOT NULL REFERENCES procurement.purchase_order_version (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    item_code text NOT NULL,
    description text NOT NULL,
    supplier_item_number text NOT NULL,
    -- How much is wanted in all, what has come with it.
    quantity numeric(18, 6) NOT NULL
        CONSTRAINT purchase_order_version_line_quantity_not_negative CHECK (quantity >= 0),
    unit text NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    net_amount numeric(18, 6) NOT NULL,
    PRIMARY KEY (version_id, line_number)
);
SELECT foundation.protect('procurement.purchase_order_version_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('procurement.purchase_order_version_line');

-- An order that waits for somebody's yes, or was turned down, is not told to its supplier, and versions follow each
-- other. Whoever writes one has locked the order.
CREATE FUNCTION procurement.refuse_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 1 + (SELECT count(*) FROM procurement.purchase_order_version v WHERE v.order_id = NEW.order_id)
    THEN
        RAISE EXCEPTION 'version % of the purchase order % does not follow the one before', NEW.version, NEW.order_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version = 1 AND NOT EXISTS (SELECT FROM procurement.purchase_order o
        WHERE o.id = NEW.order_id AND o.company_id = NEW.company_id AND o.status = 'placed')
    THEN
        RAISE EXCEPTION 'the purchase order % is not placed: it is not told to its supplier', NEW.order_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_version BEFORE INSERT ON procurement.purchase_order_version
    FOR EACH ROW EXECUTE FUNCTION procurement.refuse_version();


-- Acknowledgements
-- ----------------

-- What a supplier answers to an order: when what comes, at which price.
CREATE TABLE procurement.acknowledgement (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_id uuid NOT NULL REFERENCES procurement.purchase_order (id),
    -- The version that the supplier was told of last.
    version integer NOT NULL,
    -- The supplier's number for it.
    supplier_number text NOT NULL,
    acknowledged_on date NOT NULL,
    status text NOT NULL CONSTRAINT acknowledgement_status_known
        CHECK (status IN ('agreed', 'waiting', 'accepted', 'refused', 'superseded')),
    entered_by text NOT NULL DEFAULT current_setting('perpetual.actor'),
    -- Who has accepted or refused what was beyond the tolerated, when, and why.
    decided_by text,
    decided_on date,
    reason text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT acknowledgement_decided_by_somebody
        CHECK ((status IN ('accepted', 'refused')) = (decided_by IS NOT NULL)
            AND (decided_by IS NULL) = (decided_on IS NULL)),
    FOREIGN KEY (order_id, version) REFERENCES procurement.purchase_order_version (order_id, version)
);
CREATE INDEX acknowledgement_order_id_acknowledged_on_recorded_at_idx
    ON procurement.acknowledgement (order_id, acknowledged_on, recorded_at);
CREATE INDEX acknowledgement_company_id_acknowledged_on_id_idx
    ON procurement.acknowledgement (company_id, acknowledged_on, id);
-- The newest answer is the one that is decided about.
CREATE UNIQUE INDEX acknowledgement_one_waits ON procurement.acknowledgement (order_id) WHERE status = 'waiting';
SELECT foundation.protect('procurement.acknowledgement');

-- What was answered stays as it was; what waits is decided once.
CREATE FUNCTION procurement.refuse_other_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'waiting' OR NEW.status NOT IN ('accepted', 'refused', 'superseded')
        OR (NEW.id, NEW.company_id, NEW.order_id, NEW.version, NEW.supplier_number, NEW.acknowledged_on, NEW.entered_by,
            NEW.recorded_at)
        IS DISTINCT FROM (OLD.id, OLD.company_id, OLD.order_id, OLD.version, OLD.supplier_number, OLD.acknowledged_on,
            OLD.entered_by, OLD.recorded_at)
    THEN
        RAISE EXCEPTION 'the acknowledgement % is %: it stays as it was', OLD.id, OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_other_answer BEFORE UPDATE ON procurement.acknowledgement
    FOR EACH ROW EXECUTE FUNCTION procurement.refuse_other_answer();

CREATE TABLE procurement.acknowledgement_line (
    acknowledgement_id uuid NOT NULL REFERENCES procurement.acknowledgement (id),
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    order_id uuid NOT NULL,
    -- When it comes, as the supplier says.
    promised_on date,
    -- The price without tax that the supplier has confirmed, and that of the order.
    unit_price numeric(18, 6) NOT NULL,
    discount_percent numeric(18, 6) NOT NULL,
    ordered_price numeric(18, 6) NOT NULL,
    ordered_discount_percent numeric(18, 6) NOT NULL,
    -- Whether they differ by no more than is tolerated.
    is_tolerated boolean NOT NULL,
    PRIMARY KEY (acknowledgement_id, line_number),
    FOREIGN KEY (order_id, line_number) REFERENCES procurement.purchase_order_line (order_id, line_number)
);
SELECT foundation.protect('procurement.acknowledgement_line', 'SELECT, INSERT');
SELECT foundation.only_add_to('procurement.acknowledgement_line');


-- Supplier items
-- --------------

CREATE TABLE procurement.supplier_item (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    supplier_code text NOT NULL,
    item_code text NOT NULL,
    -- What the supplier calls it: its article number.
    supplier_item_number text NOT NULL,
    -- Of one unit, in the currency, without tax.
    unit_price numeric(18, 6) NOT NULL,
    currency text NOT NULL,
    -- The item's stock unit when empty.
    unit text,
    minimum_quantity numeric(18, 6) NOT NULL,
    multiple numeric(18, 6) NOT NULL,
    lead_time_days integer NOT NULL,
    preferred boolean NOT NULL,
    valid_from date,
    valid_to date,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT supplier_item_not_negative
        CHECK (least(unit_price, minimum_quantity, multiple, lead_time_days) >= 0),
    CONSTRAINT supplier_item_in_order CHECK (valid_from <= valid_to),
    FOREIGN KEY (company_id, supplier_code) REFERENCES master_data.supplier (company_id, code),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code)
);
CREATE INDEX supplier_item_company_id_item_code_idx ON procurement.supplier_item (company_id, item_code);
SELECT foundation.protect('procurement.supplier_item');

-- Who prefers a supplier of an item waits for who does so at the same time: neither would see the other's.
CREATE FUNCTION procurement.lock_preferred(p_item text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('preferred/' || foundation.current_company() || '/' || p_item, 0))
$$;

-- At most one of an item is preferred on any day.
CREATE FUNCTION procurement.refuse_second_preferred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM procurement.lock_preferred(NEW.item_code);
    IF EXISTS (SELECT FROM procurement.supplier_item i
        WHERE i.company_id = NEW.company_id AND i.item_code = NEW.item_code AND i.code <> NEW.code
            AND i.preferred AND NOT i.blocked
            AND daterange(i.valid_from, i.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]'))
    THEN
        RAISE EXCEPTION 'supplier item %: another one of % is preferred on some of its days', NEW.code, NEW.item_code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_preferred BEFORE INSERT OR UPDATE ON procurement.supplier_item
    FOR EACH ROW WHEN (NEW.preferred AND NOT NEW.blocked) EXECUTE FUNCTION procurement.refuse_second_preferred();
