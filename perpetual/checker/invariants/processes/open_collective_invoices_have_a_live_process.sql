-- A collective invoice that is not paid has a process that is alive or about to begin, which tells its orders.
-- One that was paid has none any more, also when the money is taken back.
SELECT i.company_id AS company, i.number AS document, i.process_id, sum(t.open_amount) AS open_amount,
    p.outcome
FROM receivables.invoice i
    JOIN ledger.open_item t ON t.document_id = i.id
    LEFT JOIN given_back g ON g.open_item_id = t.id
    LEFT JOIN foundation.process p ON p.id = i.process_id
WHERE i.order_id IS NULL AND i.process_id <> '' AND (p.outcome IS NOT NULL OR p.id IS NULL AND NOT EXISTS (
        SELECT FROM foundation.command c
        WHERE c.process_id = i.process_id AND c.number = 1 AND c.answered_at IS NULL))
GROUP BY i.company_id, i.number, i.process_id, p.outcome
HAVING abs(sum(t.open_amount)) > abs(coalesce(sum(g.amount), 0))
