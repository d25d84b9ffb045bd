-- A collective invoice that is not paid has a process that is alive, which tells its orders.
-- One that was paid has none any more, also when the money is taken back.
SELECT i.company_id AS company, i.number AS document, i.process_id, sum(t.open_amount) AS open_amount,
    p.outcome
FROM receivables.invoice i
    JOIN ledger.open_item t ON t.document_id = i.id
    LEFT JOIN given_back g ON g.open_item_id = t.id
    LEFT JOIN foundation.process p ON p.id = i.process_id
WHERE i.order_id IS NULL AND (p.id IS NULL OR p.outcome IS NOT NULL)
GROUP BY i.company_id, i.number, i.process_id, p.outcome
HAVING abs(sum(t.open_amount)) > abs(coalesce(sum(g.amount), 0))
