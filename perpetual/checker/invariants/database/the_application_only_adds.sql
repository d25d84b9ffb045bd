-- The application may not change what is posted, nor write the log, numbers, locks or balances by itself.
SELECT NULL::text AS company, x.relation AS document, p.privilege AS granted
FROM (VALUES
        ('foundation.operation', 'log'), ('foundation.number_series', 'log'), ('ledger.period_lock', 'log'),
        ('ledger.period_balance', 'log'), ('foundation.attachment', 'posted'), ('ledger.journal_entry', 'posted'),
        ('ledger.journal_line', 'posted'), ('ledger.open_item', 'posted'), ('ledger.settlement', 'posted'),
        ('ledger.payment', 'posted'), ('ledger.allocation', 'posted'), ('ledger.refund', 'posted'),
        ('ledger.reversal', 'posted'), ('receivables.invoice', 'posted'), ('receivables.invoice_line', 'posted'),
        ('receivables.invoice_tax', 'posted'), ('receivables.invoice_order', 'posted'),
        ('receivables.credit_note', 'posted'), ('receivables.credit_note_line', 'posted'),
        ('receivables.credit_note_tax', 'posted'), ('receivables.dunning_letter', 'posted'),
        ('receivables.dunning_letter_line', 'posted'), ('inventory.stock_move', 'posted'),
        ('inventory.stock_receipt', 'posted'), ('inventory.stock_receipt_line', 'posted'),
        ('inventory.shipment', 'posted'), ('inventory.shipment_line', 'posted'),
        ('inventory.goods_return', 'posted'), ('inventory.goods_return_line', 'posted'),
        ('inventory.revaluation', 'posted'), ('sales.sales_order_version', 'posted'),
        ('receivables.billed_month', 'posted')
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
WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('ledger', 'receivables', 'inventory')
    AND a.attname IN ('transaction_id', 'operation_key')
    AND has_column_privilege('perpetual_app', c.oid, a.attnum, 'INSERT')
