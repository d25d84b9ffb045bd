-- What was posted is as it was when it was answered for: numbers, amounts and days.
WITH answered AS (
    SELECT name, company_id, request, answer FROM foundation.operation
    WHERE status = 'applied' AND name IN ('receivables.post_invoice', 'receivables.post_collective_invoice',
        'receivables.post_direct_invoice', 'receivables.credit_invoice', 'receivables.reverse_invoice',
        'receivables.post_write_off', 'receivables.reverse_document',
        'ledger.post_payment', 'ledger.allocate_payment', 'inventory.post_goods_issue', 'inventory.receive_stock',
        'inventory.take_back_goods', 'inventory.revalue_item', 'receivables.post_credit_note',
        'ledger.post_refund', 'ledger.reverse_document', 'inventory.reverse_receipt',
        'inventory.reverse_revaluation')
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
            ('credited on', coalesce(a.request ->> 'credited_on', a.request ->> 'reversed_on'),
                c.credited_on::text),
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
            ('refunded on', a.request ->> 'refunded_on', r.refunded_on::text)
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
            ('allocated on', a.request ->> 'allocated_on', x.allocated_on::text)
        ) AS f (figure, answered, written)
    WHERE a.name = 'ledger.allocate_payment'
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
        'receivables.reverse_document')
)
SELECT company_id AS company, number AS document, figure, answered, written
FROM figures
-- Amounts have more zeros in the database than in an answer.
WHERE CASE WHEN written ~ '^-?[0-9]+\.[0-9]+$' AND answered ~ '^-?[0-9]+(\.[0-9]+)?$'
    THEN written::numeric <> answered::numeric ELSE written IS DISTINCT FROM answered END
