-- A payment is posted once, its whole amount on the account for money that it names.
SELECT p.company_id AS company, p.number AS document, p.account_code, p.amount, p.base_amount,
    coalesce(e.amount, 0) AS posted, coalesce(e.base_amount, 0) AS base_posted
FROM ledger.payment p
    LEFT JOIN (
        SELECT e.company_id, e.source_id, l.account_code, sum(l.amount) AS amount,
            sum(l.base_amount) AS base_amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'payment'
        GROUP BY e.company_id, e.source_id, l.account_code
    ) AS e ON e.source_id = p.id AND e.company_id = p.company_id AND e.account_code = p.account_code
WHERE p.amount <> coalesce(e.amount, 0) OR p.base_amount <> coalesce(e.base_amount, 0)
