-- The application may not change what is posted, nor write the log, numbers, locks or balances by itself.
SELECT NULL::text AS company, x.relation AS document, p.privilege AS granted
FROM (
        SELECT relation, 'posted' AS kind FROM posted_relation
        UNION VALUES ('foundation.operation', 'log'), ('foundation.number_series', 'log'),
            ('ledger.period_lock', 'log'), ('ledger.period_balance', 'log'), ('foundation.attachment', 'posted'),
            ('ledger.open_item', 'posted')
    ) AS x (relation, kind)
    CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)
WHERE (p.privilege <> 'INSERT' OR x.kind = 'log')
    AND has_table_privilege('perpetual_app', to_regclass(x.relation), p.privilege)
UNION ALL
-- These the database fills in by itself.
SELECT NULL, c.oid::regclass || '.' || a.attname, 'INSERT'
FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('foundation', 'automation')
    AND a.attname IN ('transaction_id', 'operation_key')
    AND has_column_privilege('perpetual_app', c.oid, a.attnum, 'INSERT')
