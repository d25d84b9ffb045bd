-- Which documents were asked for, by which step (`asked`), and which are there (`there`), by kind and id. Every
-- invariant may name the two tables.
asked AS (
    SELECT o.company_id, o.key, o.name, m.kind, o.request ->> m.field AS id, o.request, o.answer
    FROM foundation.operation o
        JOIN (
            SELECT name, kind, field, status FROM document_operation
            UNION ALL SELECT name, kind, field, NULL FROM (VALUES
                ('inventory.reserve_stock', 'reservation', 'order_id'),
                ('receivables.check_credit', 'credit', 'order_id'),
                ('inventory.post_goods_issue', 'cost of shipment', 'shipment_id'),
                ('inventory.receive_stock', 'value of receipt', 'receipt_id'),
                ('inventory.take_back_goods', 'value of return', 'return_id'),
                ('inventory.send_goods_back', 'value of vendor return', 'return_id'),
                ('inventory.revalue_item', 'value of revaluation', 'revaluation_id'),
                ('inventory.count_stock', 'value of count', 'count_id'),
                ('inventory.scrap_goods', 'value of scrapping', 'scrapping_id'),
                ('inventory.write_down_item', 'value of write-down', 'write_down_id'),
                ('inventory.correct_price', 'value of correction', 'correction_id'),
                ('inventory.post_landed_cost', 'value of landed cost', 'landed_cost_id'),
                ('receivables.list_billing_due', 'delivery to be billed', 'shipment_id'),
                ('ledger.allocate_payment', 'entry of allocation', 'allocation_id'),
                ('ledger.post_entry', 'entry', 'entry_id')
            ) AS further (name, kind, field)
        ) AS m ON m.name = o.name
    WHERE o.status = 'applied'
        AND (m.status IS NULL OR m.status = o.answer ->> 'status')
        -- What is worth nothing is not posted.
        AND CASE m.kind WHEN 'cost of shipment' THEN (o.answer ->> 'cost')::numeric <> 0
            WHEN 'value of receipt' THEN (o.answer ->> 'value')::numeric <> 0
                OR (o.answer ->> 'adjustment_value')::numeric <> 0
            WHEN 'value of return' THEN (o.answer ->> 'restocked_value')::numeric <> 0
                OR (o.answer ->> 'scrapped_value')::numeric <> 0
            WHEN 'value of vendor return' THEN (o.answer ->> 'value')::numeric <> 0
                OR (o.answer ->> 'cost')::numeric <> 0
            WHEN 'value of count' THEN (o.answer ->> 'value')::numeric <> 0
                OR (o.answer ->> 'adjustment_value')::numeric <> 0
            WHEN 'value of scrapping' THEN (o.answer ->> 'value')::numeric <> 0
            WHEN 'value of revaluation' THEN (o.answer ->> 'value_difference')::numeric <> 0
            -- A line of a bank's statement is one or the other, or neither.
            WHEN 'payment' THEN o.request ->> m.field IS NOT NULL
            -- What a payment run leaves out has no payment.
            WHEN 'supplier payment' THEN o.request ->> m.field IS NOT NULL
                AND o.answer ->> 'payment_number' IS DISTINCT FROM ''
            WHEN 'reversal' THEN o.request ->> m.field IS NOT NULL
            -- Nothing was short any more.
            WHEN 'purchase requisition' THEN o.answer ->> 'requisition_number' <> ''
            -- One that is tried again is there already.
            WHEN 'blocked invoice' THEN o.request ->> 'was_blocked' IS NULL
            -- Nothing happens with nothing to allocate, or nothing to allocate it to.
            WHEN 'allocation' THEN o.answer -> 'settled' <> '[]'
            WHEN 'entry of allocation' THEN o.answer -> 'settled' <> '[]'
            ELSE true END
    UNION ALL
    -- What had paid an invoice never came: what was credited of it since is used for it.
    SELECT o.company_id, o.key, o.name, m.kind, x ->> 'allocation_id', o.request, o.answer
    FROM foundation.operation o, jsonb_array_elements(o.answer -> 'set_off') AS x,
        (VALUES ('allocation'), ('entry of allocation')) AS m (kind)
    WHERE o.status = 'applied' AND o.answer -> 'set_off' IS NOT NULL
    UNION ALL
    -- What a payment run has paid comes back: each of its supplier payments is reversed.
    SELECT o.company_id, o.key, o.name, 'reversal', x, o.request, o.answer
    FROM foundation.operation o, jsonb_array_elements_text(o.answer -> 'reversal_ids') AS x
    WHERE o.status = 'applied' AND o.answer -> 'reversal_ids' IS NOT NULL
), there AS (
    SELECT company_id, kind, id, number FROM document WHERE kind IN (SELECT kind FROM document_operation)
    UNION ALL SELECT DISTINCT company_id, 'reservation', order_id, order_id::text FROM inventory.reservation
    UNION ALL SELECT company_id, 'credit', order_id, order_id::text FROM receivables.credit_commitment
    UNION ALL
    SELECT DISTINCT company_id, 'delivery to be billed', shipment_id, order_number FROM receivables.billing_due
    UNION ALL
    SELECT company_id, CASE source_type
            WHEN 'shipment' THEN 'cost of shipment' WHEN 'stock_receipt' THEN 'value of receipt'
            WHEN 'goods_return' THEN 'value of return' WHEN 'vendor_return' THEN 'value of vendor return'
            WHEN 'stock_count' THEN 'value of count'
            WHEN 'scrapping' THEN 'value of scrapping' WHEN 'write_down' THEN 'value of write-down'
            WHEN 'price_correction' THEN 'value of correction'
            WHEN 'landed_cost' THEN 'value of landed cost' ELSE 'value of revaluation' END, source_id, number
    FROM ledger.journal_entry
    WHERE source_type IN ('shipment', 'stock_receipt', 'goods_return', 'vendor_return', 'revaluation', 'stock_count',
        'scrapping', 'write_down', 'price_correction', 'landed_cost')
    UNION ALL
    SELECT company_id, 'entry of allocation', source_id, min(number) FROM ledger.journal_entry
    WHERE source_type = 'allocation' GROUP BY company_id, source_id
    UNION ALL
    SELECT company_id, 'entry', id, number FROM ledger.journal_entry WHERE source_type = 'manual'
)
