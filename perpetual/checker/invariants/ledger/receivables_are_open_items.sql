-- The receivables accounts are what is open on invoices and dunning letters, party by party.
SELECT coalesce(j.company_id, i.company_id) AS company, coalesce(j.party, i.party) AS document,
    coalesce(j.amount, 0) AS in_the_ledger, coalesce(i.amount, 0) AS open_on_documents
FROM (
    SELECT company_id, concat_ws(' ', party_type, party_code) AS party, sum(base_amount) AS amount
    FROM ledger.journal_line l
    WHERE EXISTS (
        SELECT FROM ledger.account_role r
        WHERE r.company_id = l.company_id AND r.account_code = l.account_code AND r.role = 'receivable')
    GROUP BY 1, 2
) AS j
FULL JOIN (
    SELECT company_id, concat_ws(' ', party_type, party_code) AS party, sum(base_open_amount) AS amount
    FROM ledger.open_item
    WHERE side = 'receivable' AND NOT on_account
    GROUP BY 1, 2
) AS i ON i.company_id = j.company_id AND i.party = j.party
WHERE coalesce(j.amount, 0) <> coalesce(i.amount, 0)
