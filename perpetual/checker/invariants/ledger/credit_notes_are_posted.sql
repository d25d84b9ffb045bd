-- A credit note is posted once: its customer owes so much less, or has so much more on account.
SELECT c.company_id AS company, c.number AS document, c.customer_code, c.settled_amount, c.on_account_amount,
    coalesce(p.amount, 0) AS posted
FROM receivables.credit_note c
    LEFT JOIN (
        SELECT e.company_id, e.source_id, l.party_code, sum(l.amount) AS amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'credit_note' AND l.party_code IS NOT NULL
        GROUP BY e.company_id, e.source_id, l.party_code
    ) AS p ON p.source_id = c.id AND p.company_id = c.company_id AND p.party_code = c.customer_code
WHERE c.settled_amount + c.on_account_amount <> -coalesce(p.amount, 0)
