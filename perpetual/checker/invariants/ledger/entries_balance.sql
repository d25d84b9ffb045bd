-- Every journal entry adds up to zero, in its own currency and in the company's.
SELECT e.company_id AS company, e.number AS document, e.currency, l.difference, l.base_difference
FROM (
    SELECT entry_id, sum(amount) AS difference, sum(base_amount) AS base_difference
    FROM ledger.journal_line GROUP BY entry_id
) AS l
JOIN ledger.journal_entry e ON e.id = l.entry_id
WHERE l.difference <> 0 OR l.base_difference <> 0
