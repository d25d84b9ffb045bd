-- A request for leave that is not decided yet has a process that is alive; one that is has none.
SELECT r.company_id AS company, r.number AS document, r.status, p.stage, p.outcome
FROM hr.leave_request r
    LEFT JOIN foundation.process p ON p.id = r.company_id || '/leave_request/' || r.id
WHERE (r.status <> 'requested' AND p.id IS NULL) OR (r.status IN ('requested', 'submitted')) <> (p.outcome IS NULL)
