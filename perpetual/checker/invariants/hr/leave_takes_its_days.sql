-- A request takes the days that it says, until it is turned down or taken back.
-- They are moved once, where days of its sort are counted.
SELECT r.company_id AS company, r.number AS document, r.status, r.days, d.stand, d.were, m.moved
FROM hr.leave_request r
    JOIN hr.leave_type t ON t.company_id = r.company_id AND t.code = r.leave_type_code
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(d.share) FILTER (WHERE d.stands), 0) AS stand, coalesce(sum(d.share), 0) AS were
        FROM hr.leave_day d WHERE d.leave_id = r.id AND d.employee_code = r.employee_code
            AND d.day BETWEEN r.starts_on AND r.ends_on
    ) d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.days), 0) AS moved FROM hr.leave_movement m
        WHERE m.leave_id = r.id AND m.employee_code = r.employee_code AND m.leave_type_code = r.leave_type_code
    ) m
WHERE d.were <> r.days
    OR d.stand <> CASE WHEN r.status IN ('requested', 'submitted', 'approved') THEN r.days ELSE 0 END
    OR m.moved <> CASE WHEN t.accrual = 'none' THEN 0 ELSE -d.stand END
