-- What settles an invoice is a payment or a credit note that there is, of the same customer and company.
SELECT s.company_id AS company, coalesce(p.number, c.number, s.id::text) AS document, s.amount,
    i.customer_code AS customer_of_invoice, coalesce(p.customer_code, c.customer_code) AS customer
FROM ledger.settlement s
    LEFT JOIN ledger.payment p ON p.id = s.payment_id AND p.company_id = s.company_id
    LEFT JOIN receivables.credit_note c ON c.id = s.credit_note_id AND c.company_id = s.company_id
    LEFT JOIN ledger.open_item i ON i.id = s.open_item_id AND i.company_id = s.company_id
WHERE (coalesce(p.customer_code, c.customer_code) = i.customer_code) IS NOT TRUE
