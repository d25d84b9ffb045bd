-- The reversal of a stock document moves back all that the document moved, item by item, and nothing else.
-- What was sold of a landed cost before it was taken back is looked at by itself.
SELECT r.company_id AS company, r.number || ' of ' || r.document_number AS document, m.item_code, m.warehouse_code,
    m.quantity AS quantity_left_over, m.value AS value_left_over
FROM ledger.reversal r
    JOIN (
        SELECT x.id, m.item_code, m.warehouse_code, m.line_number, sum(m.quantity) AS quantity, sum(m.value) AS value,
            bool_or((m.kind = 'reversal') <> (m.document_id = x.id)) AS is_wrong
        FROM ledger.reversal x
            JOIN inventory.stock_move m ON m.company_id = x.company_id AND m.document_id IN (x.id, x.document_id)
                AND NOT (x.document_type = 'landed_cost' AND m.document_id = x.id AND m.kind = 'settlement')
        GROUP BY x.id, m.item_code, m.warehouse_code, m.line_number
    ) AS m ON m.id = r.id
WHERE m.quantity <> 0 OR m.value <> 0 OR m.is_wrong
