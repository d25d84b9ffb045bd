-- On every day the stock was worth what the ledger's inventory accounts said on it: what moved is what was posted.
SELECT coalesce(m.company_id, l.company_id) AS company, 'inventory' AS document, coalesce(m.day, l.day) AS day,
    coalesce(m.value, 0) AS moved_value, coalesce(l.value, 0) AS posted_value
FROM (
    SELECT company_id, moved_on AS day, sum(value) AS value FROM inventory.stock_move GROUP BY company_id, moved_on
) AS m
    FULL JOIN (
        SELECT l.company_id, l.posted_on AS day, sum(l.base_amount) AS value
        FROM ledger.journal_line l
            JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
        WHERE a.subledger = 'inventory'
        GROUP BY l.company_id, l.posted_on
    ) AS l ON l.company_id = m.company_id AND l.day = m.day
WHERE coalesce(m.value, 0) <> coalesce(l.value, 0)
