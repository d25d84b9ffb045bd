-- Every journal entry has lines.
SELECT e.company_id AS company, e.number AS document, e.text
FROM ledger.journal_entry e
WHERE NOT EXISTS (SELECT FROM ledger.journal_line l WHERE l.entry_id = e.id)
