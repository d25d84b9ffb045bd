-- A purchase order that waits for an approval, or for what was ordered, has a process that is alive.
SELECT o.company_id AS company, o.number AS document, o.status, p.stage, p.outcome
FROM procurement.purchase_order o
    LEFT JOIN foundation.process p ON p.id = o.company_id || '/procure_to_pay/' || o.id
WHERE (p.id IS NULL OR p.outcome IS NOT NULL)
    AND o.status IN ('held', 'placed')
