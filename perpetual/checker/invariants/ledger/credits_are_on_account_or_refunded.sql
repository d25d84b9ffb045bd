-- What a credit note has put on account is there, was used for another document, refunded, or written off.
-- Nothing of one that was reversed is anywhere.
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
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'write_off' GROUP BY money_id
    ) AS w ON w.money_id = c.id
    LEFT JOIN standing_credit_note n ON n.id = c.id
WHERE CASE WHEN n.id IS NULL THEN 0 ELSE c.on_account_amount END
    <> coalesce(-i.open_amount, 0) + coalesce(a.amount, 0) + coalesce(r.amount, 0) + coalesce(w.amount, 0)
