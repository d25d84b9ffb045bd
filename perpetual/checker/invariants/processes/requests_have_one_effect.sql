-- Each request has one effect: no document was written by two steps, whatever their keys.
WITH asked AS (
    SELECT o.company_id, o.key, o.name, m.kind, (o.request ->> m.field)::uuid AS id
    FROM foundation.operation o
        JOIN (VALUES
            ('sales.place_order', 'order', 'order_id'),
            ('sales.authorise_return', 'return', 'return_id'),
            ('inventory.reserve_stock', 'reservation', 'order_id'),
            ('inventory.post_goods_issue', 'shipment', 'shipment_id'),
            ('inventory.receive_stock', 'stock receipt', 'receipt_id'),
            ('inventory.take_back_goods', 'goods return', 'return_id'),
            ('finance.check_credit', 'credit', 'order_id'),
            ('finance.post_goods_cost', 'cost of shipment', 'shipment_id'),
            ('finance.post_stock_receipt', 'value of receipt', 'receipt_id'),
            ('finance.post_goods_return', 'value of return', 'return_id'),
            ('finance.post_invoice', 'invoice', 'invoice_id'),
            ('finance.post_invoice', 'cost of shipment', 'shipment_id'),
            ('finance.post_payment', 'payment', 'payment_id'),
            ('finance.allocate_payment', 'allocation', 'allocation_id'),
            ('finance.post_credit_note', 'credit note', 'credit_note_id'),
            ('finance.post_refund', 'refund', 'refund_id'),
            ('finance.post_entry', 'entry', 'entry_id'),
            ('finance.reverse_entry', 'entry', 'reversal_id')
        ) AS m (name, kind, field) ON m.name = o.name
    WHERE o.status = 'applied'
        -- An invoice has the cost of goods with it when it was not posted before.
        AND (o.name <> 'finance.post_invoice' OR m.kind = 'invoice'
            OR (o.request ->> 'goods_cost')::numeric <> 0)
        -- Credit is asked for anew when a person has decided.
        AND o.name <> 'finance.check_credit'
)
SELECT company_id AS company, kind || ' ' || id AS document, name, count(*) AS times,
    string_agg(key, ', ' ORDER BY key) AS keys
FROM asked
GROUP BY company_id, kind, id, name
HAVING count(*) > 1
