-- An invoice, a credit note and a dunning letter keep who wrote to whom, and an invoice on which terms.
SELECT d.company_id AS company, d.number AS document, d.customer_code, d.customer ->> 'code' AS written_to,
    d.company ->> 'name' AS written_by, d.company ->> 'currency' AS currency, d.terms ->> 'name' AS terms
FROM (
    SELECT company_id, number, customer_code, customer, company, terms FROM receivables.invoice
    UNION ALL
    SELECT company_id, number, customer_code, customer, company, '{"name": "none"}' FROM receivables.credit_note
    UNION ALL
    SELECT company_id, number, customer_code, customer, company, '{"name": "none"}'
    FROM receivables.dunning_letter
) AS d
    JOIN master_data.company c ON c.code = d.company_id
WHERE d.customer ->> 'code' IS DISTINCT FROM d.customer_code
    OR coalesce(d.company ->> 'name', '') = '' OR coalesce(d.terms ->> 'name', '') = ''
    OR d.company ->> 'currency' IS DISTINCT FROM c.currency
