-- A refund is posted once: its amount leaves the account for money that it names.
SELECT r.company_id AS company, r.number AS document, r.account_code, r.amount, r.base_amount,
    coalesce(-e.amount, 0) AS posted, coalesce(-e.base_amount, 0) AS base_posted
FROM ledger.refund r
    LEFT JOIN (
        SELECT e.company_id, e.source_id, l.account_code, sum(l.amount) AS amount,
            sum(l.base_amount) AS base_amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'refund'
        GROUP BY e.company_id, e.source_id, l.account_code
    ) AS e ON e.source_id = r.id AND e.company_id = r.company_id AND e.account_code = r.account_code
WHERE r.amount <> coalesce(-e.amount, 0) OR r.base_amount <> coalesce(-e.base_amount, 0)
