-- An order's status says how much of it has left: nothing before it is confirmed, all once it is delivered.
SELECT o.company_id AS company, o.number AS document, o.status,
    count(*) FILTER (WHERE l.delivered_quantity = l.quantity) AS delivered_lines,
    count(*) FILTER (WHERE l.billed_quantity = l.quantity) AS billed_lines, count(l.order_id) AS lines
FROM sales.sales_order o
    LEFT JOIN sales.sales_order_line l ON l.order_id = o.id
GROUP BY o.id
HAVING CASE
    WHEN o.status = 'closed'
        THEN coalesce(bool_or(l.delivered_quantity < l.quantity OR l.billed_quantity < l.quantity), true)
    WHEN o.status = 'delivered' THEN coalesce(bool_or(l.delivered_quantity < l.quantity), true)
    WHEN o.status = 'confirmed' THEN coalesce(bool_and(l.delivered_quantity = l.quantity), true)
    ELSE coalesce(bool_or(l.delivered_quantity > 0 OR l.billed_quantity > 0), true) END
