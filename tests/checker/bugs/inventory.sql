-- on_hand_is_what_was_moved: 3
-- also no other
UPDATE inventory.stock SET on_hand = on_hand + 1 WHERE company_id = :c AND item_code = 'APPLE';

-- on_hand_is_what_was_moved: 1
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'receipt' AND item_code = 'PEAR';

-- reserved_is_what_orders_have_set_aside: 3
-- also nobody_waits_for_what_is_there
UPDATE inventory.stock SET reserved = reserved - 1 WHERE company_id = :c AND reserved > 1;

-- reserved_is_what_orders_have_set_aside: 3
DELETE FROM inventory.reservation WHERE company_id = :c AND reserved_quantity > 0;

-- reserved_is_on_hand: 10
-- also constraints_hold, reserved_is_what_orders_have_set_aside
ALTER TABLE inventory.stock DROP CONSTRAINT stock_reserved_on_hand;
UPDATE inventory.stock SET reserved = on_hand + 1 WHERE company_id = :c AND NOT allows_negative;

-- reserved_is_on_hand: 10
ALTER TABLE inventory.stock DROP CONSTRAINT stock_on_hand_not_negative, DROP CONSTRAINT
    stock_reserved_on_hand;
UPDATE inventory.stock SET on_hand = -1, reserved = 0 WHERE company_id = :c AND NOT allows_negative;

-- reservations_add_up: 7
-- also constraints_hold, reserved_is_what_orders_have_set_aside
ALTER TABLE inventory.reservation DROP CONSTRAINT reservation_parts_add_up;
UPDATE inventory.reservation SET reserved_quantity = reserved_quantity + 1 WHERE company_id = :c AND
    reserved_quantity > 0;

-- reservations_add_up: 62
ALTER TABLE inventory.reservation DROP CONSTRAINT reservation_short_not_negative;
UPDATE inventory.reservation SET short_quantity = -1, issued_quantity = issued_quantity + 1 WHERE company_id
    = :c AND short_quantity = 0;

-- nobody_waits_for_what_is_there: 1
-- also on_hand_is_what_was_moved
UPDATE inventory.stock SET on_hand = on_hand + 7 WHERE company_id = :c AND item_code = 'PEAR';

-- value_is_what_was_moved: 4
-- also inventory_is_worth_what_the_ledger_says, layers_are_the_value
UPDATE inventory.item_valuation SET value = value - 1 WHERE company_id = :c AND value > 1;

-- value_is_what_was_moved: 6
UPDATE inventory.stock_move SET quantity = quantity + 1 WHERE company_id = :c AND kind = 'receipt';

-- layers_are_the_value: 1
-- also no other
UPDATE inventory.cost_layer SET remaining_quantity = remaining_quantity + 1 WHERE company_id = :c AND
    item_code = 'FIFO-NUT';

-- layers_are_the_value: 1
DELETE FROM inventory.cost_layer WHERE company_id = :c AND item_code = 'FIFO-NUT';

-- shipments_cost_what_was_moved: 38
-- also figures_are_as_answered, shipments_are_posted_at_cost
UPDATE inventory.shipment SET cost = cost + 1 WHERE company_id = :c;

-- shipments_cost_what_was_moved: 38
UPDATE inventory.shipment_line SET quantity = quantity + 1 WHERE company_id = :c;

-- shipments_cost_what_was_moved: 38
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'issue';

-- receipts_are_worth_what_was_moved: 49
-- also figures_are_as_answered, receipts_are_posted_at_value
UPDATE inventory.stock_receipt SET value = value + 1 WHERE company_id = :c;

-- receipts_are_worth_what_was_moved: 12
DELETE FROM inventory.stock_receipt_line WHERE company_id = :c AND item_code = 'PEAR';

-- returns_are_worth_what_was_moved: 1
-- also documents_are_of_their_operation, effects_were_asked_for, lines_have_their_head,
-- also returns_are_posted_at_value
INSERT INTO inventory.goods_return SELECT gen_random_uuid(), company_id, 'RET-9', order_id, order_number,
    customer_code, warehouse_code, shipped_on, '', 4, 0, 0, currency FROM inventory.shipment WHERE
    company_id = :c ORDER BY id LIMIT 1;

-- no_more_comes_back_than_left: 55
-- also cancelled_orders_leave_nothing, documents_are_of_their_operation, effects_were_asked_for,
-- also returns_are_worth_what_was_moved
INSERT INTO inventory.goods_return SELECT id, company_id, number, order_id, order_number, customer_code,
    warehouse_code, shipped_on, '', 0, 0, 0, currency FROM inventory.shipment WHERE company_id = :c;
INSERT INTO inventory.goods_return_line SELECT shipment_id, line_number, company_id, item_code, quantity +
    100, 0, cost, cost FROM inventory.shipment_line WHERE company_id = :c;

-- moves_have_their_document: 76
-- also cancelled_orders_leave_nothing, delivered_is_what_was_shipped, entries_have_their_document,
-- also invoices_have_their_shipment, lines_have_their_head, requests_have_their_effect,
-- also reversals_mirror_their_document, shipped_is_what_was_issued
DELETE FROM inventory.shipment WHERE company_id = :c;

-- moves_have_their_document: 67
UPDATE inventory.stock_move SET document_id = gen_random_uuid() WHERE company_id = :c AND kind = 'receipt';

-- moves_have_their_document: 2
DELETE FROM inventory.revaluation WHERE company_id = :c;

-- moves_have_their_document: 4
DELETE FROM ledger.reversal WHERE company_id = :c AND document_type = 'stock_receipt';

-- revaluations_are_worth_what_was_moved: 2
-- also figures_are_as_answered
UPDATE inventory.revaluation SET value_before = value_before - 1 WHERE company_id = :c;

-- revaluations_are_worth_what_was_moved: 2
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'revaluation';

-- reversals_move_back_what_was_moved: 20
-- also moves_and_entries_are_of_one_operation, on_hand_is_what_was_moved, on_hand_on_every_day,
-- also stock_is_worth_what_the_ledger_says_on_every_day, value_is_what_was_moved
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'reversal';

-- reversals_move_back_what_was_moved: 21
UPDATE inventory.stock_move SET value = value - 1 WHERE company_id = :c AND kind = 'reversal';

-- reversals_move_back_what_was_moved: 40
UPDATE inventory.stock_move SET item_code = 'PEAR' WHERE company_id = :c AND kind = 'reversal';

-- on_hand_on_every_day: 1
-- also stock_is_worth_what_the_ledger_says_on_every_day
UPDATE inventory.stock_move SET moved_on = '2026-01-01' WHERE company_id = :c AND id = (SELECT min(id) FROM
    inventory.stock_move WHERE company_id = :c AND kind = 'issue');

-- on_hand_on_every_day: 1
UPDATE inventory.stock SET last_moved_on = '2026-01-01' WHERE company_id = :c AND item_code = 'PEAR';

-- on_hand_is_what_was_moved: 3
UPDATE inventory.stock SET in_transit = in_transit + 1 WHERE company_id = :c AND item_code = 'APPLE';

-- corrections_are_worth_what_was_moved: 2
-- also corrections_are_posted_at_value, figures_are_as_answered
UPDATE inventory.stock_count SET value = value + 1 WHERE company_id = :c;

-- corrections_are_worth_what_was_moved: 3
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'scrap';

-- corrections_are_worth_what_was_moved: 2
UPDATE inventory.stock_count_line SET book_quantity = book_quantity + 1 WHERE company_id = :c;

-- transfers_move_what_they_say: 3
-- also reversals_move_back_what_was_moved
DELETE FROM inventory.stock_move WHERE company_id = :c AND kind = 'transfer' AND in_transit;

-- transfers_move_what_they_say: 5
UPDATE inventory.transfer_receipt_line SET stock_quantity = 1000 WHERE company_id = :c;
