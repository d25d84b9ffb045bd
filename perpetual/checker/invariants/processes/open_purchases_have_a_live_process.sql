-- A purchase order that waits for an approval, or for goods, has a process that is alive.
SELECT o.company_id AS company, o.number AS document, o.status, p.stage, p.outcome
FROM procurement.purchase_order o
    LEFT JOIN foundation.process p ON p.id = o.company_id || '/procure_to_pay/' || o.id
WHERE (p.id IS NULL OR p.outcome IS NOT NULL)
    AND (o.status = 'held' OR (o.status = 'placed'
        AND EXISTS (SELECT FROM procurement.purchase_order_line l WHERE l.order_id = o.id AND l.is_stocked)))
