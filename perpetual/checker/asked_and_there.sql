-- Which documents were asked for, by which step (`asked`), and which are there (`there`), by kind and id. Every
-- invariant may name the two tables.
asked AS (
    SELECT o.company_id, o.key, o.name, m.kind, (o.request ->> m.field)::uuid AS id, o.request, o.answer
    FROM foundation.operation o
        JOIN (VALUES
            ('sales.place_order', 'order', 'order_id'),
            ('sales.authorise_return', 'return', 'return_id'),
            ('inventory.reserve_stock', 'reservation', 'order_id'),
            ('inventory.post_goods_issue', 'shipment', 'shipment_id'),
            ('inventory.receive_stock', 'stock receipt', 'receipt_id'),
            ('inventory.take_back_goods', 'goods return', 'return_id'),
            ('receivables.check_credit', 'credit', 'order_id'),
            ('inventory.post_goods_issue', 'cost of shipment', 'shipment_id'),
            ('inventory.receive_stock', 'value of receipt', 'receipt_id'),
            ('inventory.take_back_goods', 'value of return', 'return_id'),
            ('inventory.revalue_item', 'revaluation', 'revaluation_id'),
            ('inventory.revalue_item', 'value of revaluation', 'revaluation_id'),
            ('inventory.reverse_receipt', 'reversal', 'reversal_id'),
            ('inventory.reverse_revaluation', 'reversal', 'reversal_id'),
            ('receivables.post_invoice', 'invoice', 'invoice_id'),
            ('receivables.list_billing_due', 'delivery to be billed', 'shipment_id'),
            ('receivables.post_collective_invoice', 'invoice', 'invoice_id'),
            ('ledger.post_payment', 'payment', 'payment_id'),
            ('ledger.allocate_payment', 'allocation', 'allocation_id'),
            ('ledger.allocate_payment', 'entry of allocation', 'allocation_id'),
            ('receivables.post_credit_note', 'credit note', 'credit_note_id'),
            ('ledger.post_refund', 'refund', 'refund_id'),
            ('ledger.post_entry', 'entry', 'entry_id'),
            ('ledger.reverse_document', 'reversal', 'reversal_id')
        ) AS m (name, kind, field) ON m.name = o.name
    WHERE o.status = 'applied'
        -- What is worth nothing is not posted.
        AND CASE m.kind WHEN 'cost of shipment' THEN (o.answer ->> 'cost')::numeric <> 0
            WHEN 'value of receipt' THEN (o.answer ->> 'value')::numeric <> 0
                OR (o.answer ->> 'adjustment_value')::numeric <> 0
            WHEN 'value of return' THEN (o.answer ->> 'restocked_value')::numeric <> 0
                OR (o.answer ->> 'scrapped_value')::numeric <> 0
            WHEN 'value of revaluation' THEN (o.answer ->> 'value_difference')::numeric <> 0
            -- Content with nothing to allocate, or nothing to allocate it to.
            WHEN 'allocation' THEN o.answer -> 'settled' <> '[]'
            WHEN 'entry of allocation' THEN o.answer -> 'settled' <> '[]'
            ELSE true END
), there AS (
    SELECT company_id, 'order' AS kind, id, number FROM sales.sales_order
    UNION ALL SELECT company_id, 'return', id, number FROM sales.sales_return
    UNION ALL SELECT DISTINCT company_id, 'reservation', order_id, order_id::text FROM inventory.reservation
    UNION ALL SELECT company_id, 'shipment', id, number FROM inventory.shipment
    UNION ALL SELECT company_id, 'stock receipt', id, number FROM inventory.stock_receipt
    UNION ALL SELECT company_id, 'goods return', id, number FROM inventory.goods_return
    UNION ALL SELECT company_id, 'credit', order_id, order_id::text FROM receivables.credit_commitment
    UNION ALL SELECT company_id, 'invoice', id, number FROM receivables.invoice
    UNION ALL
    SELECT DISTINCT company_id, 'delivery to be billed', shipment_id, order_number FROM receivables.billing_due
    UNION ALL SELECT company_id, 'payment', id, number FROM ledger.payment
    UNION ALL SELECT company_id, 'credit note', id, number FROM receivables.credit_note
    UNION ALL SELECT company_id, 'refund', id, number FROM ledger.refund
    UNION ALL SELECT company_id, 'allocation', id, money_number FROM ledger.allocation
    UNION ALL SELECT company_id, 'reversal', id, number FROM ledger.reversal
    UNION ALL SELECT company_id, 'revaluation', id, number FROM inventory.revaluation
    UNION ALL
    SELECT company_id, CASE source_type
            WHEN 'shipment' THEN 'cost of shipment' WHEN 'stock_receipt' THEN 'value of receipt'
            WHEN 'goods_return' THEN 'value of return' ELSE 'value of revaluation' END, source_id, number
    FROM ledger.journal_entry
    WHERE source_type IN ('shipment', 'stock_receipt', 'goods_return', 'revaluation')
    UNION ALL
    SELECT company_id, 'entry of allocation', source_id, min(number) FROM ledger.journal_entry
    WHERE source_type = 'allocation' GROUP BY company_id, source_id
    UNION ALL
    SELECT company_id, 'entry', id, number FROM ledger.journal_entry
    WHERE source_type NOT IN ('invoice', 'payment', 'allocation', 'shipment', 'stock_receipt', 'goods_return',
        'revaluation', 'credit_note', 'refund', 'dunning_letter', 'reversal')
)
