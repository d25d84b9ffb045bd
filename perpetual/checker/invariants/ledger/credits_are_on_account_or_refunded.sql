-- What a credit note has put on account is there, has settled another invoice, or was refunded.
-- Where the other invoice is in another currency, what was used is a matter of two rates: the ledger tells.
SELECT c.company_id AS company, c.number AS document, c.on_account_amount,
    coalesce(-i.open_amount, 0) AS on_account, coalesce(s.used, 0) AS used, coalesce(r.amount, 0) AS refunded
FROM receivables.credit_note c
    LEFT JOIN ledger.open_item i ON i.credit_note_id = c.id
    LEFT JOIN (
        SELECT s.credit_note_id, sum(s.amount - s.discount_amount - s.written_off_amount) AS used,
            array_agg(DISTINCT o.currency) AS currencies
        FROM ledger.settlement s
            JOIN ledger.open_item o ON o.id = s.open_item_id
            JOIN receivables.credit_note n ON n.id = s.credit_note_id AND n.invoice_id <> o.invoice_id
        GROUP BY s.credit_note_id
    ) AS s ON s.credit_note_id = c.id
    LEFT JOIN (
        SELECT credit_note_id, sum(amount) AS amount FROM ledger.refund GROUP BY credit_note_id
    ) AS r ON r.credit_note_id = c.id
WHERE coalesce(s.currencies, ARRAY[c.currency]) = ARRAY[c.currency]
    AND c.on_account_amount
        <> coalesce(-i.open_amount, 0) + coalesce(s.used, 0) + coalesce(r.amount, 0)
