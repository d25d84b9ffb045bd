-- A stock receipt's value is that of its lines, and of its moves.
SELECT d.company_id AS company, d.number AS document, d.value, d.adjustment_value,
    coalesce(l.value, 0) AS value_of_lines, coalesce(m.value, 0) AS moved_value,
    coalesce(l.quantity, 0) AS quantity, coalesce(m.quantity, 0) AS moved_quantity
FROM inventory.stock_receipt d
    LEFT JOIN (
        SELECT receipt_id, sum(value) AS value, sum(stock_quantity) AS quantity
        FROM inventory.stock_receipt_line GROUP BY receipt_id
    ) AS l ON l.receipt_id = d.id
    LEFT JOIN (
        SELECT document_id, sum(value) AS value, sum(quantity) AS quantity
        FROM inventory.stock_move GROUP BY document_id
    ) AS m ON m.document_id = d.id
WHERE d.value - d.adjustment_value <> coalesce(m.value, 0) OR d.value <> coalesce(l.value, 0)
    OR coalesce(l.quantity, 0) <> coalesce(m.quantity, 0)
