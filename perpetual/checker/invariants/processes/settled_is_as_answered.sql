-- What a payment has settled is what was answered each time that it was used.
SELECT p.company_id AS company, p.number AS document, coalesce(a.amount, 0) AS answered,
    coalesce(s.amount, 0) AS written
FROM ledger.payment p
    LEFT JOIN (
        SELECT (o.request ->> 'payment_id')::uuid AS payment_id, sum((x ->> 'settled_amount')::numeric) AS amount
        FROM foundation.operation o, jsonb_array_elements(o.answer -> 'settled') AS x
        WHERE o.status = 'applied' AND o.name IN ('ledger.post_payment', 'ledger.allocate_payment')
        GROUP BY 1
    ) AS a ON a.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(amount) AS amount FROM ledger.settlement GROUP BY payment_id
    ) AS s ON s.payment_id = p.id
WHERE coalesce(a.amount, 0) <> coalesce(s.amount, 0)
