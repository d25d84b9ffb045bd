-- An invoice is to be paid by one payment run only, and by all of them together with no more than it was.
-- What was open of it is no bound: a payment by hand may be taken back, and a further run pays what that had paid.
SELECT i.company_id AS company, min(i.invoice_number) AS document, count(*) AS runs, sum(i.amount) AS amount,
    min(o.amount) AS was_owed
FROM banking.payment_run_invoice i
    LEFT JOIN (SELECT company_id, document_id, -sum(amount) AS amount FROM ledger.open_item WHERE side = 'payable'
        GROUP BY 1, 2) AS o ON o.company_id = i.company_id AND o.document_id = i.invoice_id
WHERE i.status = 'included' OR i.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
    WHERE x.company_id = i.company_id AND x.document_type = 'supplier_payment' AND x.document_id = i.supplier_payment_id)
GROUP BY i.company_id, i.invoice_id
HAVING count(*) FILTER (WHERE i.status = 'included') > 1
    OR sum(i.amount + i.discount_amount) > coalesce(min(o.amount), 0)
