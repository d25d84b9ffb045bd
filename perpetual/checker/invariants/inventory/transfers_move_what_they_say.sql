-- What a transfer says has left one warehouse and is in the other, or on its way to it; no more of it arrives.
WITH line AS (
    SELECT l.transfer_id AS id, l.line_number, l.item_code, w.warehouse_code, w.in_transit,
        w.sign * l.stock_quantity AS quantity
    FROM inventory.stock_transfer t
        JOIN inventory.stock_transfer_line l ON l.transfer_id = t.id
        CROSS JOIN LATERAL (VALUES (t.from_warehouse_code, false, -1), (t.to_warehouse_code, t.is_in_transit, 1))
            AS w (warehouse_code, in_transit, sign)
    UNION ALL
    SELECT l.transfer_receipt_id, l.line_number, l.item_code, r.warehouse_code, w.in_transit,
        w.sign * l.stock_quantity
    FROM inventory.transfer_receipt r
        JOIN inventory.transfer_receipt_line l ON l.transfer_receipt_id = r.id
        CROSS JOIN LATERAL (VALUES (true, -1), (false, 1)) AS w (in_transit, sign)
), head AS (
    SELECT id, company_id, number FROM inventory.stock_transfer
    UNION ALL SELECT id, company_id, number FROM inventory.transfer_receipt
)
SELECT h.company_id AS company, h.number AS document, x.line_number, x.warehouse_code, x.in_transit, x.said, x.moved
FROM head h
    JOIN (
        SELECT coalesce(l.id, m.document_id) AS id, coalesce(l.line_number, m.line_number) AS line_number,
            coalesce(l.warehouse_code, m.warehouse_code) AS warehouse_code,
            coalesce(l.in_transit, m.in_transit) AS in_transit, l.quantity AS said, m.quantity AS moved
        FROM line l
            FULL JOIN (SELECT * FROM inventory.stock_move WHERE kind = 'transfer') AS m
                ON m.document_id = l.id AND m.line_number = l.line_number AND m.item_code = l.item_code
                    AND m.warehouse_code = l.warehouse_code AND m.in_transit = l.in_transit
    ) AS x ON x.id = h.id
WHERE x.said IS DISTINCT FROM x.moved
UNION ALL
SELECT t.company_id, t.number, l.line_number, t.to_warehouse_code, t.is_in_transit, l.stock_quantity, a.quantity
FROM inventory.stock_transfer t
    JOIN inventory.stock_transfer_line l ON l.transfer_id = t.id
    JOIN (
        SELECT r.transfer_id, a.line_number, sum(a.stock_quantity) AS quantity
        FROM inventory.transfer_receipt r
            JOIN inventory.transfer_receipt_line a ON a.transfer_receipt_id = r.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = r.id)
        GROUP BY r.transfer_id, a.line_number
    ) AS a ON a.transfer_id = t.id AND a.line_number = l.line_number
WHERE a.quantity > l.stock_quantity OR NOT t.is_in_transit
    OR EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = t.id)
