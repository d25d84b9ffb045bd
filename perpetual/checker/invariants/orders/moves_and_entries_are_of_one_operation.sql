-- Each stock move and its entry carry their operation's key: its moves are worth what it posted to inventory.
-- No move and no line on an inventory account is without the key of an operation that the log says was applied.
SELECT coalesce(m.company_id, l.company_id) AS company, coalesce(m.key, l.key, 'no operation') AS document, o.name,
    o.status, coalesce(m.value, 0) AS moved_value, coalesce(l.value, 0) AS posted_value
FROM (
    SELECT company_id, operation_key AS key, sum(value) AS value FROM inventory.stock_move
    GROUP BY company_id, operation_key
) AS m
    FULL JOIN (
        SELECT e.company_id, e.operation_key AS key, sum(l.base_amount) AS value
        FROM ledger.journal_line l
            JOIN ledger.journal_entry e ON e.id = l.entry_id
            JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
        WHERE a.subledger = 'inventory'
        GROUP BY e.company_id, e.operation_key
    ) AS l ON l.company_id = m.company_id AND l.key = m.key
    LEFT JOIN foundation.operation o ON o.key = coalesce(m.key, l.key)
        AND o.company_id = coalesce(m.company_id, l.company_id)
WHERE (coalesce(m.value, 0) = coalesce(l.value, 0) AND o.status = 'applied') IS NOT TRUE
