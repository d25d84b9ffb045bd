-- What a closed return accepted of goods kept in stock is what came back into the warehouse.
SELECT r.company_id AS company, r.number || ', line ' || l.line_number AS document, r.status,
    l.accepted_quantity, l.quantity, l.stock_quantity, coalesce(g.quantity, 0) AS came_back_stock_quantity
FROM sales.sales_return r
    JOIN sales.sales_return_line l ON l.return_id = r.id
    LEFT JOIN inventory.goods_return_line g ON g.return_id = r.id AND g.line_number = l.line_number
WHERE CASE
    WHEN NOT l.is_stocked OR r.goods_stay OR r.status = 'cancelled' THEN g.quantity IS NOT NULL
    WHEN r.status = 'closed' THEN abs(l.accepted_quantity * l.stock_quantity / l.quantity
        - coalesce(g.quantity, 0)) > 0.000001
    ELSE false END
