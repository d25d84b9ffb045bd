-- What a credit note has put on account is there, or was refunded.
SELECT c.company_id AS company, c.number AS document, c.on_account_amount,
    coalesce(-i.open_amount, 0) AS on_account, coalesce(r.amount, 0) AS refunded
FROM finance.credit_note c
    LEFT JOIN finance.open_item i ON i.credit_note_id = c.id
    LEFT JOIN (
        SELECT credit_note_id, sum(amount) AS amount FROM finance.refund GROUP BY credit_note_id
    ) AS r ON r.credit_note_id = c.id
WHERE c.on_account_amount <> coalesce(-i.open_amount, 0) + coalesce(r.amount, 0)
