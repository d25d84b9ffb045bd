-- No order waits for money that has come, for goods that are set aside, or for an invoice that is written.
-- Only asked for with --at-rest: news is on its way for a moment.
SELECT p.company_id AS company, coalesce(p.document, p.id) AS document, p.stage, p.waiting_on,
    coalesce(i.open_amount, 0) AS open_amount, coalesce(r.short, 0) AS short, coalesce(d.due, 0) AS due
FROM foundation.process p
    JOIN sales.sales_order o ON p.id = o.company_id || '/order_to_cash/' || o.id
    LEFT JOIN (
        SELECT i.order_id, sum(t.open_amount) AS open_amount
        FROM still_charged i JOIN ledger.open_item t ON t.document_id = i.invoice_id
        WHERE NOT i.is_collective OR i.left_amount > 0
        GROUP BY i.order_id
    ) AS i ON i.order_id = o.id
    LEFT JOIN (
        SELECT order_id, sum(short_quantity) AS short FROM inventory.reservation GROUP BY order_id
    ) AS r ON r.order_id = o.id
    LEFT JOIN (
        SELECT order_id, count(*) AS due FROM receivables.billing_due
        WHERE invoice_id IS NULL AND withdrawn_quantity < quantity GROUP BY order_id
    ) AS d ON d.order_id = o.id
WHERE p.outcome IS NULL AND p.exception IS NULL
    AND (p.stage = 'waiting for payment' AND coalesce(i.open_amount, 0) = 0
        OR p.stage = 'waiting for stock' AND coalesce(r.short, 0) = 0
        OR p.stage = 'waiting for the collective invoice' AND coalesce(d.due, 0) = 0)
UNION ALL
SELECT p.company_id, coalesce(p.document, p.id), p.stage, p.waiting_on, sum(t.open_amount), 0, 0
FROM foundation.process p
    JOIN receivables.invoice i ON i.process_id = p.id AND i.order_id IS NULL
    JOIN ledger.open_item t ON t.document_id = i.id
WHERE p.outcome IS NULL AND p.exception IS NULL
GROUP BY p.id HAVING sum(t.open_amount) = 0
