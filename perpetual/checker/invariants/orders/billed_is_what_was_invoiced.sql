-- What an order line says is billed is what its invoices charge, and no more than was delivered.
SELECT o.company_id AS company, o.number || ', line ' || l.line_number AS document, l.delivered_quantity,
    l.billed_quantity, coalesce(i.quantity, 0) AS invoiced
FROM sales.sales_order o
    JOIN sales.sales_order_line l ON l.order_id = o.id
    LEFT JOIN (
        SELECT order_id, order_line_number, sum(quantity) AS quantity
        FROM charged_line
        WHERE NOT is_freight
        GROUP BY order_id, order_line_number
    ) AS i ON i.order_id = o.id AND i.order_line_number = l.line_number
WHERE (l.billed_quantity <> coalesce(i.quantity, 0) OR l.billed_quantity > l.delivered_quantity)
    AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
