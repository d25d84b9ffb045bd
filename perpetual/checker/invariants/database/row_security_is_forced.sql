-- Every table of companies shows the rows of one company only, also to its owner.
SELECT NULL::text AS company, c.oid::regclass::text AS document, c.relrowsecurity AS enabled,
    c.relforcerowsecurity AS forced, count(p.oid) AS policies
FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
    LEFT JOIN pg_policy p ON p.polrelid = c.oid
        AND pg_get_expr(p.polqual, p.polrelid) = '(company_id = foundation.current_company())'
WHERE c.relkind IN ('r', 'p')
    AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
GROUP BY c.oid, c.relrowsecurity, c.relforcerowsecurity
HAVING NOT (c.relrowsecurity AND c.relforcerowsecurity AND count(p.oid) > 0)
UNION ALL
SELECT NULL, r.rolname, false, false, 0
FROM pg_roles r WHERE r.rolname = 'perpetual_app' AND (r.rolsuper OR r.rolbypassrls)
