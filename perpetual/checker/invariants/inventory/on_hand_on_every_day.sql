-- On no day is less than nothing on hand in a warehouse, unless the item was ever allowed to be.
-- The latest day on which anything moved is noted at the stock.
SELECT s.company_id AS company, s.item_code || ' in ' || s.warehouse_code AS document, m.moved_on, m.on_hand,
    s.last_moved_on
FROM inventory.stock s
    JOIN (
        SELECT company_id, warehouse_code, item_code, moved_on,
            sum(sum(quantity)) OVER (PARTITION BY company_id, warehouse_code, item_code ORDER BY moved_on) AS on_hand,
            lead(moved_on) OVER (PARTITION BY company_id, warehouse_code, item_code ORDER BY moved_on) AS next_on
        FROM inventory.stock_move WHERE quantity <> 0 AND NOT in_transit
        GROUP BY company_id, warehouse_code, item_code, moved_on
    ) AS m ON m.company_id = s.company_id AND m.warehouse_code = s.warehouse_code AND m.item_code = s.item_code
WHERE m.on_hand < 0 AND NOT s.may_have_been_negative
    OR m.next_on IS NULL AND s.last_moved_on IS DISTINCT FROM m.moved_on
