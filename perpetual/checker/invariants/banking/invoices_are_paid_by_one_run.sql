-- An invoice is to be paid by one payment run only, and by all of them together with no more than was open of it.
SELECT i.company_id AS company, min(i.invoice_number) AS document, count(*) AS runs, sum(i.amount) AS amount,
    max(i.open_amount) AS was_open
FROM banking.payment_run_invoice i
WHERE i.status = 'included' OR i.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
    WHERE x.company_id = i.company_id AND x.document_type = 'supplier_payment' AND x.document_id = i.supplier_payment_id)
GROUP BY i.company_id, i.invoice_id
HAVING count(*) FILTER (WHERE i.status = 'included') > 1
    OR sum(i.amount + i.discount_amount) > max(i.open_amount)
