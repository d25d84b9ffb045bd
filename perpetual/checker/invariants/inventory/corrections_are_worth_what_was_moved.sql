-- Counts, scrapped goods, write-downs, price corrections and landed costs are worth what their lines say, and what they moved.
WITH correction AS (
    SELECT company_id, id, number, 'count' AS kind, value FROM inventory.stock_count
    UNION ALL SELECT company_id, id, number, 'scrap', -value FROM inventory.scrapping
    UNION ALL SELECT company_id, id, number, 'write_down', value - value_before FROM inventory.write_down
    UNION ALL SELECT company_id, id, number, 'price_correction', stock_value FROM inventory.price_correction
    UNION ALL SELECT company_id, id, number, 'landed_cost', stock_value FROM inventory.landed_cost
), line AS (
    SELECT count_id AS id, line_number, item_code, value, stock_quantity - book_quantity AS quantity
    FROM inventory.stock_count_line
    UNION ALL SELECT scrapping_id, line_number, item_code, -value, -stock_quantity FROM inventory.scrapping_line
    UNION ALL SELECT correction_id, line_number, item_code, stock_value, 0 FROM inventory.price_correction_line
    UNION ALL SELECT landed_cost_id, line_number, item_code, stock_value, 0 FROM inventory.landed_cost_line
    UNION ALL SELECT id, 1, item_code, value - value_before, 0 FROM inventory.write_down
)
SELECT c.company_id AS company, c.number AS document, c.kind, c.value, coalesce(x.value, 0) AS value_of_lines,
    coalesce(x.moved, 0) AS moved_value, coalesce(x.differing_lines, 0) AS differing_lines
FROM correction c
    LEFT JOIN (
        SELECT coalesce(l.id, m.document_id) AS id, sum(l.value) AS value, sum(m.value) AS moved,
            count(*) FILTER (WHERE l.item_code <> m.item_code OR coalesce(l.quantity, 0) <> coalesce(m.quantity, 0)
                OR coalesce(l.value, 0) <> coalesce(m.value, 0)) AS differing_lines
        FROM line l
            FULL JOIN (
                SELECT document_id, line_number, item_code, sum(quantity) AS quantity, sum(value) AS value
                FROM inventory.stock_move 
                WHERE kind IN ('count', 'scrap', 'write_down', 'price_correction', 'landed_cost')
                GROUP BY document_id, line_number, item_code
            ) AS m ON m.document_id = l.id AND m.line_number = l.line_number
        GROUP BY 1
    ) AS x ON x.id = c.id
WHERE c.value <> coalesce(x.value, 0) OR c.value <> coalesce(x.moved, 0) OR x.differing_lines > 0
