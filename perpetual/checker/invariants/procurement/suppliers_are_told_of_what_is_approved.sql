-- A supplier is told only of orders to which all have said yes who were asked, and its versions are numbered from one on.
SELECT v.company_id AS company, o.number AS document, v.version, v.position, a.status AS approval, a.role AS asked
FROM (
    SELECT id, company_id, order_id, version, row_number() OVER (PARTITION BY order_id ORDER BY version) AS position
    FROM procurement.purchase_order_version
) AS v
    JOIN procurement.purchase_order o ON o.id = v.order_id
    LEFT JOIN foundation.approval a ON a.process_id = o.company_id || '/procure_to_pay/' || o.id AND a.status <> 'approved'
WHERE a.id IS NOT NULL OR v.version <> v.position OR o.status = 'held'
