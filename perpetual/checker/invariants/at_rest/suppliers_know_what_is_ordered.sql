-- The newest version of a purchase order says what is ordered, at the prices that hold; of one that was cancelled, that nothing is wanted any more.
-- Only asked for with --at-rest: a change is told in a step of its own. Of what has come of an order whose rest was cancelled only the prices are compared.
SELECT o.company_id AS company, o.number AS document, o.status, v.version, l.line_number, l.quantity, n.quantity AS told_quantity,
    l.unit_price, n.unit_price AS told_price, l.discount_percent, n.discount_percent AS told_discount
FROM procurement.purchase_order o
    JOIN procurement.purchase_order_line l ON l.order_id = o.id
    LEFT JOIN LATERAL (
        SELECT id, version FROM procurement.purchase_order_version v
        WHERE v.order_id = o.id ORDER BY v.version DESC LIMIT 1
    ) AS v ON true
    LEFT JOIN procurement.purchase_order_version_line n ON n.version_id = v.id AND n.line_number = l.line_number
    JOIN foundation.process p ON p.id = o.company_id || '/procure_to_pay/' || o.id AND p.exception IS NULL
WHERE v.id IS NULL AND o.status IN ('placed', 'received')
    OR v.id IS NOT NULL AND ((l.unit_price, l.discount_percent) IS DISTINCT FROM (n.unit_price, n.discount_percent)
        OR n.quantity IS DISTINCT FROM CASE o.status WHEN 'placed' THEN l.quantity WHEN 'cancelled' THEN 0 ELSE n.quantity END)
