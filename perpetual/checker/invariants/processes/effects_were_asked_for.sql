-- Each document was asked for: the operation that wrote it is in the log.
SELECT t.company_id AS company, t.number AS document, t.kind, t.id
FROM there t LEFT JOIN asked a ON a.company_id = t.company_id AND a.kind = t.kind AND a.id = t.id::text
WHERE a.id IS NULL
