-- A payment run that nobody has approved yet pays no account that the supplier has no more.
SELECT r.company_id AS company, r.number AS document, p.supplier_code, i.invoice_number
FROM banking.payment_run r
    JOIN banking.payment_run_payment p ON p.run_id = r.id
    JOIN banking.payment_run_invoice i ON i.payment_id = p.id AND i.status = 'included'
    JOIN master_data.supplier s ON s.company_id = r.company_id AND s.code = p.supplier_code
WHERE (r.status = 'proposed' OR r.status = 'submitted' AND EXISTS (SELECT FROM foundation.approval a
        WHERE a.process_id = r.company_id || '/payment_run/' || r.id AND a.status = 'open'))
    AND NOT EXISTS (SELECT FROM jsonb_to_recordset(s.bank_accounts) AS b (currency text, iban text, bic text)
        WHERE (b.currency, b.iban, b.bic) = (r.currency, p.iban, p.bic))
