-- Every move of a fiscal year's lock is written down, one from where the last one ended; the last says where it is.
SELECT y.company_id AS company, y.code AS document, y.locked_through, l.locked_before AS moved_from,
    l.locked_through AS moved_to, l.moved_by
FROM ledger.fiscal_year y
    LEFT JOIN LATERAL (
        SELECT * FROM ledger.period_lock p WHERE p.company_id = y.company_id AND p.fiscal_year = y.code
        ORDER BY p.id DESC LIMIT 1
    ) AS l ON true
WHERE y.locked_through IS DISTINCT FROM l.locked_through
UNION ALL
SELECT p.company_id, p.fiscal_year, NULL, p.locked_before, p.locked_through, p.moved_by
FROM (
    SELECT *, lag(locked_through) OVER (PARTITION BY company_id, fiscal_year ORDER BY id) AS was
    FROM ledger.period_lock
) AS p
    LEFT JOIN ledger.fiscal_year y ON y.company_id = p.company_id AND y.code = p.fiscal_year
WHERE y.code IS NULL OR p.locked_before IS DISTINCT FROM p.was
    OR p.locked_before IS NOT DISTINCT FROM p.locked_through
