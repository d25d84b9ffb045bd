-- No less than nothing is on hand or reserved, and no more is reserved than is on hand, unless it may be.
SELECT company_id AS company, item_code || ' in ' || warehouse_code AS document, on_hand, reserved
FROM inventory.stock
WHERE reserved < 0 OR (NOT allows_negative AND (on_hand < 0 OR reserved > on_hand))
