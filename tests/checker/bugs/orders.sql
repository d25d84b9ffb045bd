-- orders_add_up: 46
-- also credit_is_committed_as_open
UPDATE sales.sales_order_line SET net_amount = net_amount + 1 WHERE company_id = :c;

-- orders_add_up: 4
UPDATE sales.sales_order SET net_amount = net_amount + 1, total_amount = total_amount + 1 WHERE company_id =
    :c AND freight_amount > 0;

-- delivered_is_what_was_shipped: 5
-- also collective_deliveries_are_listed, credit_is_committed_as_open, orders_are_at_their_status
UPDATE sales.sales_order_line SET delivered_quantity = delivered_quantity + 1 WHERE company_id = :c AND
    delivered_quantity > 1 AND delivered_quantity < quantity;

-- delivered_is_what_was_shipped: 55
DELETE FROM inventory.shipment_line WHERE company_id = :c;

-- delivered_is_what_was_shipped: 55
ALTER TABLE sales.sales_order_line DROP CONSTRAINT sales_order_line_billed_as_delivered,
    DROP CONSTRAINT sales_order_line_returned_as_delivered;
UPDATE sales.sales_order_line SET delivered_quantity = 0 WHERE company_id = :c;

-- shipped_is_what_was_issued: 45
-- also ended_orders_hold_nothing, nobody_waits_for_what_is_there, orders_reserve_what_they_want
UPDATE inventory.reservation SET issued_quantity = issued_quantity - 1, short_quantity = short_quantity + 1
    WHERE company_id = :c AND issued_quantity > 1;

-- billed_is_what_was_invoiced: 54
-- also due_is_billed_as_listed, posted_rows_are_as_written
UPDATE receivables.invoice_line SET quantity = quantity + 1 WHERE company_id = :c AND NOT is_freight;

-- billed_is_what_was_invoiced: 54
UPDATE sales.sales_order_line SET billed_quantity = 0 WHERE company_id = :c AND billed_quantity > 0;

-- freight_is_billed_once: 4
-- also collective_invoices_are_their_orders, due_is_billed_as_listed, invoices_add_up
DELETE FROM receivables.invoice_line WHERE company_id = :c AND is_freight;

-- freight_is_billed_once: 31
UPDATE receivables.invoice_line SET is_freight = true WHERE company_id = :c;

-- shipments_are_billed_once: 2
-- also billed_is_what_was_invoiced, entries_have_their_document, lines_have_their_head,
-- also nobody_waits_for_what_has_come, open_items_have_their_document, requests_have_their_effect,
-- also series_have_no_gaps
DELETE FROM receivables.invoice WHERE company_id = :c AND order_id = (SELECT id FROM sales.sales_order WHERE
    company_id = :c AND status = 'delivered' AND invoicing <> 'collective' ORDER BY number
    LIMIT 1);

-- orders_are_at_their_status: 10
-- also no other
UPDATE sales.sales_order SET status = 'delivered' WHERE company_id = :c AND status = 'confirmed';

-- orders_are_at_their_status: 20
UPDATE sales.sales_order SET status = 'confirmed' WHERE company_id = :c AND status = 'delivered';

-- orders_are_at_their_status: 8
UPDATE sales.sales_order SET status = 'held' WHERE company_id = :c AND status = 'closed';

-- closed_orders_owe_nothing: 21
-- also ended_orders_hold_nothing, no_process_waits_for_what_has_ended, orders_are_at_their_status
UPDATE sales.sales_order SET status = 'closed' WHERE company_id = :c AND status = 'delivered';

-- ended_orders_hold_nothing: 4
-- also no other
UPDATE receivables.credit_commitment c SET open_amount = amount FROM sales.sales_order o WHERE o.id = c.order_id
    AND o.company_id = :c AND o.status = 'cancelled';

-- ended_orders_hold_nothing: 4
UPDATE inventory.reservation r SET reserved_quantity = released_quantity, released_quantity = 0 FROM
    sales.sales_order o WHERE o.id = r.order_id AND o.company_id = :c AND o.status = 'cancelled';

-- cancelled_orders_leave_nothing: 20
-- also ended_orders_hold_nothing, no_process_waits_for_what_has_ended, orders_are_at_their_status
UPDATE sales.sales_order SET status = 'cancelled' WHERE company_id = :c AND status = 'delivered';

-- orders_reserve_what_they_want: 61
-- also nobody_waits_for_what_has_come, requests_have_their_effect, reserved_is_what_orders_have_set_aside,
-- also shipped_is_what_was_issued
DELETE FROM inventory.reservation WHERE company_id = :c;

-- orders_reserve_what_they_want: 60
UPDATE inventory.reservation SET wanted_quantity = wanted_quantity + 1, short_quantity = short_quantity + 1
    WHERE company_id = :c;

-- orders_reserve_what_they_want: 124
UPDATE inventory.reservation SET order_id = gen_random_uuid() WHERE company_id = :c;

-- credit_is_committed_as_open: 30
-- also ended_orders_hold_nothing
UPDATE receivables.credit_commitment SET open_amount = open_amount + 1 WHERE company_id = :c;

-- credit_is_committed_as_open: 9
DELETE FROM receivables.credit_commitment WHERE company_id = :c;

-- credit_is_committed_as_open: 1
UPDATE receivables.credit_commitment m SET open_amount = open_amount - 1 FROM foundation.operation x
    WHERE x.company_id = :c AND x.name = 'receivables.release_credit' AND m.open_amount > 0
    AND x.process_id = :c || '/order_to_cash/' || m.order_id;

-- inventory_is_worth_what_the_ledger_says: 1
-- also entries_have_lines, lines_have_their_head, moves_and_entries_are_of_one_operation,
-- also reversals_mirror_their_document, shipments_are_posted_at_cost,
-- also stock_is_worth_what_the_ledger_says_on_every_day
DELETE FROM ledger.journal_line l USING ledger.journal_entry e WHERE e.id = l.entry_id AND e.company_id =
    :c AND e.source_type = 'shipment';

-- inventory_is_worth_what_the_ledger_says: 1
UPDATE inventory.item_valuation SET value = value + 1 WHERE company_id = :c;

-- shipments_are_posted_at_cost: 38
-- also lines_have_their_head, moves_and_entries_are_of_one_operation, requests_have_their_effect,
-- also reversals_mirror_their_document, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'shipment';

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_line l SET amount = amount * 2, base_amount = base_amount * 2 FROM
    ledger.journal_entry e WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'shipment';

-- receipts_are_posted_at_value: 47
-- also lines_have_their_head, moves_and_entries_are_of_one_operation, requests_have_their_effect,
-- also reversals_mirror_their_document, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'stock_receipt';

-- documents_have_their_order: 46
-- also lines_have_their_head, orders_reserve_what_they_want, requests_have_their_effect
DELETE FROM sales.sales_order WHERE company_id = :c AND status = 'closed';

-- documents_have_their_order: 1
UPDATE ledger.payment SET order_id = gen_random_uuid() WHERE company_id = :c AND amount = 50;

-- documents_have_their_order: 36
UPDATE inventory.shipment SET customer_code = 'BOB' WHERE company_id = :c;

-- invoices_have_their_shipment: 31
-- also shipments_are_billed_once
UPDATE receivables.invoice SET shipment_id = gen_random_uuid() WHERE company_id = :c;

-- invoices_have_their_shipment: 35
DELETE FROM inventory.shipment WHERE company_id = :c;

-- entries_have_their_document: 1
-- also requests_have_their_effect, series_have_no_gaps, settlements_have_their_documents
DELETE FROM ledger.payment WHERE company_id = :c AND amount = 50;

-- entries_have_their_document: 4
UPDATE ledger.journal_entry SET source_id = gen_random_uuid() WHERE company_id = :c AND source_type =
    'allocation';

-- lines_have_their_head: 1
-- also orders_add_up, orders_are_at_their_status, orders_reserve_what_they_want
DELETE FROM sales.sales_order_line WHERE company_id = :c AND item_code = 'PEAR';

-- lines_have_their_head: 127
DELETE FROM receivables.invoice WHERE company_id = :c;

-- lines_have_their_head: 38
UPDATE inventory.shipment_line SET company_id = 'ANOTHER' WHERE company_id = :c;

-- lines_have_their_head: 271
DELETE FROM ledger.journal_entry WHERE company_id = :c;

-- settlements_have_their_documents: 123
-- also closed_orders_owe_nothing, credit_notes_add_up, debit_notes_are_posted,
-- also goods_write_offs_are_posted_as_they_say, invoices_settle_what_has_come, items_know_their_days,
-- also open_items_are_what_is_not_settled, open_items_of_each_day_are_the_control_account,
-- also payments_are_used_or_on_account, refunds_have_their_money, reversals_give_back_what_was_settled,
-- also set_offs_are_of_both, settled_is_as_answered, supplier_payments_settle_their_invoice,
-- also write_offs_are_posted
UPDATE ledger.settlement SET open_item_id = gen_random_uuid() WHERE company_id = :c;

-- settlements_have_their_documents: 1
UPDATE ledger.payment SET party_code = 'BOB' WHERE company_id = :c AND amount = 50;

-- returned_is_what_was_agreed: 1
-- also open_returns_have_a_live_process
UPDATE sales.sales_return SET status = 'cancelled' WHERE company_id = :c AND status = 'authorised';

-- accepted_is_what_came_back: 9
-- also cancelled_orders_leave_nothing, lines_have_their_head, returns_are_worth_what_was_moved
DELETE FROM inventory.goods_return_line WHERE company_id = :c;

-- accepted_is_what_came_back: 9
UPDATE sales.sales_return SET status = 'cancelled' WHERE company_id = :c AND status = 'closed';

-- returns_are_posted_at_value: 8
-- also lines_have_their_head, moves_and_entries_are_of_one_operation, requests_have_their_effect,
-- also reversals_mirror_their_document, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'goods_return';

-- refunds_have_their_money: 3
-- also settlements_have_their_documents
UPDATE ledger.refund SET party_code = 'BOB' WHERE company_id = :c;

-- cancelled_orders_leave_nothing: 2
DELETE FROM receivables.credit_note WHERE company_id = :c;

-- cancelled_orders_leave_nothing: 1
DELETE FROM inventory.goods_return WHERE company_id = :c;

-- collective_deliveries_are_listed: 2
-- also nobody_waits_for_what_has_come, requests_have_their_effect
DELETE FROM receivables.billing_due WHERE company_id = :c AND invoice_id IS NULL;

-- collective_deliveries_are_listed: 2
UPDATE receivables.billing_due SET withdrawn_quantity = quantity WHERE company_id = :c AND invoice_id IS NULL;

-- collective_deliveries_are_listed: 5
UPDATE sales.sales_order SET invoicing = 'shipment' WHERE company_id = :c AND invoicing = 'collective';

-- closed_orders_owe_nothing: 2
UPDATE ledger.open_item t SET open_amount = amount, base_open_amount = base_amount FROM receivables.invoice i
    WHERE i.id = t.document_id AND i.company_id = :c AND i.order_id IS NULL;

-- billed_is_what_was_invoiced: 3
UPDATE receivables.invoice_line SET order_id = NULL, shipment_id = NULL, delivered_on = NULL WHERE company_id = :c
    AND order_id IS NOT NULL;

-- invoices_have_their_shipment: 4
UPDATE receivables.invoice_line SET shipment_number = 'another' WHERE company_id = :c AND order_id IS NOT NULL;

-- documents_have_their_order: 3
UPDATE receivables.invoice_order SET order_id = gen_random_uuid() WHERE company_id = :c;

-- credit_is_committed_as_open: 2
UPDATE receivables.credit_commitment c SET open_amount = 0 FROM sales.sales_order o WHERE o.id = c.order_id AND
    o.company_id = :c AND o.invoicing = 'collective';

-- moves_and_entries_are_of_one_operation: 60
-- also no other
UPDATE ledger.journal_entry e SET operation_key = o.key, transaction_id = o.transaction_id FROM foundation.operation o
    WHERE e.company_id = :c AND e.source_type = 'shipment' AND o.company_id = :c AND o.name = 'receivables.post_invoice'
    AND o.process_id = (SELECT process_id FROM foundation.operation x WHERE x.key = e.operation_key);

-- moves_and_entries_are_of_one_operation: 76
UPDATE inventory.stock_move SET operation_key = operation_key || '/again' WHERE company_id = :c AND kind = 'issue';

-- moves_and_entries_are_of_one_operation: 2
UPDATE inventory.stock_move SET operation_key = NULL WHERE company_id = :c;
UPDATE ledger.journal_entry SET operation_key = NULL WHERE company_id = :c;

-- moves_and_entries_are_of_one_operation: 49
UPDATE foundation.operation SET status = 'voided', answer = NULL WHERE company_id = :c AND name =
    'inventory.receive_stock';

-- moves_and_entries_are_of_one_operation: 2
UPDATE inventory.stock_move SET value = value + 1 WHERE company_id = :c AND kind = 'revaluation';

-- inventory_is_worth_what_the_ledger_says: 1
DELETE FROM ledger.journal_line l USING ledger.journal_entry e WHERE e.id = l.entry_id AND e.company_id =
    :c AND e.source_type = 'goods_return';

-- receipts_are_posted_at_value: 5
UPDATE inventory.stock_receipt SET reason = 'opening' WHERE company_id = :c AND reason = 'adjustment';

-- entries_have_their_document: 2
DELETE FROM inventory.revaluation WHERE company_id = :c;

-- entries_have_their_document: 31
DELETE FROM ledger.reversal WHERE company_id = :c;

-- settlements_have_their_documents: 8
DELETE FROM ledger.allocation WHERE company_id = :c;

-- settlements_have_their_documents: 3
UPDATE ledger.settlement SET source_number = 'RF-2026-000999' WHERE company_id = :c AND source_type = 'refund';

-- settlements_have_their_documents: 33
UPDATE ledger.settlement SET money_id = gen_random_uuid() WHERE company_id = :c AND money_type = 'payment';

-- refunds_have_their_money: 4
UPDATE ledger.allocation SET amount = amount + 1 WHERE company_id = :c;

-- refunds_have_their_money: 3
UPDATE ledger.refund SET money_id = gen_random_uuid() WHERE company_id = :c;

-- refunds_have_their_money: 3
DELETE FROM ledger.settlement WHERE company_id = :c AND source_type = 'refund';

-- open_items_have_their_document: 56
-- also reversals_give_back_what_was_settled
UPDATE ledger.open_item SET document_id = gen_random_uuid() WHERE company_id = :c AND document_type =
    'stock_receipt';

-- open_items_have_their_document: 3
UPDATE ledger.open_item SET party_code = 'BOB' WHERE company_id = :c AND document_type = 'credit_note';

-- open_items_have_their_document: 1
UPDATE ledger.open_item SET on_account = NOT on_account WHERE company_id = :c AND document_type = 'dunning_letter';

-- closed_orders_owe_nothing: 1
DELETE FROM ledger.settlement WHERE company_id = :c AND reverses_id IS NOT NULL;

-- files_are_of_their_document: 1
-- also no other
INSERT INTO foundation.attachment (id, company_id, document_type, document_id, version, name, media_type, content)
    VALUES (gen_random_uuid(), :c, 'invoice', gen_random_uuid(), 1, 'INV-2026-000001.pdf', 'application/pdf', '%PDF-');

-- files_are_of_their_document: 1
INSERT INTO foundation.attachment (id, company_id, document_type, document_id, version, name, media_type, content)
    SELECT gen_random_uuid(), company_id, 'invoice', id, 1, 'X.pdf', 'application/pdf', '%PDF-' FROM
    receivables.invoice WHERE company_id = :c AND order_id IS NULL LIMIT 1;

-- files_are_of_their_document: 0
INSERT INTO foundation.attachment (id, company_id, document_type, document_id, version, name, media_type, content)
    SELECT gen_random_uuid(), company_id, 'invoice', id, 1, number || '.pdf', 'application/pdf', '%PDF-' FROM
    receivables.invoice WHERE company_id = :c;

-- stock_is_worth_what_the_ledger_says_on_every_day: 4
-- also on_hand_on_every_day
UPDATE inventory.stock_move SET moved_on = moved_on + 1 WHERE company_id = :c AND kind = 'scrap';

-- stock_is_worth_what_the_ledger_says_on_every_day: 2
UPDATE ledger.journal_line SET posted_on = posted_on + 1 WHERE company_id = :c AND entry_id IN (
    SELECT id FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'revaluation');

-- corrections_are_posted_at_value: 3
-- also corrections_are_worth_what_was_moved, figures_are_as_answered
UPDATE inventory.scrapping SET value = value + 1 WHERE company_id = :c;

-- corrections_are_posted_at_value: 2
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'write_down';
