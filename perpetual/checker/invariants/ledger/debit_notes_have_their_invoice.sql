-- A debit note charges more on an invoice that there is, of its customer and currency, and not before it.
SELECT d.company_id AS company, d.number AS document, d.customer_code, d.currency, d.invoiced_on, i.number,
    i.customer_code AS customer_of_invoice, i.currency AS currency_of_invoice, i.invoiced_on AS dated
FROM receivables.invoice d
    LEFT JOIN receivables.invoice i ON i.id = d.corrects_id AND i.company_id = d.company_id
WHERE d.corrects_id IS NOT NULL AND (i.customer_code = d.customer_code AND i.currency = d.currency
    AND i.invoiced_on <= d.invoiced_on AND i.id <> d.id) IS NOT TRUE
