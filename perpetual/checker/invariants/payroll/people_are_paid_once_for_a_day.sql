-- Nobody is paid twice for the same days: by two payslips of a kind that stand.
SELECT p.company_id AS company, p.number AS document, o.number AS other, p.employee_code, p.starts_on, p.ends_on
FROM payroll.payslip p JOIN payroll.payslip o ON o.company_id = p.company_id AND o.employee_code = p.employee_code
    AND o.kind = p.kind AND o.id > p.id AND daterange(o.starts_on, o.ends_on, '[]') && daterange(p.starts_on, p.ends_on, '[]')
WHERE p.status = 'posted' AND o.status = 'posted'
