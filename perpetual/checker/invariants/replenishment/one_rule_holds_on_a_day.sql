-- One reorder rule that is not blocked holds for an item in a warehouse on any day.
SELECT a.company_id AS company, a.code AS document, b.code AS other, a.item_code, a.warehouse_code
FROM replenishment.reorder_rule a
    JOIN replenishment.reorder_rule b ON b.company_id = a.company_id AND b.item_code = a.item_code
        AND b.warehouse_code = a.warehouse_code AND b.code > a.code
        AND daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')
WHERE NOT a.blocked AND NOT b.blocked
