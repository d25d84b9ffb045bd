-- What somebody accrues of a year is what they are entitled to.
SELECT e.company_id AS company, e.employee_code AS document, e.leave_type_code, e.year, e.days, m.accrued
FROM hr.leave_entitlement e CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.days), 0) AS accrued FROM hr.leave_movement m
    WHERE m.company_id = e.company_id AND m.employee_code = e.employee_code
        AND m.leave_type_code = e.leave_type_code AND m.year = e.year AND m.kind = 'accrued'
) m
WHERE m.accrued <> e.days
