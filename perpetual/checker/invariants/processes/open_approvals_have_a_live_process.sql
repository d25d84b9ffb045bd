-- What waits for a person's approval has a process that is alive, and waits for it.
SELECT a.company_id AS company, coalesce(a.document, a.id::text) AS document, a.subject, a.role, p.stage,
    p.outcome
FROM foundation.approval a
    LEFT JOIN foundation.process p ON p.id = a.process_id
WHERE a.status = 'open' AND (p.id IS NULL OR p.outcome IS NOT NULL)
