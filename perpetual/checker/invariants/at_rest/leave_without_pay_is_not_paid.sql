-- Payroll knows of just those days without pay that are approved. Only asked for with --at-rest: it is told before hr says so.
SELECT coalesce(r.company_id, a.company_id) AS company, coalesce(r.number, a.reference) AS document, r.status, a.stands
FROM hr.leave_request r FULL JOIN payroll.absence a ON a.id = r.id
WHERE CASE WHEN a.id IS NULL THEN NOT r.is_paid AND r.status = 'approved'
    ELSE r.id IS NULL OR r.is_paid OR a.employee_code <> r.employee_code
        OR (a.starts_on, a.ends_on) <> (r.starts_on, r.ends_on) OR a.stands <> (r.status = 'approved') END
