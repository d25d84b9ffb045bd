-- Reorder rules, and what was asked for because it ran short. Quantities are in the items' stock units.

CREATE SCHEMA replenishment;
GRANT USAGE ON SCHEMA replenishment TO perpetual_app;


-- Reorder rules
-- -------------

CREATE TABLE replenishment.reorder_rule (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    item_code text NOT NULL,
    warehouse_code text NOT NULL,
    -- With this or less to come and to have, it is bought.
    reorder_point numeric(18, 6) NOT NULL,
    -- So that there is as much as this.
    order_up_to numeric(18, 6) NOT NULL,
    valid_from date,
    valid_to date,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT reorder_rule_up_to_more CHECK (0 <= reorder_point AND reorder_point < order_up_to),
    CONSTRAINT reorder_rule_in_order CHECK (valid_from <= valid_to),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code)
);
CREATE INDEX reorder_rule_company_id_item_code_idx ON replenishment.reorder_rule (company_id, item_code);
SELECT foundation.protect('replenishment.reorder_rule');

-- Who writes a rule for an item waits for who does so at the same time: neither would see the other's.
CREATE FUNCTION replenishment.lock_rules(p_item text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(
        hashtextextended('reorder rules/' || foundation.current_company() || '/' || p_item, 0))
$$;

-- At most one of an item in a warehouse holds on any day.
CREATE FUNCTION replenishment.refuse_second_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM replenishment.lock_rules(NEW.item_code);
    IF EXISTS (SELECT FROM replenishment.reorder_rule r
        WHERE r.company_id = NEW.company_id AND r.item_code = NEW.item_code
            AND r.warehouse_code = NEW.warehouse_code AND r.code <> NEW.code AND NOT r.blocked
            AND daterange(r.valid_from, r.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]'))
    THEN
        RAISE EXCEPTION 'reorder rule %: another one of % in % holds on some of its days',
            NEW.code, NEW.item_code, NEW.warehouse_code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_rule BEFORE INSERT OR UPDATE ON replenishment.reorder_rule
    FOR EACH ROW WHEN (NOT NEW.blocked) EXECUTE FUNCTION replenishment.refuse_second_rule();


-- Shortages that were asked for
-- -----------------------------

-- Whoever asks for what runs short waits for who does so at the same time, and sees what that one has asked for.
CREATE FUNCTION replenishment.lock_shortages() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('shortages/' || foundation.current_company(), 0))
$$;

-- Why a line of a requisition was asked for: what there was, what was to come, and what was missing.
CREATE TABLE replenishment.requested_shortage (
    requisition_id uuid NOT NULL,
    line_number integer NOT NULL,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    run_on date NOT NULL,
    warehouse_code text NOT NULL,
    item_code text NOT NULL,
    available numeric(18, 6) NOT NULL,
    in_transit numeric(18, 6) NOT NULL,
    backordered numeric(18, 6) NOT NULL,
    on_order numeric(18, 6) NOT NULL,
    requisitioned numeric(18, 6) NOT NULL,
    -- The rule that held; none when only orders wait.
    reorder_point numeric(18, 6),
    order_up_to numeric(18, 6),
    requested_quantity numeric(18, 6) NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (requisition_id, line_number),
    -- Once a day, whatever runs.
    CONSTRAINT requested_shortage_once_a_day UNIQUE (company_id, warehouse_code, item_code, run_on),
    CONSTRAINT requested_shortage_not_negative
        CHECK (least(in_transit, backordered, on_order, requisitioned) >= 0),
    -- Nothing that is there or to come is asked for again.
    CONSTRAINT requested_shortage_is_what_is_missing CHECK (requested_quantity > 0 AND requested_quantity
        = coalesce(order_up_to, 0) - (available + in_transit + on_order + requisitioned - backordered)),
    CONSTRAINT requested_shortage_at_its_reorder_point CHECK (
        (reorder_point IS NULL) = (order_up_to IS NULL)
        AND available + in_transit + on_order + requisitioned - backordered <= coalesce(reorder_point, 0)),
    FOREIGN KEY (company_id, item_code) REFERENCES master_data.item (company_id, code),
    FOREIGN KEY (company_id, warehouse_code) REFERENCES master_data.warehouse (company_id, code)
);
SELECT foundation.protect('replenishment.requested_shortage', 'SELECT, INSERT');
SELECT foundation.only_add_to('replenishment.requested_shortage');
