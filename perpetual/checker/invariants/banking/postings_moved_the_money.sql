-- What a line was posted as has moved that much on the bank account's account, and is one line only.
-- That holds also of what the bank has sent back by another line.
WITH returns AS (
    SELECT p.company_id, p.document_id FROM banking.line_posting p
    WHERE p.document_type = 'reversal' AND NOT EXISTS (SELECT FROM ledger.reversal r
        WHERE r.company_id = p.company_id AND r.document_type = 'line_posting' AND r.document_id = p.id)
)
SELECT p.company_id AS company, p.document_number AS document, p.currency, p.amount, m.amount AS moved
FROM banking.line_posting p
    JOIN banking.bank_account a ON a.company_id = p.company_id AND a.code = p.bank_account_code
    LEFT JOIN (
        SELECT e.company_id, e.source_type, e.source_id, e.currency, l.account_code, sum(l.amount) AS amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        GROUP BY 1, 2, 3, 4, 5
    ) AS m ON m.company_id = p.company_id AND m.source_type = p.document_type AND m.source_id = p.document_id
        AND m.currency = p.currency AND m.account_code = a.account_code
WHERE m.amount IS DISTINCT FROM p.amount
UNION ALL
SELECT p.company_id, min(p.document_number), min(p.currency), sum(p.amount), count(*)
FROM banking.line_posting p
WHERE NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.company_id = p.company_id
    AND (r.document_type, r.document_id) IN ((p.document_type, p.document_id), ('line_posting', p.id))
    AND (NOT EXISTS (SELECT FROM returns b WHERE b.company_id = r.company_id AND b.document_id = r.id)
        OR EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = p.statement_id)))
GROUP BY p.company_id, p.document_type, p.document_id
HAVING count(*) > 1
