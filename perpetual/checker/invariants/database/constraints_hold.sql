-- The rules that the database keeps by itself are there and hold for all rows.
SELECT NULL::text AS company, x.name AS document,
    CASE WHEN c.oid IS NULL THEN 'missing' ELSE 'not checked for all rows' END AS state
FROM (VALUES
        ('ledger.journal_entry', 'journal_entry_company_id_number_key'),
        ('ledger.journal_entry', 'journal_entry_company_id_source_type_source_id_purpose_key'),
        ('ledger.journal_entry', 'journal_entry_reverses_id_key'),
        ('receivables.invoice', 'invoice_company_id_number_key'),
        ('receivables.invoice', 'invoice_company_id_shipment_id_key'),
        ('receivables.invoice', 'invoice_total_is_sum'),
        ('receivables.invoice_order', 'invoice_order_pkey'),
        ('receivables.billing_due', 'billing_due_shipment_id_line_number_key'),
        ('receivables.billing_due', 'billing_due_withdrawn_within_quantity'),
        ('receivables.billed_month', 'billed_month_pkey'),
        ('ledger.payment', 'payment_company_id_number_key'),
        ('receivables.credit_note', 'credit_note_company_id_number_key'),
        ('receivables.credit_note', 'credit_note_parts_add_up'),
        ('ledger.refund', 'refund_company_id_number_key'),
        ('ledger.reversal', 'reversal_company_id_number_key'),
        ('ledger.reversal', 'reversal_company_id_document_type_document_id_key'),
        ('ledger.settlement', 'settlement_reverses_id_key'),
        ('ledger.settlement', 'settlement_money_with_type'),
        ('ledger.open_item', 'open_item_of_a_party'),
        ('ledger.open_item', 'open_item_quantity_with_goods'),
        ('ledger.open_item', 'open_item_open_within_amount'),
        ('ledger.open_item', 'open_item_settled_in_both'),
        ('receivables.credit_commitment', 'credit_commitment_open_not_negative'),
        ('foundation.operation', 'operation_pkey'),
        ('inventory.shipment', 'shipment_company_id_number_key'),
        ('inventory.stock', 'stock_on_hand_not_negative'),
        ('inventory.stock', 'stock_reserved_not_negative'),
        ('inventory.stock', 'stock_reserved_on_hand'),
        ('inventory.reservation', 'reservation_parts_add_up'),
        ('inventory.stock_move', 'stock_move_direction'),
        ('inventory.stock_receipt', 'stock_receipt_company_id_number_key'),
        ('inventory.goods_return', 'goods_return_company_id_number_key'),
        ('inventory.revaluation', 'revaluation_company_id_number_key'),
        ('inventory.stock_count', 'stock_count_company_id_number_key'),
        ('inventory.scrapping', 'scrapping_company_id_number_key'),
        ('inventory.stock_transfer', 'stock_transfer_company_id_number_key'),
        ('inventory.transfer_receipt', 'transfer_receipt_company_id_number_key'),
        ('inventory.write_down', 'write_down_company_id_number_key'),
        ('inventory.price_correction', 'price_correction_company_id_number_key'),
        ('inventory.vendor_return', 'vendor_return_company_id_number_key'),
        ('payables.supplier_debit_note', 'supplier_debit_note_company_id_number_key'),
        ('payables.supplier_debit_note', 'supplier_debit_note_total_is_sum'),
        ('payables.set_off', 'set_off_company_id_number_key'),
        ('payables.goods_write_off', 'goods_write_off_company_id_number_key'),
        ('payables.goods_write_off', 'goods_write_off_not_approved_by_who_asked'),
        ('inventory.stock', 'stock_in_transit_not_negative'),
        ('inventory.item_valuation', 'item_valuation_value_follows_quantity'),
        ('receivables.dunning_letter', 'dunning_letter_company_id_number_key'),
        ('sales.sales_order', 'sales_order_company_id_number_key'),
        ('sales.sales_order', 'sales_order_total_is_sum'),
        ('sales.sales_order_line', 'sales_order_line_delivered_as_ordered'),
        ('sales.sales_order_line', 'sales_order_line_billed_as_delivered')
    ) AS x (relation, name)
    LEFT JOIN pg_constraint c ON c.conrelid = to_regclass(x.relation) AND c.conname = x.name
WHERE c.oid IS NULL
UNION ALL
SELECT NULL, c.conrelid::regclass || ' ' || c.conname, 'not checked for all rows'
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE NOT c.convalidated
    AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
