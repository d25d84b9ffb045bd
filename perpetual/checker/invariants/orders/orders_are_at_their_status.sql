-- An order's status says how much of it has left: nothing before it is confirmed, all once it is delivered.
-- A closed order was billed for all that left and did not come back; the rest of it may have been given up. A
-- cancelled one has all back that left, or agreed to its staying.
SELECT o.company_id AS company, o.number AS document, o.status,
    count(*) FILTER (WHERE l.delivered_quantity = l.quantity) AS delivered_lines,
    count(*) FILTER (WHERE l.billed_quantity = l.quantity) AS billed_lines,
    count(*) FILTER (WHERE l.returned_quantity > 0) AS returned_lines, count(l.order_id) AS lines
FROM sales.sales_order o
    LEFT JOIN sales.sales_order_line l ON l.order_id = o.id
    LEFT JOIN foundation.operation c
        ON c.key = o.company_id || '/order_to_cash/' || o.id || '/sales.close_order'
GROUP BY o.id, c.key
HAVING coalesce(CASE
    WHEN o.status = 'closed' THEN bool_or(l.billed_quantity + l.returned_quantity < l.delivered_quantity)
        OR (bool_or(l.delivered_quantity < l.quantity) AND (c.request ->> 'short' = 'true') IS NOT TRUE)
    WHEN o.status = 'delivered' THEN bool_or(l.delivered_quantity < l.quantity)
    WHEN o.status = 'confirmed' THEN bool_and(l.delivered_quantity = l.quantity)
    WHEN o.status IN ('cancelled', 'rejected') THEN bool_or(l.delivered_quantity <> l.returned_quantity)
    ELSE bool_or(l.delivered_quantity > 0 OR l.billed_quantity > 0) END, true)
