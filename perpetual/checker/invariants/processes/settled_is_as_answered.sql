-- What a payment or a credit note has settled is what was answered each time that its money was used.
SELECT p.company_id AS company, p.number AS document, coalesce(a.amount, 0) AS answered,
    coalesce(s.amount, 0) AS written
FROM (
    SELECT company_id, id, number FROM ledger.payment
    UNION ALL SELECT company_id, id, number FROM receivables.credit_note
) AS p
    LEFT JOIN (
        SELECT money_id, sum(amount) AS amount FROM (
            SELECT coalesce(o.request ->> 'payment_id', o.request ->> 'credit_note_id') AS money_id,
                (x ->> 'settled_amount')::numeric AS amount
            FROM foundation.operation o, jsonb_array_elements(o.answer -> 'settled') AS x
            WHERE o.status = 'applied'
                AND o.name IN ('ledger.post_payment', 'ledger.allocate_payment', 'banking.post_line')
            UNION ALL
            SELECT x ->> 'credit_note_id', (x -> 'settled' ->> 'settled_amount')::numeric
            FROM foundation.operation o, jsonb_array_elements(o.answer -> 'set_off') AS x
            WHERE o.status = 'applied' AND o.answer -> 'set_off' IS NOT NULL
        ) AS told
        GROUP BY 1
    ) AS a ON a.money_id = p.id::text
    LEFT JOIN (
        -- Not what it takes from the account, nor what was taken back later.
        SELECT s.money_id, sum(s.amount) AS amount
        FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
        WHERE s.source_type IN ('payment', 'allocation') AND i.document_id <> s.money_id
        GROUP BY s.money_id
    ) AS s ON s.money_id = p.id
WHERE coalesce(a.amount, 0) <> coalesce(s.amount, 0)
