-- A statement's lines explain its balances, and it begins where the last one of its account ended.
WITH live AS (
    SELECT s.*, lag(s.closing_amount) OVER (
        PARTITION BY s.company_id, s.bank_account_code ORDER BY s.position) AS ended
    FROM banking.bank_statement s
    WHERE NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = s.id)
), moved AS (
    SELECT statement_id, sum(amount) AS amount, count(*) AS lines FROM banking.bank_statement_line GROUP BY 1
)
SELECT s.company_id AS company, s.number AS document, s.ended, s.opening_amount, m.amount AS moved,
    s.closing_amount, m.lines
FROM live s LEFT JOIN moved m ON m.statement_id = s.id
WHERE s.opening_amount + coalesce(m.amount, 0) <> s.closing_amount OR coalesce(m.lines, 0) <> s.line_count
    OR s.ended <> s.opening_amount
