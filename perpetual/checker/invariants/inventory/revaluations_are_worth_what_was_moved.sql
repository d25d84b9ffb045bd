-- A revaluation moves the value that it says, and no goods.
SELECT d.company_id AS company, d.number AS document, d.item_code, d.value_before, d.value,
    coalesce(m.value, 0) AS moved_value, coalesce(m.quantity, 0) AS moved_quantity
FROM inventory.revaluation d
    LEFT JOIN (
        SELECT document_id, item_code, sum(value) AS value, sum(quantity) AS quantity
        FROM inventory.stock_move GROUP BY document_id, item_code
    ) AS m ON m.document_id = d.id AND m.item_code = d.item_code
WHERE d.value - d.value_before <> coalesce(m.value, 0) OR coalesce(m.quantity, 0) <> 0
