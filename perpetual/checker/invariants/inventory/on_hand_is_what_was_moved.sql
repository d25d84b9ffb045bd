-- What is on hand in a warehouse, and on its way to it, is what its moves add up to.
SELECT coalesce(s.company_id, m.company_id) AS company,
    coalesce(s.item_code, m.item_code) || ' in ' || coalesce(s.warehouse_code, m.warehouse_code) AS document,
    coalesce(s.on_hand, 0) AS on_hand, coalesce(m.quantity, 0) AS moved, coalesce(s.in_transit, 0) AS in_transit,
    coalesce(m.in_transit, 0) AS moved_in_transit
FROM inventory.stock s
    FULL JOIN (
        SELECT company_id, warehouse_code, item_code, coalesce(sum(quantity) FILTER (WHERE NOT in_transit), 0) AS quantity,
            coalesce(sum(quantity) FILTER (WHERE in_transit), 0) AS in_transit
        FROM inventory.stock_move WHERE warehouse_code IS NOT NULL
        GROUP BY company_id, warehouse_code, item_code
    ) AS m ON m.company_id = s.company_id AND m.warehouse_code = s.warehouse_code
        AND m.item_code = s.item_code
WHERE coalesce(s.on_hand, 0) <> coalesce(m.quantity, 0) OR coalesce(s.in_transit, 0) <> coalesce(m.in_transit, 0)
