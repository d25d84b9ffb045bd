-- A process has ended as its order did: closed, cancelled, or refused.
SELECT p.company_id AS company, coalesce(p.document, o.number) AS document, p.outcome, p.closed_at, o.status
FROM foundation.process p
    JOIN sales.sales_order o ON p.id = o.company_id || '/order_to_cash/' || o.id
WHERE p.outcome IS NOT NULL AND (p.closed_at IS NULL
    OR (p.outcome = 'closed') <> (o.status = 'closed')
    OR (p.outcome IN ('cancelled', 'rejected', 'refused')) <> (o.status IN ('cancelled', 'rejected')))
