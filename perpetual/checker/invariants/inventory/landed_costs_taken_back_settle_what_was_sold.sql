-- When a landed cost is taken back, what had left with goods since comes off the cost of goods sold.
-- The stock has it again: at most what it had added to it.
SELECT r.company_id AS company, r.number || ' of ' || r.document_number AS document, d.stock_value,
    coalesce(m.value, 0) AS settled, coalesce(e.value, 0) AS posted_to_inventory, coalesce(e.cost, 0) AS posted_to_cost
FROM ledger.reversal r
    JOIN inventory.landed_cost d ON d.id = r.document_id
    LEFT JOIN (
        SELECT document_id, sum(value) AS value FROM inventory.stock_move WHERE kind = 'settlement' GROUP BY document_id
    ) AS m ON m.document_id = r.id
    LEFT JOIN (
        SELECT e.source_id, sum(l.base_amount) FILTER (WHERE a.role = 'inventory') AS value,
            -sum(l.base_amount) FILTER (WHERE a.role = 'cost_of_goods_sold') AS cost
        FROM ledger.journal_entry e
            JOIN ledger.journal_line l ON l.entry_id = e.id
            JOIN ledger.account_role a ON a.company_id = l.company_id AND a.account_code = l.account_code
        WHERE e.source_type = 'reversal' AND e.purpose = 'sold since'
        GROUP BY e.source_id
    ) AS e ON e.source_id = r.id
WHERE r.document_type = 'landed_cost'
    AND (coalesce(m.value, 0) NOT BETWEEN 0 AND d.stock_value OR coalesce(m.value, 0) <> coalesce(e.value, 0)
        OR coalesce(m.value, 0) <> coalesce(e.cost, 0))
