-- A payment has settled what it was used for; the rest of it is on account, or was refunded.
-- Where the invoice is in another currency, what was used is a matter of two rates: the ledger tells.
SELECT p.company_id AS company, p.number AS document, p.currency, p.amount, coalesce(s.used, 0) AS used,
    coalesce(-i.open_amount, 0) AS on_account, coalesce(r.amount, 0) AS refunded
FROM ledger.payment p
    LEFT JOIN ledger.open_item i ON i.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(amount) AS amount FROM ledger.refund GROUP BY payment_id
    ) AS r ON r.payment_id = p.id
    LEFT JOIN (
        SELECT s.payment_id, sum(s.amount - s.discount_amount - s.written_off_amount) AS used,
            array_agg(DISTINCT i.currency) AS currencies
        FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
        GROUP BY s.payment_id
    ) AS s ON s.payment_id = p.id
WHERE coalesce(s.currencies, ARRAY[p.currency]) = ARRAY[p.currency]
    AND p.amount <> coalesce(s.used, 0) - coalesce(i.open_amount, 0) + coalesce(r.amount, 0)
