-- Nobody has said yes to a payroll run that pays them, nor has anybody for them.
SELECT a.company_id AS company, r.number AS document, a.decided_by, a.on_behalf_of, p.number AS payslip
FROM foundation.approval a
    JOIN payroll.payroll_run r ON r.company_id = a.company_id AND r.number = a.document
    JOIN payroll.payslip p ON p.run_id = r.id AND p.status IN ('posted', 'reversed')
    JOIN payroll.pay_agreement g ON g.company_id = p.company_id AND g.employee_code = p.employee_code
        AND g.actor IN (a.decided_by, a.on_behalf_of)
WHERE a.kind = 'payroll_run' AND a.status = 'approved' AND g.actor <> '' AND g.changed_at < a.decided_at
