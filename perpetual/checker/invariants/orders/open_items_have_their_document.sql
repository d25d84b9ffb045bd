-- An open item is of a document that there is, of its number, party and currency.
-- Money on account comes from payments and credit notes, and from nothing else.
SELECT i.company_id AS company, i.document_number AS document, i.document_type, i.party_code, i.currency,
    d.number, d.party_code AS party_of_document, d.currency AS currency_of_document
FROM ledger.open_item i
    LEFT JOIN document d
        ON d.company_id = i.company_id AND d.posts_as = i.document_type AND d.id = i.document_id
WHERE d.id IS NULL OR d.number <> i.document_number OR d.currency <> i.currency
    OR i.on_account <> (i.document_type IN ('payment', 'credit_note'))
    OR (d.party_type, d.party_code) IS DISTINCT FROM (i.party_type, i.party_code)
