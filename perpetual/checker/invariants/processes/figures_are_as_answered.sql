-- What was posted is as it was when it was answered for: numbers, amounts and days.
WITH answered AS (
    SELECT name, company_id, request, answer FROM foundation.operation
    WHERE status = 'applied' AND name IN ('receivables.post_invoice', 'receivables.post_collective_invoice',
        'receivables.post_direct_invoice', 'receivables.credit_invoice', 'receivables.reverse_invoice',
        'receivables.post_write_off', 'receivables.reverse_document',
        'ledger.post_payment', 'ledger.allocate_payment', 'inventory.post_goods_issue', 'inventory.receive_stock',
        'inventory.take_back_goods', 'inventory.revalue_item', 'receivables.post_credit_note',
        'ledger.post_refund', 'ledger.reverse_document', 'inventory.reverse_receipt',
        'inventory.reverse_revaluation', 'inventory.reverse_shipment', 'inventory.reverse_return',
        'inventory.reverse_correction', 'inventory.count_stock', 'inventory.scrap_goods',
        'inventory.transfer_stock', 'inventory.receive_transfer', 'inventory.write_down_item',
        'inventory.correct_price', 'inventory.post_landed_cost', 'inventory.reverse_landed_cost', 'banking.post_line', 'banking.reverse_posting')
), figures AS (
    SELECT a.company_id, i.number, f.*
    FROM answered a JOIN receivables.invoice i ON i.id::text = a.request ->> 'invoice_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'invoice_number', i.number),
            ('net amount', a.answer ->> 'net_amount', i.net_amount::text),
            ('tax amount', a.answer ->> 'tax_amount', i.tax_amount::text),
            ('total amount', a.answer ->> 'total_amount', i.total_amount::text),
            ('invoiced on', a.request ->> 'invoiced_on', i.invoiced_on::text),
            ('due on', a.answer ->> 'due_on', i.due_on::text),
            ('customer', a.request ->> 'customer_code', i.customer_code),
            ('currency', coalesce(a.answer ->> 'currency', a.request ->> 'currency'), i.currency),
            ('corrects', a.request ->> 'corrects_id', i.corrects_id::text)
        ) AS f (figure, answered, written)
    WHERE a.name IN ('receivables.post_invoice', 'receivables.post_direct_invoice')
    UNION ALL
    SELECT a.company_id, i.number, f.*
    FROM answered a JOIN receivables.invoice i ON i.id::text = a.answer ->> 'invoice_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'invoice_number', i.number),
            ('net amount', a.answer ->> 'net_amount', i.net_amount::text),
            ('tax amount', a.answer ->> 'tax_amount', i.tax_amount::text),
            ('total amount', a.answer ->> 'total_amount', i.total_amount::text),
            ('month', a.request ->> 'month', to_char(i.invoiced_on, 'YYYY-MM')),
            ('due on', a.answer ->> 'due_on', i.due_on::text),
            ('customer', a.request ->> 'customer_code', i.customer_code),
            ('currency', a.request ->> 'currency', i.currency),
            ('terms', a.request ->> 'payment_terms_code', i.payment_terms_code)
        ) AS f (figure, answered, written)
    WHERE a.name = 'receivables.post_collective_invoice'
    UNION ALL
    SELECT a.company_id, p.number, f.*
    FROM answered a JOIN ledger.payment p ON p.id::text = a.request ->> 'payment_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'payment_number', p.number),
            ('amount', a.request ->> 'amount', p.amount::text),
            ('received on', a.request ->> 'received_on', p.received_on::text),
            ('customer', a.request ->> 'customer_code', p.party_code),
            ('currency', a.request ->> 'currency', p.currency),
            ('reference', a.request ->> 'reference', p.reference)
        ) AS f (figure, answered, written)
    WHERE a.name = 'ledger.post_payment'
    UNION ALL
    SELECT a.company_id, p.number, f.*
    FROM answered a JOIN ledger.payment p ON p.id::text = a.request ->> 'payment_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'document_number', p.number),
            ('amount', a.answer ->> 'amount', p.amount::text),
            ('received on', a.request ->> 'posted_on', p.received_on::text),
            ('customer', a.request ->> 'customer_code', p.party_code),
            ('currency', a.answer ->> 'currency', p.currency)
        ) AS f (figure, answered, written)
    WHERE a.name = 'banking.post_line'
    UNION ALL
    SELECT a.company_id, s.number, f.*
    FROM answered a JOIN inventory.shipment s ON s.id::text = a.request ->> 'shipment_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'shipment_number', s.number),
            ('cost', a.answer ->> 'cost', s.cost::text),
            ('shipped on', a.request ->> 'shipped_on', s.shipped_on::text),
            ('customer', a.request ->> 'customer_code', s.customer_code)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.post_goods_issue'
    UNION ALL
    SELECT a.company_id, r.number, f.*
    FROM answered a JOIN inventory.stock_receipt r ON r.id::text = a.request ->> 'receipt_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'receipt_number', r.number),
            ('value', a.answer ->> 'value', r.value::text),
            ('adjustment value', a.answer ->> 'adjustment_value', r.adjustment_value::text),
            ('received on', a.request ->> 'received_on', r.received_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.receive_stock'
    UNION ALL
    SELECT a.company_id, r.number, f.*
    FROM answered a JOIN inventory.goods_return r ON r.id::text = a.request ->> 'return_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'return_number', r.number),
            ('restocked value', a.answer ->> 'restocked_value', r.restocked_value::text),
            ('scrapped value', a.answer ->> 'scrapped_value', r.scrapped_value::text),
            ('received on', a.request ->> 'received_on', r.received_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.take_back_goods'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN receivables.credit_note c ON c.id::text = a.request ->> 'credit_note_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'credit_note_number', c.number),
            ('net amount', a.answer ->> 'net_amount', c.net_amount::text),
            ('tax amount', a.answer ->> 'tax_amount', c.tax_amount::text),
            ('total amount', a.answer ->> 'total_amount', c.total_amount::text),
            ('on account', a.answer ->> 'on_account_amount', c.on_account_amount::text),
            -- Not before the money came that it puts on account, nor before what had settled the invoice was
            -- taken back.
            ('credited on', CASE WHEN c.on_account_amount = 0 AND NOT EXISTS (
                    SELECT FROM ledger.open_item i WHERE i.document_id = c.invoice_id AND i.reopened_on IS NOT NULL)
                THEN coalesce(a.request ->> 'credited_on', a.request ->> 'reversed_on')
                ELSE a.answer ->> 'credited_on' END, c.credited_on::text),
            ('reason', a.request ->> 'reason', c.reason)
        ) AS f (figure, answered, written)
    WHERE a.name IN (
        'receivables.post_credit_note', 'receivables.credit_invoice', 'receivables.reverse_invoice')
    UNION ALL
    SELECT a.company_id, w.number, f.*
    FROM answered a JOIN receivables.write_off w ON w.id::text = a.request ->> 'write_off_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'write_off_number', w.number),
            ('kind', a.request ->> 'kind', w.kind),
            ('document', a.answer ->> 'document_id', w.document_id::text),
            ('customer', a.answer ->> 'customer_code', w.customer_code),
            ('amount', a.answer ->> 'amount', w.amount::text),
            ('tax amount', a.answer ->> 'tax_amount', w.tax_amount::text),
            ('currency', a.answer ->> 'currency', w.currency),
            ('written off on', a.request ->> 'written_off_on', w.written_off_on::text),
            ('reason', a.request ->> 'reason', w.reason)
        ) AS f (figure, answered, written)
    WHERE a.name = 'receivables.post_write_off'
    UNION ALL
    SELECT a.company_id, r.number, f.*
    FROM answered a JOIN ledger.refund r ON r.id::text = a.request ->> 'refund_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'refund_number', r.number),
            ('amount', a.answer ->> 'amount', r.amount::text),
            ('currency', a.answer ->> 'currency', r.currency),
            -- A process refunds, or uses, money on the first day on which it can; an older version's answer does
            -- not name it, and it was the day that was asked for.
            ('refunded on', coalesce(CASE a.request ->> 'or_later' WHEN 'true' THEN a.answer ->> 'refunded_on' END,
                a.request ->> 'refunded_on'), r.refunded_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'ledger.post_refund'
    UNION ALL
    SELECT a.company_id, x.money_number, f.*
    FROM answered a JOIN ledger.allocation x ON x.id::text = a.request ->> 'allocation_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'payment_number', x.money_number),
            ('document', a.request ->> 'invoice_id', x.document_id::text),
            ('money', coalesce(a.request ->> 'payment_id', a.request ->> 'credit_note_id'), x.money_id::text),
            ('exchange difference', a.answer ->> 'exchange_difference', x.exchange_difference::text),
            ('allocated on', coalesce(CASE a.request ->> 'if_any' WHEN 'true' THEN a.answer ->> 'allocated_on' END,
                a.request ->> 'allocated_on'), x.allocated_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'ledger.allocate_payment'
    UNION ALL
    SELECT a.company_id, x.money_number, f.*
    FROM answered a, jsonb_array_elements(a.answer -> 'set_off') AS s
        JOIN ledger.allocation x ON x.id::text = s ->> 'allocation_id',
        LATERAL (VALUES
            ('number', s ->> 'credit_note_number', x.money_number),
            ('document', s -> 'settled' ->> 'invoice_id', x.document_id::text),
            ('money', s ->> 'credit_note_id', x.money_id::text)
        ) AS f (figure, answered, written)
    WHERE a.answer -> 'set_off' IS NOT NULL
    UNION ALL
    SELECT a.company_id, r.number, f.*
    FROM answered a JOIN inventory.revaluation r ON r.id::text = a.request ->> 'revaluation_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'revaluation_number', r.number),
            ('item', a.request ->> 'item_code', r.item_code),
            ('value', a.answer ->> 'value', r.value::text),
            ('difference', a.answer ->> 'value_difference', (r.value - r.value_before)::text),
            ('revalued on', a.request ->> 'revalued_on', r.revalued_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.revalue_item'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.stock_count c ON c.id::text = a.request ->> 'count_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'count_number', c.number),
            ('value', a.answer ->> 'value', c.value::text),
            ('counted on', a.request ->> 'counted_on', c.counted_on::text),
            ('warehouse', a.request ->> 'warehouse_code', c.warehouse_code::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.count_stock'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.scrapping c ON c.id::text = a.request ->> 'scrapping_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'scrapping_number', c.number),
            ('value', a.answer ->> 'value', c.value::text),
            ('scrapped on', a.request ->> 'scrapped_on', c.scrapped_on::text),
            ('reason', a.request ->> 'reason', c.reason::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.scrap_goods'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.stock_transfer c ON c.id::text = a.request ->> 'transfer_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'transfer_number', c.number),
            ('from', a.request ->> 'from_warehouse_code', c.from_warehouse_code::text),
            ('to', a.request ->> 'to_warehouse_code', c.to_warehouse_code::text),
            ('transferred on', a.request ->> 'transferred_on', c.transferred_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.transfer_stock'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.transfer_receipt c ON c.id::text = a.request ->> 'transfer_receipt_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'transfer_receipt_number', c.number),
            ('warehouse', a.answer ->> 'warehouse_code', c.warehouse_code::text),
            ('received on', a.request ->> 'received_on', c.received_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.receive_transfer'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.write_down c ON c.id::text = a.request ->> 'write_down_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'write_down_number', c.number),
            ('value', a.answer ->> 'value', c.value::text),
            ('item', a.request ->> 'item_code', c.item_code::text),
            ('written on', a.request ->> 'written_on', c.written_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.write_down_item'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.price_correction c ON c.id::text = a.request ->> 'correction_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'correction_number', c.number),
            ('value', a.answer ->> 'value', c.value::text),
            ('stock value', a.answer ->> 'stock_value', c.stock_value::text),
            ('receipt', a.answer ->> 'receipt_number', c.receipt_number::text),
            ('corrected on', a.request ->> 'corrected_on', c.corrected_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.correct_price'
    UNION ALL
    SELECT a.company_id, c.number, f.*
    FROM answered a JOIN inventory.landed_cost c ON c.id::text = a.request ->> 'landed_cost_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'landed_cost_number', c.number),
            ('source', a.request ->> 'source_id', c.source_id::text),
            ('value', a.answer ->> 'value', c.value::text),
            ('stock value', a.answer ->> 'stock_value', c.stock_value::text),
            ('basis', a.request ->> 'basis', c.basis),
            ('posted on', a.request ->> 'posted_on', c.posted_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'inventory.post_landed_cost'
    UNION ALL
    SELECT a.company_id, r.number, f.*
    FROM answered a JOIN ledger.reversal r ON r.id::text = a.request ->> 'reversal_id',
        LATERAL (VALUES
            ('number', a.answer ->> 'reversal_number', r.number),
            ('document', a.request ->> 'document_id', r.document_id::text),
            ('document type', a.answer ->> 'document_type', r.document_type),
            ('reversed on', a.request ->> 'reversed_on', r.reversed_on::text),
            ('reason', a.request ->> 'reason', r.reason)
        ) AS f (figure, answered, written)
    WHERE a.name IN ('ledger.reverse_document', 'inventory.reverse_receipt', 'inventory.reverse_revaluation',
        'receivables.reverse_document', 'inventory.reverse_shipment', 'inventory.reverse_return',
        'inventory.reverse_correction', 'inventory.reverse_landed_cost')
)
SELECT company_id AS company, number AS document, figure, answered, written
FROM figures
-- Amounts have more zeros in the database than in an answer.
WHERE CASE WHEN written ~ '^-?[0-9]+\.[0-9]+$' AND answered ~ '^-?[0-9]+(\.[0-9]+)?$'
    THEN written::numeric <> answered::numeric ELSE written IS DISTINCT FROM answered END
