-- What was taken of money on account: to settle a document, to pay it back, or as a small difference (`used_money_ever`); and what of it
-- was not reversed (`used_money`). Every invariant may name the two tables.
used_money_ever AS (
    SELECT 'allocation' AS kind, company_id, id, money_number AS number, money_type, money_id, party_type, party_code,
        currency, amount, NULL::uuid AS open_item_id
    FROM ledger.allocation
    UNION ALL
    SELECT 'refund', company_id, id, number, money_type, money_id, party_type, party_code, currency, amount,
        open_item_id
    FROM ledger.refund
    UNION ALL
    SELECT 'write_off', company_id, id, number, document_type, document_id, 'customer', customer_code, currency,
        -amount, NULL
    FROM receivables.write_off WHERE document_type IN ('payment', 'credit_note')
), used_money AS (
    SELECT u.* FROM used_money_ever u
    WHERE NOT EXISTS (
        SELECT FROM ledger.reversal x
        WHERE x.company_id = u.company_id AND x.document_type = u.kind AND x.document_id = u.id)
)
