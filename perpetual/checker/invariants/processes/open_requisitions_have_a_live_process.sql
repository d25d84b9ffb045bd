-- A requisition that is not ordered yet has a process that is alive; one that has ended has none.
SELECT r.company_id AS company, r.number AS document, r.status, p.stage, p.outcome
FROM procurement.purchase_requisition r
    LEFT JOIN foundation.process p ON p.id = r.company_id || '/purchase_requisition/' || r.id
WHERE p.id IS NULL OR (r.status IN ('entered', 'submitted', 'approved')) <> (p.outcome IS NULL)
