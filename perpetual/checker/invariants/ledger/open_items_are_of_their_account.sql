-- An open item is on a control account of its side, and has a party; goods received may be of nobody in particular.
SELECT i.company_id AS company, i.document_number AS document, i.side, i.account_code, a.subledger, i.party_code
FROM ledger.open_item i
    LEFT JOIN ledger.account a ON a.company_id = i.company_id AND a.code = i.account_code
WHERE a.subledger IS DISTINCT FROM i.side
    OR i.side <> 'goods_received' AND (i.party_type IS NULL OR i.party_code IS NULL)
