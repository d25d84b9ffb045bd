-- What is added up of somebody's payslips in a year is what each that is posted adds, and nothing else.
SELECT coalesce(a.company_id, y.company_id) AS company, coalesce(a.number, y.payslip_id::text) AS document,
    coalesce(a.name, y.name) AS name, a.amount AS of_payslip, y.amount
FROM (
    SELECT p.company_id, p.id, p.number, p.employee_code, s.year, s.name, s.amount
    FROM payroll.payslip p, jsonb_to_recordset(p.added) AS s (year integer, name text, amount numeric)
    WHERE p.status IN ('posted', 'reversed')
) AS a
    FULL JOIN payroll.year_to_date y ON y.payslip_id = a.id AND y.name = a.name
WHERE (a.year, a.amount, a.employee_code, a.company_id)
    IS DISTINCT FROM (y.year, y.amount, y.employee_code, y.company_id)
