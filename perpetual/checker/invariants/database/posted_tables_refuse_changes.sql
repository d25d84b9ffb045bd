-- What is posted refuses every change: the triggers that see to it are there, and switched on.
SELECT NULL::text AS company, x.relation AS document, x.trigger AS missing, t.tgenabled::text AS enabled
FROM (
    SELECT r.relation, g.trigger
    FROM (
            SELECT relation FROM posted_relation
            UNION VALUES ('foundation.operation'), ('foundation.attachment'), ('ledger.period_lock')
        ) AS r (relation), (VALUES ('refuse_change'), ('refuse_truncate')) AS g (trigger)
    UNION ALL
    VALUES ('receivables.billing_due', 'guard'), ('ledger.journal_entry', 'has_lines'),
        ('ledger.journal_entry', 'open_period'), ('ledger.journal_line', 'right_lines'),
        ('ledger.open_item', 'guard'), ('ledger.open_item', 'open_as_a_whole'), ('ledger.settlement', 'settle'),
        ('ledger.account', 'keeps_its_meaning'), ('ledger.account_role', 'control_stays'),
        ('ledger.fiscal_year', 'note_new_lock'), ('ledger.fiscal_year', 'note_moved_lock'),
        ('banking.bank_statement_line', 'with_head'),
        ('receivables.invoice_line', 'with_head'), ('receivables.invoice_tax', 'with_head'),
        ('receivables.credit_note_line', 'with_head'), ('receivables.credit_note_tax', 'with_head'),
        ('payables.supplier_invoice_line', 'with_head'), ('receivables.write_off_tax', 'with_head'), ('receivables.dunning_letter_line', 'with_head'), ('inventory.shipment_line', 'with_head'),
        ('inventory.stock_receipt_line', 'with_head'), ('inventory.goods_return_line', 'with_head'),
        ('inventory.stock_count_line', 'with_head'), ('inventory.scrapping_line', 'with_head'),
        ('inventory.stock_transfer_line', 'with_head'), ('inventory.transfer_receipt_line', 'with_head'),
        ('inventory.landed_cost_line', 'with_head'), ('inventory.landed_cost', 'no_more_is_spread_than_posted'),
        ('inventory.price_correction_line', 'with_head'), ('inventory.vendor_return_line', 'with_head'),
        ('payables.supplier_debit_note_line', 'with_head'), ('payables.goods_write_off_line', 'with_head'),
        ('payables.goods_write_off_line', 'write_off_is_its_lines'), ('payables.coded_invoice', 'stays'),
        ('inventory.vendor_return_line', 'no_more_goes_back_than_came'),
        ('payables.supplier_debit_note_line', 'no_more_is_claimed_than_billed'),
        ('inventory.stock_move', 'in_time'), ('foundation.approval', 'refuse_other_decision'),
        ('foundation.approval', 'refuse_other_question'), ('foundation.approval', 'refuse_second_voice')
) AS x
    LEFT JOIN pg_trigger t ON t.tgrelid = to_regclass(x.relation) AND t.tgname = x.trigger
WHERE t.tgenabled IS NULL OR t.tgenabled NOT IN ('O', 'A')
