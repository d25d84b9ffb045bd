-- Supplier invoices are of a purchase order that there is, of its supplier, and match no more of a line than has come.
SELECT d.company_id AS company, d.number AS document, d.order_number, d.supplier_code, NULL::integer AS line_number,
    NULL::numeric AS matched, NULL::numeric AS there
FROM payables.supplier_invoice d
    LEFT JOIN procurement.purchase_order o ON o.id = d.order_id AND o.company_id = d.company_id
WHERE (o.number = d.order_number AND o.supplier_code = d.supplier_code AND o.currency = d.currency) IS NOT TRUE
UNION ALL
SELECT l.company_id, o.number, o.number, o.supplier_code, l.line_number, b.quantity, t.quantity
FROM procurement.purchase_order_line l
    JOIN procurement.purchase_order o ON o.id = l.order_id
    JOIN (
        SELECT i.order_id, n.order_line_number, sum(n.matched_quantity) AS quantity
        FROM payables.supplier_invoice i JOIN payables.supplier_invoice_line n ON n.invoice_id = i.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
        GROUP BY i.order_id, n.order_line_number
    ) AS b ON b.order_id = l.order_id AND b.order_line_number = l.line_number
    -- What went back and was not billed is not there any more; what went back to come again counts as not received.
    LEFT JOIN (
        SELECT h.order_id, d.order_line_number, sum(CASE WHEN h.replace AND t.key IS NOT NULL THEN d.stock_quantity ELSE 0 END
            - CASE WHEN d.is_billed THEN 0 ELSE d.stock_quantity END) AS quantity
        FROM inventory.vendor_return h JOIN inventory.vendor_return_line d ON d.return_id = h.id
            LEFT JOIN foundation.operation t
                ON t.key = h.process_of_order || '/procurement.record_receipt/return ' || h.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = h.id)
        GROUP BY h.order_id, d.order_line_number
    ) AS r ON r.order_id = l.order_id AND r.order_line_number = l.line_number
    -- Goods in the stock unit, of which each receipt is rounded to six decimals.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.is_stocked THEN l.stock_quantity * l.received_quantity / l.quantity ELSE l.quantity END
            + coalesce(r.quantity, 0)
    ) AS t (quantity)
WHERE b.quantity > t.quantity + CASE WHEN l.is_stocked THEN 0.001 ELSE 0 END
