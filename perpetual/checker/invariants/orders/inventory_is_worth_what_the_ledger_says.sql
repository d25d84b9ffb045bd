-- What is in stock is worth what the ledger's inventory accounts say.
SELECT c.code AS company, 'inventory' AS document, coalesce(v.value, 0) AS value,
    coalesce(j.amount, 0) AS in_the_ledger
FROM master_data.company c
    LEFT JOIN (
        SELECT company_id, sum(value) AS value FROM inventory.item_valuation GROUP BY company_id
    ) AS v ON v.company_id = c.code
    LEFT JOIN (
        SELECT l.company_id, sum(l.base_amount) AS amount
        FROM ledger.journal_line l
            JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
        WHERE a.subledger = 'inventory'
        GROUP BY l.company_id
    ) AS j ON j.company_id = c.code
WHERE coalesce(v.value, 0) <> coalesce(j.amount, 0)
