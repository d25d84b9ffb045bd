-- A payroll run that has not ended has a process that is alive; one that has ended has none.
SELECT r.company_id AS company, r.number AS document, r.status, p.stage, p.outcome
FROM payroll.payroll_run r
    LEFT JOIN foundation.process p ON p.id = r.company_id || '/payroll_run/' || r.id
WHERE p.id IS NULL OR (r.status IN ('open', 'submitted', 'released')) <> (p.outcome IS NULL)
