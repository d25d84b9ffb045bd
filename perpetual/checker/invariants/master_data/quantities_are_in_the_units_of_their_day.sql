-- What a receipt, count, scrapping or transfer moves is its quantity times what its unit was on its day.
SELECT d.company_id AS company, d.number AS document, d.line_number AS line, d.item_code AS item, d.quantity,
    d.unit, d.stock_quantity, f.factor
FROM (
    SELECT h.company_id, h.number, h.received_on AS moved_on, h.recorded_at, l.line_number, l.item_code,
        l.quantity, l.unit, l.stock_quantity
    FROM inventory.stock_receipt h JOIN inventory.stock_receipt_line l ON l.receipt_id = h.id
    UNION ALL SELECT h.company_id, h.number, h.counted_on, h.recorded_at, l.line_number, l.item_code,
        l.quantity, l.unit, l.stock_quantity
    FROM inventory.stock_count h JOIN inventory.stock_count_line l ON l.count_id = h.id
    UNION ALL SELECT h.company_id, h.number, h.scrapped_on, h.recorded_at, l.line_number, l.item_code,
        l.quantity, l.unit, l.stock_quantity
    FROM inventory.scrapping h JOIN inventory.scrapping_line l ON l.scrapping_id = h.id
    UNION ALL SELECT h.company_id, h.number, h.transferred_on, h.recorded_at, l.line_number, l.item_code,
        l.quantity, l.unit, l.stock_quantity
    FROM inventory.stock_transfer h JOIN inventory.stock_transfer_line l ON l.transfer_id = h.id
) AS d
    JOIN master_data.item i ON i.company_id = d.company_id AND i.code = d.item_code
    LEFT JOIN LATERAL (
        SELECT x.units FROM master_data.item_change x
        WHERE x.company_id = d.company_id AND x.code = d.item_code AND x.valid_from <= d.moved_on
        ORDER BY x.valid_from DESC LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
        SELECT 1::numeric AS factor WHERE d.unit = i.unit
        UNION ALL SELECT (u ->> 'factor')::numeric
        FROM jsonb_array_elements(coalesce(c.units, i.units)) AS u WHERE u ->> 'unit' = d.unit
    ) AS f ON true
-- Of an item that was changed since, nobody can tell what was known of the day then.
WHERE (d.unit = i.unit OR i.changed_at < d.recorded_at - interval '1 minute')
    AND (f.factor IS NULL OR abs(d.stock_quantity - d.quantity * f.factor) > 0.000001)
