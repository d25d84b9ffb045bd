-- A shipment's lines and cost are what its goods moved, line by line.
SELECT d.company_id AS company, d.number AS document, d.cost, coalesce(x.cost, 0) AS cost_of_lines,
    coalesce(x.moved_value, 0) AS moved_value, coalesce(x.differing_lines, 0) AS differing_lines
FROM inventory.shipment d
    LEFT JOIN (
        SELECT coalesce(l.shipment_id, m.document_id) AS shipment_id, sum(coalesce(l.cost, 0)) AS cost,
            -sum(coalesce(m.value, 0)) AS moved_value,
            count(*) FILTER (WHERE l.quantity IS DISTINCT FROM -m.quantity
                OR l.cost IS DISTINCT FROM -m.value OR l.item_code <> m.item_code) AS differing_lines
        FROM inventory.shipment_line l
            FULL JOIN (
                SELECT document_id, line_number, item_code, sum(quantity) AS quantity, sum(value) AS value
                FROM inventory.stock_move WHERE kind = 'issue' GROUP BY document_id, line_number, item_code
            ) AS m ON m.document_id = l.shipment_id AND m.line_number = l.line_number
        GROUP BY 1
    ) AS x ON x.shipment_id = d.id
WHERE d.cost <> coalesce(x.cost, 0) OR d.cost <> coalesce(x.moved_value, 0) OR x.differing_lines > 0
