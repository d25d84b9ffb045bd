-- A confirmed order has a reservation for each line that is kept in stock, for just what the line wants.
SELECT coalesce(o.company_id, r.company_id) AS company,
    coalesce(o.number, r.order_id::text) || ', line ' || coalesce(o.line_number, r.line_number) AS document,
    o.status, coalesce(o.stock_quantity, 0) AS ordered, coalesce(r.wanted_quantity, 0) AS wanted,
    coalesce(r.released_quantity, 0) AS released
FROM (
    SELECT o.company_id, o.id, o.number, o.status, l.line_number, l.item_code, l.stock_quantity
    FROM sales.sales_order o JOIN sales.sales_order_line l ON l.order_id = o.id
    WHERE l.is_stocked
) AS o
    FULL JOIN inventory.reservation r ON r.order_id = o.id AND r.line_number = o.line_number
WHERE (CASE
    -- A line that an amendment took away is released wholly.
    WHEN o.id IS NULL THEN r.wanted_quantity <> r.released_quantity
    WHEN o.status IN ('confirmed', 'delivered', 'closed')
        THEN r.item_code IS DISTINCT FROM o.item_code
            OR r.wanted_quantity - r.released_quantity NOT IN (o.stock_quantity,
                -- The rest was given up.
                CASE WHEN r.released_quantity > 0 THEN r.issued_quantity ELSE o.stock_quantity END)
    WHEN r.order_id IS NOT NULL THEN r.item_code <> o.item_code
    ELSE false END)
    AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = coalesce(o.id, r.order_id))
