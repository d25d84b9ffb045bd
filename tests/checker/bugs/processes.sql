-- open_orders_have_a_live_process: 5
-- also started_processes_stand_somewhere
DELETE FROM foundation.process WHERE company_id = :c AND stage = 'waiting for shipment';

-- open_orders_have_a_live_process: 3
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND stage = 'waiting for stock';

-- no_process_waits_for_what_has_ended: 1
-- also no other
UPDATE sales.sales_order SET status = 'cancelled' WHERE company_id = :c AND status = 'held';

-- no_process_waits_for_what_has_ended: 20
DELETE FROM sales.sales_order WHERE company_id = :c AND status = 'delivered';

-- processes_end_as_their_orders: 8
-- also open_orders_have_a_live_process, orders_are_at_their_status
UPDATE sales.sales_order SET status = 'confirmed' WHERE company_id = :c AND status = 'closed';

-- processes_end_as_their_orders: 7
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND outcome = 'cancelled';

-- requests_have_their_effect: 1
-- also entries_have_their_document, series_have_no_gaps, settlements_have_their_documents
DELETE FROM ledger.payment WHERE company_id = :c AND amount = 50;

-- requests_have_their_effect: 38
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'shipment';

-- requests_have_their_effect: 33
DELETE FROM ledger.reversal WHERE company_id = :c;

-- requests_have_their_effect: 3
DELETE FROM inventory.reservation WHERE company_id = :c AND short_quantity > 0;

-- effects_were_asked_for: 21
-- also documents_are_of_their_operation, settled_is_as_answered
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'ledger.post_payment';

-- effects_were_asked_for: 76
UPDATE foundation.operation SET status = 'voided', answer = NULL WHERE company_id = :c AND name =
    'inventory.post_goods_issue';

-- effects_were_asked_for: 42
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'receivables.check_credit';

-- requests_have_one_effect: 1
-- also keys_are_of_their_document, posted_rows_are_as_written
INSERT INTO foundation.operation SELECT replace(key, '/receivables.', '/again/receivables.'), company_id, name,
    status, process_id, actor, correlation_id, request, request_hash, answer FROM foundation.operation WHERE
    company_id = :c AND name = 'receivables.post_invoice' ORDER BY key LIMIT 1;

-- keys_are_of_their_document: 31
-- also documents_are_of_their_operation
UPDATE foundation.operation SET key = replace(key, '/receivables.', '/a-run/receivables.') WHERE company_id = :c AND
    name = 'receivables.post_invoice';

-- keys_are_of_their_document: 12
UPDATE foundation.operation SET key = key || '/' || gen_random_uuid() WHERE company_id = :c AND name =
    'ledger.post_payment';

-- keys_are_of_their_document: 8
UPDATE foundation.operation SET request = jsonb_set(request, '{return_id}', '"another"') WHERE company_id =
    :c AND name = 'sales.close_return';

-- figures_are_as_answered: 1
-- also open_items_have_their_document, posted_rows_are_as_written, series_have_no_gaps
UPDATE receivables.invoice SET number = 'INV-2026-000900' WHERE company_id = :c AND number = 'INV-2026-000001';

-- figures_are_as_answered: 23
UPDATE ledger.payment SET received_on = received_on - 30 WHERE company_id = :c;

-- figures_are_as_answered: 38
UPDATE inventory.shipment SET cost = cost - 1 WHERE company_id = :c;

-- figures_are_as_answered: 49
UPDATE inventory.stock_receipt SET received_on = received_on - 30 WHERE company_id = :c;

-- settled_is_as_answered: 1
-- also open_items_are_what_is_not_settled, payments_are_used_or_on_account
UPDATE ledger.settlement SET amount = amount - 1 WHERE company_id = :c AND amount = 50;

-- entries_are_as_asked: 4
-- also posted_rows_are_as_written, reversals_mirror_their_document
UPDATE ledger.journal_line l SET account_code = '4000' FROM ledger.journal_entry e WHERE e.id = l.entry_id
    AND e.company_id = :c AND e.source_type = 'manual' AND l.amount < 0;

-- open_returns_have_a_live_process: 1
-- also returned_is_what_was_agreed
UPDATE sales.sales_return SET status = 'cancelled' WHERE company_id = :c AND status = 'authorised';

-- open_approvals_have_a_live_process: 1
-- also open_orders_have_a_live_process, processes_end_as_their_orders
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND stage = 'waiting for a credit decision';

-- nobody_has_two_voices: 5
-- also no other
INSERT INTO foundation.approval (id, company_id, process_id, subject, role, document, requested_by, requested_at,
    remind_at, matter, level, levels, status, decided_by, on_behalf_of, decided_at)
SELECT gen_random_uuid(), company_id, process_id, subject, role, document, requested_by, requested_at, remind_at,
    matter, 1, levels, 'approved', 'Dora Deputy', decided_by, decided_at
FROM foundation.approval WHERE company_id = :c AND status = 'rejected';

-- nobody_has_two_voices: 5
ALTER TABLE foundation.approval DROP CONSTRAINT approval_four_eyes;
UPDATE foundation.approval SET decided_by = requested_by WHERE company_id = :c AND status = 'rejected';

-- levels_are_asked_in_their_order: 10
-- also no other
INSERT INTO foundation.approval (id, company_id, process_id, subject, role, document, requested_by, requested_at,
    remind_at, matter, level, levels, status)
SELECT gen_random_uuid(), company_id, process_id, subject, role, document, requested_by, requested_at, remind_at,
    matter, 2, 2, 'open'
FROM foundation.approval WHERE company_id = :c AND status = 'open';

-- figures_are_as_answered: 10
UPDATE receivables.credit_note SET reason = 'another' WHERE company_id = :c;

-- requests_have_their_effect: 3
DELETE FROM ledger.refund WHERE company_id = :c;

-- effects_were_asked_for: 16
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'inventory.take_back_goods';

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id,
    started_at, closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b',
    now() + interval '1 hour', now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- open_collective_invoices_have_a_live_process: 1
-- also no other
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- open_collective_invoices_have_a_live_process: 1
DELETE FROM foundation.process WHERE company_id = :c AND type = 'collective_invoice';

-- figures_are_as_answered: 8
UPDATE receivables.invoice SET invoiced_on = invoiced_on - 31 WHERE company_id = :c AND order_id IS NULL;

-- requests_have_their_effect: 5
DELETE FROM receivables.billing_due WHERE company_id = :c;

-- others_are_told: 12
-- also no other
DELETE FROM foundation.inbox WHERE company_id = :c AND kind = 'invoice_settled';

-- others_are_told: 11
DELETE FROM foundation.inbox WHERE company_id = :c AND kind = 'goods_set_aside';

-- requests_have_their_effect: 4
DELETE FROM ledger.allocation WHERE company_id = :c;

-- requests_have_their_effect: 4
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'allocation';

-- requests_have_their_effect: 2
DELETE FROM inventory.revaluation WHERE company_id = :c;

-- effects_were_asked_for: 6
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'ledger.reverse_document';

-- effects_were_asked_for: 4
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'inventory.revalue_item';

-- figures_are_as_answered: 2
UPDATE inventory.revaluation SET revalued_on = revalued_on - 30 WHERE company_id = :c;

-- figures_are_as_answered: 4
UPDATE ledger.allocation SET allocated_on = allocated_on - 30 WHERE company_id = :c;

-- figures_are_as_answered: 1
UPDATE ledger.reversal SET number = 'RV-2026-000900' WHERE company_id = :c AND number = 'RV-2026-000001';

-- settled_is_as_answered: 4
UPDATE ledger.settlement SET amount = amount - 1 WHERE company_id = :c AND source_type = 'allocation' AND amount > 0;

-- requests_are_numbered: 90
-- also no other
UPDATE foundation.command SET number = number + 50 WHERE company_id = :c AND number = 2;

-- started_processes_stand_somewhere: 134
-- also blocked_invoices_become_one_thing, coded_invoices_are_approved, open_approvals_have_a_live_process,
-- also open_collective_invoices_have_a_live_process, open_leave_requests_have_a_live_process,
-- also open_orders_have_a_live_process, open_payment_runs_have_a_live_process,
-- also open_purchases_have_a_live_process, open_requisitions_have_a_live_process
DELETE FROM foundation.process p USING foundation.command c
    WHERE c.company_id = :c AND c.number = 1 AND p.id = c.process_id;

-- requests_have_their_effect: 81
UPDATE foundation.operation SET request = jsonb_set(request, '{shipment_id}', '"another"') WHERE company_id = :c AND
    name IN ('inventory.post_goods_issue', 'receivables.list_billing_due');

-- requests_have_their_effect: 21
UPDATE foundation.operation SET request = jsonb_set(request, '{payment_id}', '"another"') WHERE company_id = :c AND
    name IN ('ledger.post_payment', 'ledger.allocate_payment');

-- requests_have_their_effect: 1
UPDATE foundation.operation SET answer = jsonb_set(answer, '{cost}', '"much"') WHERE company_id = :c AND
    name = 'inventory.post_goods_issue';

-- settled_is_as_answered: 1
UPDATE foundation.operation SET answer = jsonb_set(answer, '{settled}', '"all"') WHERE company_id = :c AND
    name = 'ledger.post_payment';

-- entries_are_as_asked: 1
UPDATE foundation.operation SET request = jsonb_set(request, '{lines}', '[{"amount": "much"}]') WHERE company_id = :c
    AND name = 'ledger.post_entry';

-- open_purchases_have_a_live_process: 1
-- also no other
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'procure_to_pay' AND stage = 'waiting for goods'
    AND document = (SELECT min(number) FROM procurement.purchase_order WHERE company_id = :c AND status = 'placed');

-- open_purchases_have_a_live_process: 1
DELETE FROM foundation.process WHERE company_id = :c AND type = 'procure_to_pay' AND stage = 'waiting for approval';

-- open_payment_runs_have_a_live_process: 1
-- also no other
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'payment_run'
    AND id IN (SELECT r.company_id || '/payment_run/' || r.id FROM banking.payment_run r WHERE r.status = 'proposed');

-- open_payment_runs_have_a_live_process: 1
DELETE FROM foundation.process WHERE company_id = :c AND type = 'payment_run'
    AND id IN (SELECT r.company_id || '/payment_run/' || r.id FROM banking.payment_run r WHERE r.status = 'submitted');
