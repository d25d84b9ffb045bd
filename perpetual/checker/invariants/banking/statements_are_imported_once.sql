-- A statement is imported once: no other of its account says the same, and of those taken back nothing is open.
SELECT s.company_id AS company, min(s.number) AS document, count(*) AS times, string_agg(s.number, ', ') AS numbers
FROM banking.bank_statement s
WHERE NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = s.id)
GROUP BY s.company_id, s.bank_account_code, s.fingerprint
HAVING count(*) > 1
UNION ALL
SELECT o.company_id, min(s.number), count(*), 'taken back'
FROM banking.open_line o JOIN banking.bank_statement s ON s.id = o.statement_id
    JOIN banking.statement_reversal x ON x.statement_id = s.id
GROUP BY o.company_id, s.id
