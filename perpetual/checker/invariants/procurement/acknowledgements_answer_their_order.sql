-- A supplier's answer speaks of every line of its order, and waits, or was decided about, only where a price is other than is tolerated.
SELECT a.company_id AS company, o.number AS document, a.id AS acknowledgement, a.status, coalesce(l.lines, 0) AS lines,
    c.lines AS lines_of_order, coalesce(l.not_tolerated, 0) AS not_tolerated, coalesce(l.wrong, 0) AS wrong
FROM procurement.acknowledgement a
    LEFT JOIN procurement.purchase_order o ON o.id = a.order_id AND o.company_id = a.company_id
    LEFT JOIN (
        SELECT n.acknowledgement_id, count(*) AS lines, count(*) FILTER (WHERE NOT n.is_tolerated) AS not_tolerated,
            count(*) FILTER (WHERE n.order_id <> h.order_id OR (NOT n.is_tolerated
                AND n.unit_price * (100 - n.discount_percent) = n.ordered_price * (100 - n.ordered_discount_percent))) AS wrong
        FROM procurement.acknowledgement_line n JOIN procurement.acknowledgement h ON h.id = n.acknowledgement_id
        GROUP BY n.acknowledgement_id
    ) AS l ON l.acknowledgement_id = a.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines FROM procurement.purchase_order_line q WHERE q.order_id = a.order_id
    ) AS c
WHERE o.id IS NULL OR coalesce(l.lines, 0) <> c.lines OR coalesce(l.wrong, 0) > 0
    OR (a.status = 'agreed') <> (coalesce(l.not_tolerated, 0) = 0)
