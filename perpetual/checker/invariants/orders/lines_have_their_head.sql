-- No line is without its document, in the same company; no document without its lines.
WITH heads AS (
    SELECT 'order' AS kind, id, company_id, number FROM sales.sales_order
    UNION ALL SELECT 'invoice', id, company_id, number FROM receivables.invoice
    UNION ALL SELECT 'shipment', id, company_id, number FROM inventory.shipment
    UNION ALL SELECT 'stock receipt', id, company_id, number FROM inventory.stock_receipt
    UNION ALL SELECT 'goods return', id, company_id, number FROM inventory.goods_return
    UNION ALL SELECT 'return', id, company_id, number FROM sales.sales_return
    UNION ALL SELECT 'dunning letter', id, company_id, number FROM receivables.dunning_letter
    UNION ALL SELECT 'entry', id, company_id, number FROM ledger.journal_entry
    UNION ALL SELECT 'credit note', id, company_id, number FROM receivables.credit_note
), lines AS (
    SELECT DISTINCT 'order' AS kind, order_id AS id, company_id FROM sales.sales_order_line
    UNION ALL SELECT DISTINCT 'invoice', invoice_id, company_id FROM receivables.invoice_line
    UNION ALL SELECT DISTINCT 'shipment', shipment_id, company_id FROM inventory.shipment_line
    UNION ALL SELECT DISTINCT 'stock receipt', receipt_id, company_id FROM inventory.stock_receipt_line
    UNION ALL SELECT DISTINCT 'goods return', return_id, company_id FROM inventory.goods_return_line
    UNION ALL SELECT DISTINCT 'return', return_id, company_id FROM sales.sales_return_line
    UNION ALL SELECT DISTINCT 'dunning letter', letter_id, company_id FROM receivables.dunning_letter_line
    UNION ALL SELECT DISTINCT 'entry', entry_id, company_id FROM ledger.journal_line
    UNION ALL SELECT DISTINCT 'credit note', credit_note_id, company_id FROM receivables.credit_note_line
), others AS (
    -- What belongs to a document that may also be without it.
    SELECT DISTINCT 'invoice' AS kind, invoice_id AS id, company_id FROM receivables.invoice_tax
    UNION ALL SELECT DISTINCT 'invoice', invoice_id, company_id FROM receivables.invoice_order
    UNION ALL SELECT DISTINCT 'credit note', credit_note_id, company_id FROM receivables.credit_note_tax
    UNION ALL SELECT 'invoice', invoice_id, company_id FROM receivables.credit_note
    UNION ALL
    SELECT DISTINCT 'invoice', document_id, company_id FROM ledger.open_item WHERE document_type = 'invoice'
    UNION ALL SELECT DISTINCT 'order', order_id, company_id FROM sales.sales_order_version
)
SELECT coalesce(h.company_id, l.company_id) AS company, coalesce(h.number, l.id::text) AS document,
    coalesce(h.kind, l.kind) AS kind, CASE WHEN h.id IS NULL THEN 'no document' ELSE 'no lines' END AS missing
FROM heads h FULL JOIN lines l ON l.kind = h.kind AND l.id = h.id AND l.company_id = h.company_id
WHERE h.id IS NULL OR l.id IS NULL
UNION ALL
SELECT l.company_id, l.id::text, l.kind, 'no document'
FROM others l LEFT JOIN heads h ON h.kind = l.kind AND h.id = l.id AND h.company_id = l.company_id
WHERE h.id IS NULL
