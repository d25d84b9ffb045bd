-- A blocked invoice is posted when it is released and not before, less its credit notes; until then its process is alive.
SELECT b.company_id AS company, b.number AS document, b.status, i.number AS posted_as,
    b.total_amount, b.credited_amount, c.total_amount AS of_credits, i.total_amount AS posted_amount, p.outcome
FROM payables.blocked_invoice b
    LEFT JOIN payables.supplier_invoice i ON i.id = b.id
    LEFT JOIN (
        SELECT invoice_id, sum(total_amount) AS total_amount FROM payables.supplier_credit GROUP BY invoice_id
    ) AS c ON c.invoice_id = b.id
    LEFT JOIN foundation.process p ON p.id = b.process_id
WHERE (b.status = 'posted') <> (i.id IS NOT NULL)
    OR b.credited_amount <> coalesce(c.total_amount, 0)
    OR (i.id IS NOT NULL AND (i.total_amount + i.credited_amount <> b.total_amount
        OR i.credited_amount <> b.credited_amount OR i.supplier_code <> b.supplier_code
        OR i.supplier_number <> b.supplier_number OR i.order_id <> b.order_id))
    OR (b.status = 'blocked' AND (p.id IS NULL OR p.outcome IS NOT NULL))
