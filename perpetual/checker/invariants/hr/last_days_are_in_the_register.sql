-- The register of parties knows the last day of just those employees who have one: by it nobody is paid any more.
SELECT e.company_id AS company, e.code AS document, e.left_on, p.ends_on
FROM hr.employee e LEFT JOIN master_data.party p
    ON p.company_id = e.company_id AND p.type = 'employee' AND p.code = e.code
WHERE p.code IS NULL OR p.ends_on IS DISTINCT FROM e.left_on
