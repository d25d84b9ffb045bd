-- What goes back to a supplier has been taken in at what its lines say, and leaves at what it moves.
SELECT d.company_id AS company, d.number AS document, d.value, coalesce(l.value, 0) AS value_of_lines, d.cost,
    coalesce(l.cost, 0) AS cost_of_lines, -coalesce(m.value, 0) AS moved_value,
    coalesce(l.quantity, 0) AS quantity, -coalesce(m.quantity, 0) AS moved_quantity
FROM inventory.vendor_return d
    LEFT JOIN (
        SELECT return_id, sum(value) AS value, sum(cost) AS cost, sum(stock_quantity) AS quantity
        FROM inventory.vendor_return_line GROUP BY return_id
    ) AS l ON l.return_id = d.id
    LEFT JOIN (
        SELECT document_id, sum(value) AS value, sum(quantity) AS quantity
        FROM inventory.stock_move WHERE kind = 'vendor_return' GROUP BY document_id
    ) AS m ON m.document_id = d.id
WHERE (d.value = l.value AND d.cost = l.cost AND d.cost = -m.value AND l.quantity = -m.quantity) IS NOT TRUE
