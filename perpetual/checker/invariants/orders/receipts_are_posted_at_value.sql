-- The value of a stock receipt is posted once, and is what the goods are worth.
SELECT r.company_id AS company, r.number AS document, r.value, coalesce(e.value, 0) AS posted
FROM inventory.stock_receipt r
    LEFT JOIN (
        -- What the goods are bought on, credited by all that they are worth.
        SELECT e.company_id, e.source_id, -min(l.base_amount) AS value
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'stock_receipt' AND l.base_amount < 0
        GROUP BY e.company_id, e.source_id
    ) AS e ON e.source_id = r.id AND e.company_id = r.company_id
WHERE r.value <> coalesce(e.value, 0)
