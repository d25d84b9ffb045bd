-- An item is open by its amount less all that was settled of it, in its currency, in the company's, and in quantity.
SELECT i.company_id AS company, i.document_number AS document, i.due_on, i.amount, i.open_amount,
    coalesce(s.amount, 0) AS settled, i.base_amount, i.base_open_amount,
    coalesce(s.base_amount, 0) AS base_settled, i.quantity, i.open_quantity, s.quantity AS settled_quantity
FROM ledger.open_item i
    LEFT JOIN (
        SELECT open_item_id, sum(amount) AS amount, sum(base_amount) AS base_amount, sum(quantity) AS quantity
        FROM ledger.settlement GROUP BY open_item_id
    ) AS s ON s.open_item_id = i.id
WHERE i.open_amount <> i.amount - coalesce(s.amount, 0)
    OR i.base_open_amount <> i.base_amount - coalesce(s.base_amount, 0)
    OR i.open_quantity IS DISTINCT FROM i.quantity - coalesce(s.quantity, 0)
