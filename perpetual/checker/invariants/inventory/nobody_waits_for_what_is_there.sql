-- Nobody waits for goods that are there and not set aside for anybody.
SELECT s.company_id AS company, s.item_code || ' in ' || s.warehouse_code AS document,
    s.on_hand - s.reserved AS available, sum(r.short_quantity) AS waited_for
FROM inventory.stock s
    JOIN inventory.reservation r ON r.company_id = s.company_id AND r.warehouse_code = s.warehouse_code
        AND r.item_code = s.item_code AND r.short_quantity > 0
WHERE s.on_hand > s.reserved
GROUP BY s.company_id, s.warehouse_code, s.item_code
