-- What is posted refuses every change: the triggers that see to it are there, and switched on.
SELECT NULL::text AS company, x.relation AS document, x.trigger AS missing, t.tgenabled::text AS enabled
FROM (
    SELECT r.relation, g.trigger
    FROM (VALUES ('foundation.operation'), ('finance.journal_entry'), ('finance.journal_line'),
            ('finance.invoice'), ('finance.invoice_line'), ('finance.invoice_tax'), ('finance.payment'),
            ('finance.settlement'),
            ('finance.dunning_letter'), ('finance.dunning_letter_line'), ('inventory.stock_move'), ('inventory.stock_receipt'),
            ('inventory.stock_receipt_line'), ('inventory.shipment'), ('inventory.shipment_line'),
            ('inventory.goods_return'), ('inventory.goods_return_line'), ('sales.sales_order_version'),
            ('finance.credit_note'), ('finance.credit_note_line'), ('finance.credit_note_tax'),
            ('finance.refund'), ('finance.invoice_order'), ('finance.billed_month'), ('foundation.attachment')
        ) AS r (relation), (VALUES ('refuse_change'), ('refuse_truncate')) AS g (trigger)
    UNION ALL
    VALUES ('finance.billing_due', 'guard'), ('finance.journal_entry', 'balanced'), ('finance.journal_line', 'balanced'),
        ('finance.journal_entry', 'open_period'), ('finance.journal_line', 'in_place')
) AS x
    LEFT JOIN pg_trigger t ON t.tgrelid = to_regclass(x.relation) AND t.tgname = x.trigger
WHERE t.tgenabled IS NULL OR t.tgenabled NOT IN ('O', 'A')
