-- An order's freight is billed with its first invoice, and once.
SELECT o.company_id AS company, o.number AS document, o.freight_amount, i.invoices, i.times
FROM sales.sales_order o
    JOIN (
        SELECT d.order_id, count(DISTINCT d.id) AS invoices, count(*) FILTER (WHERE l.is_freight) AS times
        FROM finance.invoice d JOIN finance.invoice_line l ON l.invoice_id = d.id
        GROUP BY d.order_id
    ) AS i ON i.order_id = o.id
WHERE i.times <> CASE WHEN o.freight_amount = 0 THEN 0 ELSE 1 END
