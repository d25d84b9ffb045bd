-- shortages_are_asked_for_once: 1
-- also shortages_have_their_line
UPDATE replenishment.requested_shortage SET on_order = 0, requested_quantity = requested_quantity + on_order
    WHERE company_id = :c AND item_code = 'FIG' AND on_order > 0;

-- shortages_have_their_line: 1
-- also no other
UPDATE procurement.purchase_requisition_line SET stock_quantity = stock_quantity + 1
    WHERE company_id = :c AND item_code = 'DATE' AND origin = 'reorder_point';

-- shortages_have_their_line: 1
DELETE FROM replenishment.requested_shortage WHERE company_id = :c AND item_code = 'DATE';

-- shortages_have_their_line: 1
UPDATE procurement.purchase_requisition_line SET origin = 'backorders', for_orders = '{SO-000001}'
    WHERE company_id = :c AND item_code = 'DATE' AND origin = 'reorder_point';

-- shortages_have_their_line: 1
UPDATE procurement.purchase_requisition_line SET origin = 'person', for_orders = '{}'
    WHERE company_id = :c AND item_code = 'DATE' AND origin = 'reorder_point';

-- one_rule_holds_on_a_day: 1
-- also no other
INSERT INTO replenishment.reorder_rule (company_id, code, item_code, warehouse_code, reorder_point, order_up_to, blocked)
    SELECT company_id, 'SECOND', item_code, warehouse_code, 1, 2, false FROM replenishment.reorder_rule
    WHERE company_id = :c AND code = 'MAIN/DATE';
