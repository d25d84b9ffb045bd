-- An invoice's instalment is open by its amount less what was settled of it.
SELECT i.company_id AS company, v.number AS document, i.due_on, i.amount, i.open_amount,
    coalesce(s.amount, 0) AS settled, i.base_amount, i.base_open_amount,
    coalesce(s.base_amount, 0) AS base_settled
FROM ledger.open_item i
    JOIN receivables.invoice v ON v.id = i.invoice_id
    LEFT JOIN (
        SELECT open_item_id, sum(amount) AS amount, sum(base_amount) AS base_amount
        FROM ledger.settlement GROUP BY open_item_id
    ) AS s ON s.open_item_id = i.id
WHERE i.open_amount <> i.amount - coalesce(s.amount, 0)
    OR i.base_open_amount <> i.base_amount - coalesce(s.base_amount, 0)
