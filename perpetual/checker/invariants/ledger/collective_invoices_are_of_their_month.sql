-- A collective invoice is the one of its customer's month, currency, terms and prices, dated the month's last day.
SELECT i.company_id AS company, i.number AS document, i.invoiced_on, i.customer_code, m.month
FROM receivables.invoice i
    LEFT JOIN receivables.billed_month m ON m.invoice_id = i.id AND m.company_id = i.company_id
        AND m.customer_code = i.customer_code AND m.currency = i.currency
        AND m.payment_terms_code = i.payment_terms_code AND m.prices_include_tax = i.prices_include_tax
        AND i.invoiced_on = (to_date(m.month, 'YYYY-MM') + interval '1 month - 1 day')::date
WHERE (i.order_id IS NULL AND i.process_id <> '') <> (m.month IS NOT NULL)
UNION ALL
SELECT m.company_id, m.customer_code || ', ' || m.month, NULL, m.customer_code, m.month
FROM receivables.billed_month m LEFT JOIN receivables.invoice i ON i.id = m.invoice_id
WHERE m.invoice_id IS NOT NULL AND i.id IS NULL
