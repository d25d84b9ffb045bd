-- posted_rows_are_as_written: 0
SAVEPOINT restored;
UPDATE ledger.journal_line SET text = text WHERE company_id = :c;
RELEASE restored;

-- posted_rows_are_as_written: 271
SAVEPOINT restored;
UPDATE ledger.journal_line SET text = text WHERE company_id = :c;
RELEASE restored;
SAVEPOINT changed;
UPDATE ledger.journal_line SET text = 'changed' WHERE company_id = :c AND line_number = 2;
RELEASE changed;

-- posted_rows_are_as_written: 2
SAVEPOINT restored;
UPDATE receivables.invoice_tax SET company_id = company_id WHERE company_id = :c;
RELEASE restored;

-- posted_rows_are_as_written: 2
SAVEPOINT restored;
UPDATE receivables.invoice_tax SET company_id = company_id WHERE company_id = :c;
RELEASE restored;
SAVEPOINT changed;
UPDATE receivables.invoice_order SET company_id = company_id WHERE company_id = :c;
RELEASE changed;

-- posted_rows_are_as_written: 0
UPDATE foundation.operation SET transaction_id = '7' WHERE company_id = :c AND name = 'ledger.post_entry';

-- posted_rows_are_as_written: 0
UPDATE foundation.operation SET transaction_id = '7', status = 'voided', answer = NULL WHERE company_id = :c
    AND name = 'ledger.post_entry';

-- posted_rows_are_as_written: 0
UPDATE foundation.operation SET transaction_id = '7', answer = answer || '{"credit_note_number": ""}'
    WHERE company_id = :c AND answer ? 'credit_note_number';

-- posted_rows_are_as_written: 0
UPDATE foundation.operation SET transaction_id = '7', answer = answer || '{"refund_number": ""}'
    WHERE company_id = :c AND answer ? 'refund_number';

-- posted_rows_are_as_written: 0
UPDATE foundation.operation SET transaction_id = '7', answer = answer || '{"invoice_number": ""}'
    WHERE company_id = :c AND answer ? 'invoice_number';

-- posted_rows_are_as_written: 0
UPDATE sales.sales_order_line SET description = 'changed' WHERE company_id = :c;
