-- An entry that a person wrote is on no control account: only documents post there.
SELECT e.company_id AS company, e.number AS document, l.account_code, a.subledger, l.amount
FROM ledger.journal_entry e
    JOIN ledger.journal_line l ON l.entry_id = e.id
    JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
WHERE e.source_type = 'manual' AND a.subledger IS NOT NULL
