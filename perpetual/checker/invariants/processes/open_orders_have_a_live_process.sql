-- An order that has not ended has a process that is alive.
SELECT o.company_id AS company, o.number AS document, o.status, p.stage, p.outcome
FROM sales.sales_order o
    LEFT JOIN foundation.process p ON p.id = o.company_id || '/order_to_cash/' || o.id
WHERE o.status IN ('placed', 'held', 'confirmed', 'delivered') AND (p.id IS NULL OR p.outcome IS NOT NULL)
