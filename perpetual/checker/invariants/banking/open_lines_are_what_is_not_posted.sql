-- What is open of a line is its amount without what it was posted as and was not taken back.
-- What the bank has sent back was not: its reversal is a line of its own.
-- Of a statement that was taken back nothing is open, and nothing posted.
WITH returns AS (
    SELECT p.company_id, p.document_id FROM banking.line_posting p
    WHERE p.document_type = 'reversal' AND NOT EXISTS (SELECT FROM ledger.reversal r
        WHERE r.company_id = p.company_id AND r.document_type = 'line_posting' AND r.document_id = p.id)
), posted AS (
    SELECT p.line_id, sum(p.amount) AS amount FROM banking.line_posting p
    WHERE NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.company_id = p.company_id
        AND (r.document_type, r.document_id) IN ((p.document_type, p.document_id), ('line_posting', p.id))
        AND (NOT EXISTS (SELECT FROM returns b WHERE b.company_id = r.company_id AND b.document_id = r.id)
            OR EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = p.statement_id)))
    GROUP BY 1
)
SELECT l.company_id AS company, s.number || '/' || l.line_number AS document, l.amount, p.amount AS posted,
    o.amount AS open, x.reason AS taken_back
FROM banking.bank_statement_line l
    JOIN banking.bank_statement s ON s.id = l.statement_id
    LEFT JOIN posted p ON p.line_id = l.id
    LEFT JOIN banking.open_line o ON o.line_id = l.id
    LEFT JOIN banking.statement_reversal x ON x.statement_id = s.id
WHERE CASE WHEN x.statement_id IS NULL THEN l.amount - coalesce(p.amount, 0) ELSE 0 END <> coalesce(o.amount, 0)
    OR x.statement_id IS NOT NULL AND p.amount IS NOT NULL
    OR (o.statement_id, o.company_id) <> (l.statement_id, l.company_id)
