-- What settles an item is a document that there is, with money that there is, both of the item's party and company.
SELECT s.company_id AS company, s.source_number AS document, s.source_type, s.amount, s.money_type,
    i.document_number AS settled, i.party_code AS party_of_item, d.party_code AS party, m.party_code AS party_of_money
FROM ledger.settlement s
    LEFT JOIN ledger.open_item i ON i.id = s.open_item_id AND i.company_id = s.company_id
    LEFT JOIN document d ON d.posts_as = s.source_type AND d.id = s.source_id AND d.company_id = s.company_id
        AND d.number = s.source_number
    LEFT JOIN document m ON m.posts_as = s.money_type AND m.id = s.money_id AND m.company_id = s.company_id
WHERE i.id IS NULL OR d.id IS NULL OR s.money_id IS NOT NULL AND m.id IS NULL
    OR d.kind <> 'reversal' AND (d.party_type, d.party_code) IS DISTINCT FROM (i.party_type, i.party_code)
    OR (m.party_type, m.party_code) <> (i.party_type, i.party_code)
