-- A payment has settled what it was used for; the rest of it is on account, was refunded, or written off.
-- Nothing of one that was reversed is anywhere.
-- Where it settled an invoice in another currency, what was used is a matter of two rates: the ledger tells.
SELECT p.company_id AS company, p.number AS document, p.currency, p.amount, x.number AS reversed_by,
    coalesce(s.used, 0) AS used, coalesce(a.amount, 0) AS used_later, coalesce(-i.open_amount, 0) AS on_account,
    coalesce(r.amount, 0) AS refunded
FROM ledger.payment p
    LEFT JOIN (
        SELECT document_id, sum(open_amount) AS open_amount FROM ledger.open_item
        WHERE document_type = 'payment' GROUP BY document_id
    ) AS i ON i.document_id = p.id
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'allocation' GROUP BY money_id
    ) AS a ON a.money_id = p.id
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'refund' GROUP BY money_id
    ) AS r ON r.money_id = p.id
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM used_money WHERE kind = 'write_off' GROUP BY money_id
    ) AS w ON w.money_id = p.id
    LEFT JOIN (
        -- As it came, and what of that was reversed.
        SELECT coalesce(o.source_id, s.source_id) AS payment_id,
            sum(s.amount - s.discount_amount - s.written_off_amount) AS used,
            array_agg(DISTINCT i.currency) AS currencies
        FROM ledger.settlement s
            JOIN ledger.open_item i ON i.id = s.open_item_id
            LEFT JOIN ledger.settlement o ON o.id = s.reverses_id
        -- Until the day of what it pays it is on account, and taken from there: that is no use of it.
        WHERE coalesce(o.source_type, s.source_type) = 'payment'
            AND i.document_id <> coalesce(o.source_id, s.source_id)
        GROUP BY 1
    ) AS s ON s.payment_id = p.id
    LEFT JOIN ledger.reversal x ON x.document_type = 'payment' AND x.document_id = p.id
WHERE coalesce(s.currencies, ARRAY[p.currency]) = ARRAY[p.currency]
    AND CASE WHEN x.id IS NULL THEN p.amount ELSE 0 END
        <> coalesce(s.used, 0) + coalesce(a.amount, 0) - coalesce(i.open_amount, 0) + coalesce(r.amount, 0)
            + coalesce(w.amount, 0)
