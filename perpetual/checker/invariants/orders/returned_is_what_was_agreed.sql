-- What an order line says is returned is what its returns agreed to, or what came by them.
SELECT o.company_id AS company, o.number || ', line ' || l.line_number AS document, l.delivered_quantity,
    l.returned_quantity, coalesce(r.quantity, 0) AS agreed
FROM sales.sales_order o
    JOIN sales.sales_order_line l ON l.order_id = o.id
    LEFT JOIN (
        SELECT r.order_id, l.line_number,
            sum(CASE r.status WHEN 'authorised' THEN l.quantity ELSE l.accepted_quantity END) AS quantity
        FROM sales.sales_return r JOIN sales.sales_return_line l ON l.return_id = r.id
        GROUP BY r.order_id, l.line_number
    ) AS r ON r.order_id = o.id AND r.line_number = l.line_number
WHERE l.returned_quantity <> coalesce(r.quantity, 0) OR l.returned_quantity > l.delivered_quantity
