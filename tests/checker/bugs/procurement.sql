-- purchase_orders_add_up: 1
-- also no other
UPDATE procurement.purchase_order_line SET net_amount = net_amount + 1
    WHERE company_id = :c AND line_number = 1 AND item_code = 'APPLE' AND received_quantity = 3;

-- received_is_what_was_taken_in: 1
-- also no other
UPDATE procurement.purchase_order_line SET received_quantity = received_quantity + 1
    WHERE company_id = :c AND received_quantity = 3;

-- requisitions_add_up: 1
-- also no other
UPDATE procurement.purchase_requisition SET base_total_amount = base_total_amount + 1 WHERE company_id = :c
    AND status = 'submitted';

-- requisitions_add_up: 9
UPDATE procurement.purchase_requisition_line SET unit_price = unit_price + 1 WHERE company_id = :c
    AND currency = 'EUR' AND line_number = 1;

-- orders_are_of_an_approved_requisition: 10
-- also no other
UPDATE procurement.purchase_requisition SET status = 'rejected' WHERE company_id = :c AND status = 'ordered';

-- orders_are_of_an_approved_requisition: 6
UPDATE foundation.approval SET status = 'rejected' WHERE company_id = :c AND status = 'approved'
    AND process_id LIKE '%/purchase_requisition/%';

-- orders_are_of_an_approved_requisition: 10
UPDATE procurement.purchase_order_line SET quantity = quantity * 2 WHERE company_id = :c
    AND requisition_id IS NOT NULL;

-- requisitions_commit_what_they_stand_for: 7
-- also budgets_are_what_is_committed, no_more_is_given_back_than_committed
INSERT INTO ledger.budget_commitment (company_id, budget_code, document_type, document_id, line_number, amount,
    committed_on, wanted_on)
    SELECT company_id, budget_code, document_type, document_id, line_number, -amount, committed_on, wanted_on
    FROM ledger.budget_commitment WHERE company_id = :c AND document_type = 'purchase_order' AND amount > 0;

-- requisitions_commit_what_they_stand_for: 2
UPDATE procurement.purchase_requisition SET status = 'rejected' WHERE company_id = :c AND status = 'submitted';

-- requisitions_commit_what_they_stand_for: 42
UPDATE ledger.budget_commitment SET document_type = 'trip' WHERE company_id = :c;

-- requisitions_commit_what_they_stand_for: 21
UPDATE ledger.budget_commitment SET budget_code = 'SHOP-27' WHERE company_id = :c;

-- open_requisitions_have_a_live_process: 1
-- also open_approvals_have_a_live_process
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'purchase_requisition'
    AND outcome IS NULL;

-- open_requisitions_have_a_live_process: 6
UPDATE procurement.purchase_requisition SET status = 'approved' WHERE company_id = :c AND status = 'ordered';

-- requisitions_commit_what_they_stand_for: 1
-- Four have come of an order whose rest was cancelled, and it commits all ten.
INSERT INTO ledger.budget_commitment (company_id, budget_code, document_type, document_id, line_number, amount,
    committed_on, wanted_on)
    SELECT c.company_id, budget_code, document_type, document_id, c.line_number, -amount, committed_on, wanted_on
    FROM ledger.budget_commitment c
        JOIN procurement.purchase_order_line l ON l.order_id = c.document_id AND l.line_number = c.line_number
    WHERE c.company_id = :c AND c.amount < 0 AND l.received_quantity = 4;

-- requisitions_commit_the_budget_of_their_day: 35
-- also no other
UPDATE procurement.purchase_requisition_line SET cost_centre = 'SALES' WHERE company_id = :c;

-- requisitions_commit_the_budget_of_their_day: 35
UPDATE ledger.budget_commitment SET wanted_on = wanted_on + 1 WHERE company_id = :c;

-- versions_of_purchase_orders_add_up: 1
-- also no other
UPDATE procurement.purchase_order_version SET net_amount = net_amount + 1
    WHERE id = (SELECT id FROM procurement.purchase_order_version WHERE company_id = :c AND net_amount > 0 ORDER BY id LIMIT 1);

-- versions_of_purchase_orders_add_up: 1
UPDATE procurement.purchase_order_version SET is_cancelled = NOT is_cancelled
    WHERE id = (SELECT id FROM procurement.purchase_order_version WHERE company_id = :c ORDER BY id LIMIT 1);

-- versions_of_purchase_orders_add_up: 1
DELETE FROM procurement.purchase_order_version_line l USING procurement.purchase_order_version v
    WHERE v.id = l.version_id AND v.company_id = :c AND v.is_cancelled AND l.line_number = 2;

-- versions_of_purchase_orders_add_up: 1
UPDATE procurement.purchase_order_version_line SET quantity = quantity + 1, net_amount = net_amount
    WHERE (version_id, line_number) = (SELECT version_id, line_number FROM procurement.purchase_order_version_line
        WHERE company_id = :c AND quantity > 0 AND unit_price > 1 ORDER BY version_id, line_number LIMIT 1);

-- suppliers_are_told_of_what_is_approved: 2
-- also no other
INSERT INTO foundation.approval (id, company_id, process_id, role, status, subject, requested_at, requested_by, remind_at, matter,
    decided_by, decided_at)
    SELECT gen_random_uuid(), v.company_id, v.company_id || '/procure_to_pay/' || v.order_id, 'buyer', 'rejected', 'x', now(),
        'x', now(), gen_random_uuid(), 'y', now()
    FROM procurement.purchase_order_version v WHERE v.company_id = :c AND v.version = 1 ORDER BY v.id LIMIT 1;

-- suppliers_are_told_of_what_is_approved: 1
UPDATE procurement.purchase_order_version SET version = 7 WHERE company_id = :c AND version = 2
    AND id = (SELECT id FROM procurement.purchase_order_version WHERE company_id = :c AND version = 2 ORDER BY id LIMIT 1);

-- suppliers_know_what_is_ordered: 1
-- also no other
UPDATE procurement.purchase_order_line SET unit_price = unit_price + 0.01 WHERE line_number = 1 AND order_id = (SELECT id
    FROM procurement.purchase_order WHERE company_id = :c AND status = 'placed' ORDER BY number LIMIT 1);

-- suppliers_know_what_is_ordered: 3
-- A cancelled order of which the supplier was never told that.
DELETE FROM procurement.purchase_order_version WHERE company_id = :c AND is_cancelled;

-- suppliers_know_what_is_ordered: 33
DELETE FROM procurement.purchase_order_version WHERE company_id = :c AND version = 1 AND NOT EXISTS (
    SELECT FROM procurement.purchase_order_version v WHERE v.order_id = purchase_order_version.order_id AND v.version = 2);

-- acknowledgements_answer_their_order: 1
-- also no other
UPDATE procurement.acknowledgement SET status = 'agreed' WHERE company_id = :c AND status = 'waiting';

-- acknowledgements_answer_their_order: 1
DELETE FROM procurement.acknowledgement_line l USING procurement.acknowledgement a
    WHERE a.id = l.acknowledgement_id AND a.company_id = :c AND a.status = 'agreed' AND l.line_number = 2;

-- acknowledgements_answer_their_order: 1
UPDATE procurement.acknowledgement_line l SET unit_price = ordered_price FROM procurement.acknowledgement a
    WHERE a.id = l.acknowledgement_id AND a.company_id = :c AND a.status = 'waiting' AND l.line_number = 2;

-- accepted_prices_were_agreed: 1
-- also no other
UPDATE procurement.acknowledgement SET status = 'accepted', decided_by = 'x', decided_on = '2026-03-04'
    WHERE company_id = :c AND status = 'waiting';

-- accepted_prices_were_agreed: 1
UPDATE procurement.acknowledgement_line l SET unit_price = unit_price + 1 FROM procurement.acknowledgement a
    WHERE a.id = l.acknowledgement_id AND a.company_id = :c AND a.status = 'accepted' AND l.line_number = 1;

-- accepted_prices_were_agreed: 1
UPDATE procurement.acknowledgement SET status = 'refused' WHERE company_id = :c AND status = 'accepted';
