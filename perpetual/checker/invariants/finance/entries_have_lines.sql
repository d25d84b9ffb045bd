-- Every journal entry has lines.
SELECT e.company_id AS company, e.number AS document, e.text
FROM finance.journal_entry e
WHERE NOT EXISTS (SELECT FROM finance.journal_line l WHERE l.entry_id = e.id)
