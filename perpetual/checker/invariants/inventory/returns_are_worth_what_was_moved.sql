-- Goods that came back are worth what their lines say, and what is fit to be sold is what moved.
SELECT d.company_id AS company, d.number AS document, d.restocked_value, d.scrapped_value,
    d.adjustment_value, coalesce(l.cost, 0) AS cost_of_lines, coalesce(l.restocked_cost, 0) AS restocked_cost,
    coalesce(m.value, 0) AS moved_value, coalesce(l.quantity, 0) AS restocked_quantity,
    coalesce(m.quantity, 0) AS moved_quantity
FROM inventory.goods_return d
    LEFT JOIN (
        SELECT return_id, sum(cost) AS cost, sum(restocked_cost) AS restocked_cost,
            sum(quantity - scrapped_quantity) AS quantity
        FROM inventory.goods_return_line GROUP BY return_id
    ) AS l ON l.return_id = d.id
    LEFT JOIN (
        SELECT document_id, sum(value) AS value, sum(quantity) AS quantity
        FROM inventory.stock_move GROUP BY document_id
    ) AS m ON m.document_id = d.id
WHERE d.restocked_value - d.adjustment_value <> coalesce(m.value, 0)
    OR d.restocked_value <> coalesce(l.restocked_cost, 0)
    OR d.restocked_value + d.scrapped_value <> coalesce(l.cost, 0)
    OR coalesce(l.quantity, 0) <> coalesce(m.quantity, 0)
