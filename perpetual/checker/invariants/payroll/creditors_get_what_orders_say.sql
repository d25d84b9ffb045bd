-- By a garnishment order payslips take no more than it says, and of nobody else.
SELECT p.company_id AS company, coalesce(o.code, l.code) AS document, o.total_amount, sum(l.amount) AS taken
FROM payroll.payslip p CROSS JOIN jsonb_to_recordset(p.lines) AS l (kind text, code text, amount numeric)
    LEFT JOIN payroll.garnishment_order o ON o.company_id = p.company_id AND o.code = l.code
        AND o.employee_code = p.employee_code
WHERE p.status = 'posted' AND l.kind = 'garnished'
GROUP BY p.company_id, coalesce(o.code, l.code), o.code, o.total_amount
HAVING o.code IS NULL OR sum(l.amount) > o.total_amount
