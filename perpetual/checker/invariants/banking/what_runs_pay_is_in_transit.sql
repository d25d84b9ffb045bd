-- What a payment run has paid is on its way to the bank, and on no bank account's account before a statement says so.
SELECT i.company_id AS company, i.invoice_number AS document, s.number AS payment, s.account_code
FROM banking.payment_run_invoice i
    LEFT JOIN ledger.supplier_payment s ON s.id = i.supplier_payment_id
WHERE i.status = 'paid' AND (s.id IS NULL OR EXISTS (SELECT FROM banking.bank_account b
    WHERE b.company_id = i.company_id AND b.account_code = s.account_code))
UNION ALL
SELECT w.company_id, w.payslip_number, w.number, w.account_code
FROM banking.wage_payment w JOIN banking.bank_account b ON b.company_id = w.company_id
    AND b.account_code = w.account_code
WHERE w.status = 'paid'
