-- A payroll run comes to what its payslips do; one that is sealed leaves none waiting, one that is cancelled pays nobody.
SELECT r.company_id AS company, r.number AS document, r.status, r.people, r.gross_amount, r.net_amount,
    r.employer_amount, s.*
FROM payroll.payroll_run r CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.status IN ('calculated', 'posted', 'reversed')) AS paid,
        count(*) FILTER (WHERE p.status IN ('open', 'calculated')) AS waiting,
        count(*) FILTER (WHERE p.status NOT IN ('withdrawn')) AS standing,
        coalesce(sum(p.gross_amount) FILTER (WHERE p.status IN ('calculated', 'posted', 'reversed')), 0) AS gross,
        coalesce(sum(p.net_amount) FILTER (WHERE p.status IN ('calculated', 'posted', 'reversed')), 0) AS net,
        coalesce(sum(p.employer_amount) FILTER (WHERE p.status IN ('calculated', 'posted', 'reversed')), 0) AS employer
    FROM payroll.payslip p WHERE p.run_id = r.id
) AS s
WHERE r.status IN ('submitted', 'sealed') AND (r.people, r.gross_amount, r.net_amount, r.employer_amount)
        IS DISTINCT FROM (s.paid, s.gross, s.net, s.employer)
    OR r.status = 'sealed' AND s.waiting > 0
    OR r.status = 'cancelled' AND s.standing > 0
