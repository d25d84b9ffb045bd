-- First in, first out: the layers that are left add up to the quantity and the value kept.
SELECT v.company_id AS company, v.item_code AS document, i.costing_method, v.quantity, v.value,
    coalesce(l.quantity, 0) AS quantity_of_layers, coalesce(l.value, 0) AS value_of_layers
FROM inventory.item_valuation v
    JOIN master_data.item i ON i.company_id = v.company_id AND i.code = v.item_code
    LEFT JOIN (
        SELECT company_id, item_code, sum(remaining_quantity) AS quantity, sum(remaining_value) AS value
        FROM inventory.cost_layer GROUP BY company_id, item_code
    ) AS l ON l.company_id = v.company_id AND l.item_code = v.item_code
WHERE CASE WHEN i.costing_method = 'fifo'
    THEN coalesce(l.quantity, 0) <> greatest(v.quantity, 0) OR coalesce(l.value, 0) <> greatest(v.value, 0)
    ELSE coalesce(l.quantity, 0) <> 0 OR coalesce(l.value, 0) <> 0 END
