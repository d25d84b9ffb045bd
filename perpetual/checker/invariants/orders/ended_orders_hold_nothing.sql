-- An order that has ended has nothing set aside, waits for nothing, and holds no credit.
SELECT o.company_id AS company, o.number AS document, o.status, coalesce(r.reserved, 0) AS reserved,
    coalesce(r.short, 0) AS short, coalesce(c.open_amount, 0) AS credit_held
FROM sales.sales_order o
    LEFT JOIN (
        SELECT order_id, sum(reserved_quantity) AS reserved, sum(short_quantity) AS short
        FROM inventory.reservation GROUP BY order_id
    ) AS r ON r.order_id = o.id
    LEFT JOIN receivables.credit_commitment c ON c.order_id = o.id
WHERE o.status IN ('closed', 'cancelled', 'rejected')
    AND (coalesce(r.reserved, 0) <> 0 OR coalesce(r.short, 0) <> 0 OR coalesce(c.open_amount, 0) <> 0)
