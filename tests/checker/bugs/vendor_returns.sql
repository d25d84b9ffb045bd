-- vendor_returns_are_worth_what_was_moved: 1
-- also posted_rows_are_as_written
UPDATE inventory.vendor_return SET value = value + 1
    WHERE id = (SELECT id FROM inventory.vendor_return WHERE company_id = :c ORDER BY number LIMIT 1);

-- vendor_returns_are_worth_what_was_moved: 1
UPDATE inventory.vendor_return_line SET cost = cost - 1, stock_quantity = stock_quantity + 1
    WHERE return_id = (SELECT id FROM inventory.vendor_return WHERE company_id = :c ORDER BY number LIMIT 1);

-- no_more_goes_back_than_came: 1
-- also debit_notes_claim_what_went_back, posted_rows_are_as_written,
-- also vendor_returns_are_worth_what_was_moved
UPDATE inventory.vendor_return_line SET stock_quantity = 100
    WHERE return_id = (SELECT id FROM inventory.vendor_return WHERE company_id = :c ORDER BY number DESC LIMIT 1);

-- no_more_goes_back_than_came: 1
UPDATE inventory.vendor_return SET returned_on = '2026-01-01'
    WHERE id = (SELECT id FROM inventory.vendor_return WHERE company_id = :c ORDER BY number DESC LIMIT 1);

-- debit_notes_claim_what_went_back: 1
-- also debit_notes_are_posted, posted_rows_are_as_written
UPDATE payables.supplier_debit_note_line SET stock_quantity = stock_quantity - 1
    WHERE debit_note_id = (SELECT id FROM payables.supplier_debit_note WHERE company_id = :c ORDER BY number DESC LIMIT 1);

-- debit_notes_claim_what_went_back: 1
DELETE FROM ledger.reversal WHERE company_id = :c AND document_type = 'supplier_debit_note';

-- debit_notes_are_posted: 1
-- also posted_rows_are_as_written
UPDATE payables.supplier_debit_note SET tax_amount = tax_amount + 1, total_amount = total_amount + 1
    WHERE id = (SELECT id FROM payables.supplier_debit_note WHERE company_id = :c ORDER BY number DESC LIMIT 1);

-- debit_notes_are_posted: 1
UPDATE payables.supplier_debit_note SET settled_amount = settled_amount - 1
    WHERE company_id = :c AND settled_amount > 0 AND number = (
        SELECT min(number) FROM payables.supplier_debit_note WHERE company_id = :c);

-- set_offs_are_of_both: 1
-- also posted_rows_are_as_written
UPDATE payables.set_off SET amount = amount + 1
    WHERE id = (SELECT id FROM payables.set_off WHERE company_id = :c ORDER BY number LIMIT 1);

-- set_offs_are_of_both: 1
UPDATE payables.set_off SET exchange_difference = 1
    WHERE id = (SELECT id FROM payables.set_off WHERE company_id = :c ORDER BY number LIMIT 1);
