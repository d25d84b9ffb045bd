-- An order's freight is billed with its first invoice, and once.
SELECT o.company_id AS company, o.number AS document, o.freight_amount, i.invoices, i.times
FROM sales.sales_order o
    JOIN (
        SELECT order_id, count(DISTINCT invoice_id) AS invoices, count(*) FILTER (WHERE is_freight) AS times
        FROM charged_line
        GROUP BY order_id
    ) AS i ON i.order_id = o.id
WHERE i.times <> CASE WHEN o.freight_amount = 0 THEN 0 ELSE 1 END
    -- Of an order that is billed by month, with its month.
    AND NOT EXISTS (
        SELECT FROM receivables.billing_due d WHERE d.order_id = o.id AND d.is_freight AND d.invoice_id IS NULL)
