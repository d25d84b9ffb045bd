-- An entry that no person wrote names a document that there is.
SELECT e.company_id AS company, e.number AS document, e.source_type, e.source_id
FROM ledger.journal_entry e
    LEFT JOIN document d ON d.id = e.source_id AND d.company_id = e.company_id AND d.posts_as = e.source_type
WHERE d.id IS NULL AND e.source_type <> 'manual'
