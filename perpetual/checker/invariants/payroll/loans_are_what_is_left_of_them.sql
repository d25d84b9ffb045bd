-- What employees owe in the books is what was lent to them less what came back, by hand and by payslips: never less than nothing.
WITH moved AS (
    SELECT m.company_id, m.loan_code, m.employee_code, m.amount FROM payroll.loan_movement m
    WHERE NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.company_id = m.company_id AND x.document_type = 'loan_movement' AND x.document_id = m.id)
    UNION ALL
    SELECT p.company_id, l.code, p.employee_code, -l.amount
    FROM payroll.payslip p, jsonb_to_recordset(p.lines) AS l (kind text, code text, amount numeric)
    WHERE p.status = 'posted' AND l.kind = 'loan_repaid'
), loan AS (
    SELECT company_id, loan_code, employee_code, sum(amount) AS amount FROM moved GROUP BY 1, 2, 3
), owed AS (
    SELECT company_id, employee_code, sum(amount) AS amount FROM loan GROUP BY 1, 2
), booked AS (
    SELECT l.company_id, l.party_code AS employee_code, sum(l.base_amount) AS amount
    FROM ledger.journal_line l JOIN (
        SELECT DISTINCT f.company_id, f.account_code FROM ledger.journal_line f
            JOIN ledger.journal_entry e ON e.id = f.entry_id AND e.source_type = 'loan_movement'
        WHERE f.party_type = 'employee'
    ) AS a ON a.company_id = l.company_id AND a.account_code = l.account_code
    WHERE l.party_type = 'employee'
    GROUP BY 1, 2
)
SELECT coalesce(o.company_id, b.company_id) AS company, coalesce(o.employee_code, b.employee_code) AS document,
    o.amount AS owed, b.amount AS in_the_ledger
FROM owed o FULL JOIN booked b ON b.company_id = o.company_id AND b.employee_code = o.employee_code
WHERE coalesce(o.amount, 0) <> coalesce(b.amount, 0)
UNION ALL
SELECT company_id, loan_code, amount, NULL FROM loan WHERE amount < 0
