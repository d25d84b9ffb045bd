-- What settles an invoice is a payment that there is, of the same customer and company.
SELECT s.company_id AS company, coalesce(p.number, s.id::text) AS document, s.amount,
    i.customer_code AS customer_of_invoice, p.customer_code AS customer_of_payment
FROM finance.settlement s
    LEFT JOIN finance.payment p ON p.id = s.payment_id AND p.company_id = s.company_id
    LEFT JOIN finance.open_item i ON i.id = s.open_item_id AND i.company_id = s.company_id
WHERE (p.customer_code = i.customer_code) IS NOT TRUE
