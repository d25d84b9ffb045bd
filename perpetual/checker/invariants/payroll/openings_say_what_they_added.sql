-- What an opening of a year says is what its entry and its corrections have added together.
WITH said AS (
    SELECT o.company_id, o.code, o.employee_code, o.year, 'law/' || s.key AS name, s.value::numeric AS amount
    FROM payroll.year_opening o, jsonb_each_text(o.law) AS s
    UNION ALL
    SELECT o.company_id, o.code, o.employee_code, o.year, 'component/' || s.key, s.value::numeric
    FROM payroll.year_opening o, jsonb_each_text(o.components) AS s
), added AS (
    SELECT company_id, opening_code, employee_code, year, name, sum(amount) AS amount
    FROM payroll.opening_sum GROUP BY 1, 2, 3, 4, 5
)
SELECT coalesce(s.company_id, a.company_id) AS company, coalesce(s.code, a.opening_code) AS document,
    coalesce(s.name, a.name) AS name, s.amount AS said, a.amount AS added
FROM said s FULL JOIN added a ON a.company_id = s.company_id AND a.opening_code = s.code AND a.name = s.name
    AND a.employee_code = s.employee_code AND a.year = s.year
WHERE coalesce(s.amount, 0) <> coalesce(a.amount, 0)
