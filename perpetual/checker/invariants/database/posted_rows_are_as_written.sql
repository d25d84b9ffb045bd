-- The rows of a posted document were written together, and none was changed or added later.
-- PostgreSQL notes with each row which transaction wrote it; heads and the log of operations say it too. Where a
-- backup was restored, one has written all rows of a table: what it wrote together with other documents' rows says
-- nothing.
WITH written AS (
    SELECT 'entry' AS kind, 'line' AS part, entry_id AS id, company_id, xmin::text AS by FROM ledger.journal_line
    UNION ALL SELECT 'invoice', 'line', invoice_id, company_id, xmin::text FROM receivables.invoice_line
    UNION ALL SELECT 'invoice', 'tax', invoice_id, company_id, xmin::text FROM receivables.invoice_tax
    UNION ALL SELECT 'invoice', 'order', invoice_id, company_id, xmin::text FROM receivables.invoice_order
    UNION ALL SELECT 'shipment', 'line', shipment_id, company_id, xmin::text FROM inventory.shipment_line
    UNION ALL SELECT 'receipt', 'line', receipt_id, company_id, xmin::text FROM inventory.stock_receipt_line
    UNION ALL SELECT 'return', 'line', return_id, company_id, xmin::text FROM inventory.goods_return_line
    UNION ALL SELECT 'credit note', 'line', credit_note_id, company_id, xmin::text FROM receivables.credit_note_line
    UNION ALL SELECT 'credit note', 'tax', credit_note_id, company_id, xmin::text FROM receivables.credit_note_tax
    UNION ALL SELECT 'credit note', 'head', id, company_id, xmin::text FROM receivables.credit_note
    UNION ALL SELECT 'refund', 'head', id, company_id, xmin::text FROM ledger.refund
    UNION ALL SELECT 'entry', 'head', id, company_id, xmin::text FROM ledger.journal_entry
    UNION ALL SELECT 'invoice', 'head', id, company_id, xmin::text FROM receivables.invoice
    UNION ALL SELECT 'shipment', 'head', id, company_id, xmin::text FROM inventory.shipment
    UNION ALL SELECT 'receipt', 'head', id, company_id, xmin::text FROM inventory.stock_receipt
    UNION ALL SELECT 'return', 'head', id, company_id, xmin::text FROM inventory.goods_return
    UNION ALL SELECT 'payment', 'head', id, company_id, xmin::text FROM ledger.payment
    UNION ALL SELECT 'allocation', 'head', id, company_id, xmin::text FROM ledger.allocation
    UNION ALL SELECT 'reversal', 'head', id, company_id, xmin::text FROM ledger.reversal
    UNION ALL SELECT 'revaluation', 'head', id, company_id, xmin::text FROM inventory.revaluation
    UNION ALL SELECT 'letter', 'head', id, company_id, xmin::text FROM receivables.dunning_letter
    UNION ALL SELECT 'letter', 'line', letter_id, company_id, xmin::text FROM receivables.dunning_letter_line
    UNION ALL
    SELECT s.kind, 'stored', s.id, s.company_id, (s.transaction_id::text::numeric % 4294967296)::text
    FROM (
        SELECT 'entry' AS kind, id, company_id, transaction_id FROM ledger.journal_entry
        UNION ALL SELECT 'invoice', id, company_id, transaction_id FROM receivables.invoice
        UNION ALL SELECT 'credit note', id, company_id, transaction_id FROM receivables.credit_note
        UNION ALL SELECT 'letter', id, company_id, transaction_id FROM receivables.dunning_letter
        UNION ALL SELECT 'shipment', id, company_id, transaction_id FROM inventory.shipment
        UNION ALL SELECT 'receipt', id, company_id, transaction_id FROM inventory.stock_receipt
        UNION ALL SELECT 'return', id, company_id, transaction_id FROM inventory.goods_return
        UNION ALL SELECT 'revaluation', id, company_id, transaction_id FROM inventory.revaluation
    ) AS s
    UNION ALL
    SELECT m.kind, 'log', (o.request ->> m.field)::uuid, o.company_id,
        (o.transaction_id::text::numeric % 4294967296)::text
    FROM foundation.operation o
        JOIN (VALUES
            ('receivables.post_invoice', 'invoice', 'invoice_id'), ('ledger.post_payment', 'payment', 'payment_id'),
            ('receivables.post_collective_invoice', 'invoice', 'invoice_id'),
            ('inventory.post_goods_issue', 'shipment', 'shipment_id'),
            ('inventory.receive_stock', 'receipt', 'receipt_id'),
            ('inventory.take_back_goods', 'return', 'return_id'),
            ('receivables.post_credit_note', 'credit note', 'credit_note_id'),
            ('ledger.post_refund', 'refund', 'refund_id'), ('ledger.reverse_document', 'reversal', 'reversal_id'),
            ('inventory.reverse_receipt', 'reversal', 'reversal_id'),
            ('inventory.reverse_revaluation', 'reversal', 'reversal_id'),
            ('inventory.revalue_item', 'revaluation', 'revaluation_id')
        ) AS m (name, kind, field) ON m.name = o.name
    -- With nothing to bill, to credit or to refund there is no document.
    WHERE o.status = 'applied' AND o.answer ->> 'credit_note_number' IS DISTINCT FROM ''
        AND o.answer ->> 'refund_number' IS DISTINCT FROM ''
        AND o.answer ->> 'invoice_number' IS DISTINCT FROM ''
), alone AS (
    SELECT kind, part, by FROM written GROUP BY kind, part, by HAVING count(DISTINCT id) = 1
)
SELECT w.company_id AS company, w.kind || ' ' || w.id AS document,
    string_agg(DISTINCT w.part || ' by ' || w.by, ', ') AS written
FROM written w LEFT JOIN alone a ON a.kind = w.kind AND a.part = w.part AND a.by = w.by
GROUP BY w.company_id, w.kind, w.id
HAVING count(DISTINCT w.by) FILTER (WHERE w.part = 'line') > 1
    OR count(DISTINCT w.by) FILTER (WHERE w.part = 'tax') > 1
    OR (count(DISTINCT w.by) > 1 AND bool_and(a.by IS NOT NULL))
