-- Of an order that was cancelled or rejected nothing is left: what was billed is credited, what left came back.
SELECT o.company_id AS company, o.number AS document, o.status, coalesce(i.amount, 0) AS billed,
    coalesce(c.amount, 0) AS credited, coalesce(s.quantity, 0) AS shipped, coalesce(g.quantity, 0) AS came_back
FROM sales.sales_order o
    LEFT JOIN (
        SELECT order_id, sum(total_amount) AS amount FROM charged GROUP BY order_id
    ) AS i ON i.order_id = o.id
    LEFT JOIN (
        SELECT order_id, sum(total_amount) AS amount FROM standing_credit_note GROUP BY order_id
    ) AS c ON c.order_id = o.id
    LEFT JOIN (
        SELECT d.order_id, sum(l.quantity) AS quantity
        FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
        GROUP BY d.order_id
    ) AS s ON s.order_id = o.id
    LEFT JOIN (
        SELECT d.order_id, sum(l.quantity) AS quantity
        FROM inventory.goods_return d JOIN inventory.goods_return_line l ON l.return_id = d.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
        GROUP BY d.order_id
    ) AS g ON g.order_id = o.id
    LEFT JOIN (
        SELECT order_id, bool_or(goods_stay) AS goods_stay, bool_or(resolution = 'replace') AS replaced
        FROM sales.sales_return WHERE status = 'closed' GROUP BY order_id
    ) AS r ON r.order_id = o.id
-- For goods that were sent again nothing was credited.
WHERE o.status IN ('cancelled', 'rejected')
    AND ((coalesce(i.amount, 0) <> coalesce(c.amount, 0) AND r.replaced IS NOT TRUE)
        OR (coalesce(s.quantity, 0) <> coalesce(g.quantity, 0) AND r.goods_stay IS NOT TRUE))
