-- What a credit note has put on account is there, was used for another document, or was refunded.
SELECT c.company_id AS company, c.number AS document, c.on_account_amount,
    coalesce(-i.open_amount, 0) AS on_account, coalesce(a.amount, 0) AS used, coalesce(r.amount, 0) AS refunded
FROM receivables.credit_note c
    LEFT JOIN (
        SELECT document_id, sum(open_amount) AS open_amount FROM ledger.open_item
        WHERE document_type = 'credit_note' GROUP BY document_id
    ) AS i ON i.document_id = c.id
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'allocation' GROUP BY money_id
    ) AS a ON a.money_id = c.id
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'refund' GROUP BY money_id
    ) AS r ON r.money_id = c.id
WHERE c.on_account_amount
    <> coalesce(-i.open_amount, 0) + coalesce(a.amount, 0) + coalesce(r.amount, 0)
