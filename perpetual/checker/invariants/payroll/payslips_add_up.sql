-- What is earned, less what is withheld and deducted, is the net pay, and goes to accounts; what the employer owes is its lines.
WITH line AS (
    SELECT p.id, l.kind, sum(l.amount) AS amount
    FROM payroll.payslip p, jsonb_to_recordset(p.lines) AS l (kind text, amount numeric)
    GROUP BY 1, 2
), summed AS (
    SELECT p.id,
        coalesce(sum(l.amount) FILTER (WHERE l.kind = 'earning'), 0) AS gross,
        coalesce(sum(l.amount) FILTER (WHERE l.kind IN
            ('pre_tax_deduction', 'withheld', 'post_tax_deduction', 'loan_repaid', 'garnished')), 0) AS deducted,
        coalesce(sum(l.amount) FILTER (WHERE l.kind IN ('employer_contribution', 'employer_owes')), 0) AS employer
    FROM payroll.payslip p LEFT JOIN line l ON l.id = p.id
    GROUP BY p.id
)
SELECT p.company_id AS company, p.number AS document, p.gross_amount, s.gross, p.deducted_amount, s.deducted,
    p.net_amount, paid.amount AS paid, p.employer_amount, s.employer
FROM payroll.payslip p JOIN summed s ON s.id = p.id
    CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount), 0) AS amount
        FROM jsonb_to_recordset(p.paid_to) AS t (amount numeric)) AS paid
WHERE p.status IN ('calculated', 'posted') AND (p.gross_amount <> s.gross OR p.deducted_amount <> s.deducted
    OR p.employer_amount <> s.employer OR p.net_amount <> s.gross - s.deducted OR p.net_amount <> paid.amount)
