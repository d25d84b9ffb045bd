-- What is reserved of the stock is what the orders have set aside.
SELECT coalesce(s.company_id, r.company_id) AS company,
    coalesce(s.item_code, r.item_code) || ' in ' || coalesce(s.warehouse_code, r.warehouse_code) AS document,
    coalesce(s.reserved, 0) AS reserved, coalesce(r.quantity, 0) AS set_aside
FROM inventory.stock s
    FULL JOIN (
        SELECT company_id, warehouse_code, item_code, sum(reserved_quantity) AS quantity
        FROM inventory.reservation GROUP BY company_id, warehouse_code, item_code
    ) AS r ON r.company_id = s.company_id AND r.warehouse_code = s.warehouse_code
        AND r.item_code = s.item_code
WHERE coalesce(s.reserved, 0) <> coalesce(r.quantity, 0)
