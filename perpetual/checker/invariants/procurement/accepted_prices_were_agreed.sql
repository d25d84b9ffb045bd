-- An answer whose prices were accepted changed the order's prices, with exactly those that are not tolerated; no other did.
SELECT coalesce(a.company_id, p.company_id) AS company, o.number AS document, a.id AS acknowledgement, a.status, p.key AS changed_by
FROM (SELECT * FROM procurement.acknowledgement WHERE status = 'accepted') AS a
    FULL JOIN (
        SELECT key, company_id, request, (request->>'acknowledgement_id')::uuid AS acknowledgement_id
        FROM foundation.operation
        WHERE name = 'procurement.change_prices' AND status = 'applied' AND request->>'acknowledgement_id' IS NOT NULL
    ) AS p ON p.acknowledgement_id = a.id AND p.company_id = a.company_id
    LEFT JOIN procurement.purchase_order o ON o.id = a.order_id
WHERE a.id IS NULL OR p.key IS NULL OR (p.request->>'order_id')::uuid <> a.order_id OR EXISTS (
    SELECT FROM (SELECT * FROM procurement.acknowledgement_line WHERE acknowledgement_id = a.id AND NOT is_tolerated) AS l
        FULL JOIN jsonb_to_recordset(p.request->'lines') AS r (line_number integer, unit_price numeric, discount_percent numeric)
            ON r.line_number = l.line_number
    WHERE (l.unit_price, l.discount_percent) IS DISTINCT FROM (r.unit_price, coalesce(r.discount_percent, 0)))
