-- A refund, an allocation or a write-off of money takes from the account what it says, of the payment or credit note that it names.
SELECT u.company_id AS company, u.number AS document, u.kind, u.amount, u.party_code,
    i.party_code AS party_of_money, -i.amount AS was_on_account, s.amount AS taken
FROM used_money_ever u
    LEFT JOIN ledger.settlement s ON s.source_type = u.kind AND s.source_id = u.id
        AND s.company_id = u.company_id AND s.open_item_id IN (
            SELECT id FROM ledger.open_item WHERE document_id = u.money_id)
    LEFT JOIN ledger.open_item i ON i.id = coalesce(u.open_item_id, s.open_item_id)
        AND i.company_id = u.company_id
WHERE (i.party_type = u.party_type AND i.party_code = u.party_code AND i.currency = u.currency
    AND u.amount <= -i.amount AND i.document_type = u.money_type AND i.document_id = u.money_id
    AND s.open_item_id = i.id AND s.amount = -u.amount AND s.money_id = u.money_id) IS NOT TRUE
