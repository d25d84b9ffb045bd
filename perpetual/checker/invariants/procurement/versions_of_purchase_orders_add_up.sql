-- A version of a purchase order is the sum of its lines, each its quantity at its price, and those are the order's; it is cancelled when nothing is wanted.
SELECT v.company_id AS company, o.number AS document, v.version, v.net_amount, v.is_cancelled,
    coalesce(l.amount, 0) AS amount_of_lines, coalesce(l.wanted, 0) AS lines_wanted, coalesce(l.wrong, 0) AS wrong_lines,
    coalesce(l.lines, 0) AS lines, c.lines AS lines_of_order
FROM procurement.purchase_order_version v
    LEFT JOIN procurement.purchase_order o ON o.id = v.order_id AND o.company_id = v.company_id
    LEFT JOIN (
        SELECT n.version_id, sum(n.net_amount) AS amount, count(*) AS lines, count(*) FILTER (WHERE n.quantity > 0) AS wanted,
            count(*) FILTER (WHERE q.order_id IS NULL OR abs(n.net_amount
                - n.quantity * n.unit_price * (100 - n.discount_percent) / 100) > 0.5) AS wrong
        FROM procurement.purchase_order_version_line n
            JOIN procurement.purchase_order_version h ON h.id = n.version_id
            LEFT JOIN procurement.purchase_order_line q ON q.order_id = h.order_id AND q.line_number = n.line_number
                AND q.item_code = n.item_code AND q.unit = n.unit
        GROUP BY n.version_id
    ) AS l ON l.version_id = v.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines FROM procurement.purchase_order_line q WHERE q.order_id = v.order_id
    ) AS c
WHERE o.id IS NULL OR v.net_amount <> coalesce(l.amount, 0) OR coalesce(l.wrong, 0) > 0
    OR coalesce(l.lines, 0) <> c.lines OR v.is_cancelled <> (coalesce(l.wanted, 0) = 0)
