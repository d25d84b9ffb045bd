-- The quantity and the value kept of an item are what its moves add up to.
SELECT coalesce(v.company_id, m.company_id) AS company, coalesce(v.item_code, m.item_code) AS document,
    coalesce(v.quantity, 0) AS quantity, coalesce(m.quantity, 0) AS moved_quantity,
    coalesce(v.value, 0) AS value, coalesce(m.value, 0) AS moved_value
FROM inventory.item_valuation v
    FULL JOIN (
        SELECT company_id, item_code, sum(quantity) AS quantity, sum(value) AS value
        FROM inventory.stock_move GROUP BY company_id, item_code
    ) AS m ON m.company_id = v.company_id AND m.item_code = v.item_code
WHERE coalesce(v.quantity, 0) <> coalesce(m.quantity, 0) OR coalesce(v.value, 0) <> coalesce(m.value, 0)
