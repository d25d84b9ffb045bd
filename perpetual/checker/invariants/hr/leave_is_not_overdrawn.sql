-- Nobody has taken more leave than there is on any day, unless the sort of leave allows it.
SELECT b.company_id AS company, b.employee_code AS document, b.leave_type_code, b.counts_on, b.balance
FROM (
    SELECT m.company_id, m.employee_code, m.leave_type_code, m.counts_on,
        sum(sum(m.days)) OVER (PARTITION BY m.company_id, m.employee_code, m.leave_type_code ORDER BY m.counts_on)
            AS balance
    FROM hr.leave_movement m GROUP BY m.company_id, m.employee_code, m.leave_type_code, m.counts_on
) b JOIN hr.leave_type t ON t.company_id = b.company_id AND t.code = b.leave_type_code
WHERE b.balance < 0 AND NOT t.may_be_negative
