-- No more comes back of an order line than left, nor at another cost.
SELECT l.company_id AS company, l.order_number || ', line ' || l.line_number AS document, l.quantity AS left_quantity,
    r.quantity AS returned_quantity, l.cost AS left_cost, r.cost AS returned_cost
FROM (
    SELECT d.company_id, d.order_id, d.order_number, l.line_number, sum(l.quantity) AS quantity,
        sum(l.cost) AS cost
    FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
    WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
    GROUP BY d.company_id, d.order_id, d.order_number, l.line_number
) AS l
JOIN (
    SELECT d.order_id, l.line_number, sum(l.quantity) AS quantity, sum(l.cost) AS cost
    FROM inventory.goods_return d JOIN inventory.goods_return_line l ON l.return_id = d.id
    WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
    GROUP BY d.order_id, l.line_number
) AS r ON r.order_id = l.order_id AND r.line_number = l.line_number
WHERE r.quantity > l.quantity OR r.cost > l.cost OR (r.quantity = l.quantity AND r.cost <> l.cost)
