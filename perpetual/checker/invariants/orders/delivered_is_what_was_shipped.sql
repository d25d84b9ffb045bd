-- What an order line says is delivered is what its shipments carried.
SELECT o.company_id AS company, o.number || ', line ' || l.line_number AS document, l.quantity,
    l.delivered_quantity, l.stock_quantity, coalesce(s.quantity, 0) AS shipped_stock_quantity
FROM sales.sales_order o
    JOIN sales.sales_order_line l ON l.order_id = o.id
    LEFT JOIN (
        SELECT d.order_id, l.line_number, sum(l.quantity) AS quantity, count(*) AS shipments
        FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
        GROUP BY d.order_id, l.line_number
    ) AS s ON s.order_id = o.id AND s.line_number = l.line_number
-- In stock units, each shipment rounded to six decimals.
WHERE (NOT l.is_stocked AND s.quantity IS NOT NULL
    OR l.is_stocked AND abs(l.delivered_quantity * l.stock_quantity / l.quantity - coalesce(s.quantity, 0))
        > 0.000001 * coalesce(s.shipments, 0))
    AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
