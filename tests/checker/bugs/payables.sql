-- supplier_invoices_are_posted: 1
-- also posted_rows_are_as_written
UPDATE payables.supplier_invoice_line SET tax_amount = tax_amount + 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- supplier_invoices_are_posted: 1
UPDATE ledger.open_item SET party_code = 'GROVE' WHERE company_id = :c AND party_code = 'PLANTATION' AND side = 'payable';

-- invoices_settle_what_has_come: 1
-- also posted_rows_are_as_written, what_differs_is_tolerated_or_accepted
UPDATE payables.supplier_invoice_line SET matched_quantity = matched_quantity - 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- invoices_settle_what_has_come: 1
UPDATE payables.supplier_invoice_line SET base_received_amount = base_received_amount - 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- supplier_numbers_are_posted_once: 1
-- also entries_have_their_document, purchases_are_of_their_order, requests_have_their_effect,
-- also reversals_give_back_what_was_settled, reversals_mirror_their_document, series_have_no_gaps,
-- also settlements_have_their_documents
UPDATE payables.supplier_invoice SET normal_number = 'RE4711' WHERE company_id = :c AND supplier_code = 'GROVE';
DELETE FROM ledger.reversal WHERE company_id = :c AND document_type = 'supplier_invoice';

-- purchases_are_of_their_order: 1
-- also posted_rows_are_as_written
UPDATE payables.supplier_invoice SET order_number = 'PO-0' WHERE company_id = :c AND supplier_code = 'PLANTATION';

-- purchases_are_of_their_order: 1
UPDATE payables.supplier_invoice_line SET matched_quantity = matched_quantity + 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- supplier_payments_settle_their_invoice: 1
-- also posted_rows_are_as_written
UPDATE ledger.supplier_payment SET amount = amount + 1, invoice_amount = invoice_amount + 1
    WHERE company_id = :c AND amount = 20;

-- supplier_payments_settle_their_invoice: 1
UPDATE ledger.supplier_payment SET invoice_amount = invoice_amount - 1 WHERE company_id = :c AND amount = 9.21;

-- supplier_payments_settle_their_invoice: 9
UPDATE ledger.supplier_payment SET paid_on = '2026-03-01' WHERE company_id = :c;

-- ended_purchases_wait_for_nothing: 2
-- also no other
UPDATE procurement.purchase_order SET status = 'received' WHERE company_id = :c AND status = 'cancelled';

-- ended_purchases_wait_for_nothing: 1
UPDATE foundation.process SET outcome = 'closed', closed_at = now() WHERE id IN (
    SELECT process_id FROM ledger.open_item WHERE company_id = :c AND side = 'goods_received' AND open_quantity <> 0
        AND process_id IS NOT NULL LIMIT 1);

-- blocked_invoices_become_one_thing: 1
-- also no other
UPDATE payables.blocked_invoice SET status = 'rejected', ended_at = now(), decided_by = 'x', decision_reason = 'x'
    WHERE company_id = :c AND supplier_number = 'B2';

-- blocked_invoices_become_one_thing: 1
UPDATE payables.blocked_invoice SET status = 'posted', ended_at = now(), blocks = '[]'
    WHERE company_id = :c AND supplier_number = 'B4';

-- blocked_invoices_become_one_thing: 1
UPDATE payables.blocked_invoice SET credited_amount = 0 WHERE company_id = :c AND supplier_number = 'B1';

-- blocked_invoices_become_one_thing: 1
UPDATE payables.blocked_invoice SET total_amount = total_amount + 1 WHERE company_id = :c AND supplier_number = 'B2';

-- blocked_invoices_become_one_thing: 1
UPDATE foundation.process SET outcome = 'closed', closed_at = now() WHERE id IN (
    SELECT process_id FROM payables.blocked_invoice WHERE company_id = :c AND supplier_number = 'B4');

-- what_differs_is_tolerated_or_accepted: 1
-- also posted_rows_are_as_written
UPDATE payables.supplier_invoice_line SET unit_price = unit_price + 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- what_differs_is_tolerated_or_accepted: 1
UPDATE payables.supplier_invoice_line SET stock_quantity = stock_quantity + 1
    WHERE company_id = :c AND line_number = 1 AND quantity = 3;

-- what_differs_is_tolerated_or_accepted: 1
UPDATE foundation.operation SET request = request - 'accepted'
    WHERE company_id = :c AND name = 'payables.post_or_block_supplier_invoice' AND request ->> 'supplier_number' = 'B2';

-- invoice_files_are_entered_once: 1
-- also no other
UPDATE payables.supplier_invoice_file SET total_amount = total_amount + 1 WHERE company_id = :c AND supplier_number = 'F2';

-- invoice_files_are_entered_once: 2
UPDATE payables.blocked_invoice b SET file_id = i.file_id FROM payables.supplier_invoice i
    WHERE b.company_id = :c AND i.company_id = :c AND b.supplier_number = 'F2' AND i.supplier_number = 'F1';
