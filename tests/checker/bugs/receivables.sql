-- write_offs_are_posted: 1
-- also figures_are_as_answered, posted_rows_are_as_written
UPDATE receivables.write_off SET amount = amount + 1, base_amount = base_amount + 1
    WHERE company_id = :c AND number = 'WO-2026-000002';

-- write_offs_are_posted: 1
UPDATE receivables.write_off SET tax_amount = tax_amount - 1 WHERE company_id = :c AND number = 'WO-2026-000002';

-- write_offs_are_posted: 1
UPDATE receivables.write_off SET document_id = gen_random_uuid()
    WHERE company_id = :c AND number = 'WO-2026-000002';

-- write_offs_are_posted: 1
UPDATE receivables.write_off_tax SET account_code = '6100' WHERE company_id = :c AND line_number = 1
    AND write_off_id = (SELECT id FROM receivables.write_off WHERE company_id = :c AND number = 'WO-2026-000002');

-- write_offs_are_posted: 1
UPDATE ledger.settlement SET amount = amount - 1 WHERE company_id = :c AND source_type = 'write_off'
    AND source_number = 'WO-2026-000003';

-- no_more_tax_is_taken_back_than_charged: 1
-- also posted_rows_are_as_written, write_offs_are_posted
UPDATE receivables.write_off_tax SET tax_amount = tax_amount + 50 WHERE company_id = :c AND line_number = 1
    AND write_off_id = (SELECT id FROM receivables.write_off WHERE company_id = :c AND number = 'WO-2026-000002');

-- no_more_tax_is_taken_back_than_charged: 1
DELETE FROM ledger.reversal WHERE company_id = :c AND document_number = 'WO-2026-000001';
UPDATE receivables.write_off_tax SET tax_amount = tax_amount + 4 WHERE company_id = :c AND line_number = 1
    AND write_off_id = (SELECT id FROM receivables.write_off WHERE company_id = :c AND number = 'WO-2026-000001');

-- debit_notes_have_their_invoice: 1
-- also figures_are_as_answered, posted_rows_are_as_written
UPDATE receivables.invoice SET corrects_id = gen_random_uuid() WHERE company_id = :c AND corrects_id IS NOT NULL;

-- debit_notes_have_their_invoice: 1
UPDATE receivables.invoice SET corrects_id = id WHERE company_id = :c AND corrects_id IS NOT NULL;

-- debit_notes_have_their_invoice: 1
UPDATE receivables.invoice SET invoiced_on = '2026-01-01' WHERE company_id = :c AND corrects_id IS NOT NULL;

-- debit_notes_have_their_invoice: 1
UPDATE receivables.invoice SET customer_code = 'BOB' WHERE company_id = :c AND corrects_id IS NOT NULL;

-- debit_notes_have_their_invoice: 1
UPDATE receivables.invoice SET currency = 'USD' WHERE company_id = :c AND corrects_id IS NOT NULL;
