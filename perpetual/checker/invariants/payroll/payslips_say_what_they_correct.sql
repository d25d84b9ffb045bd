-- A payslip names the closed periods whose differences it pays: those of its lines.
SELECT p.company_id AS company, p.number AS document, p.corrects, s.days
FROM payroll.payslip p CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(DISTINCT l.earned_in), '[]') AS days
    FROM jsonb_to_recordset(p.lines) AS l (earned_in text) WHERE l.earned_in IS NOT NULL
) AS s
WHERE p.status IN ('calculated', 'posted', 'reversed') AND NOT (p.corrects @> s.days AND s.days @> p.corrects)
