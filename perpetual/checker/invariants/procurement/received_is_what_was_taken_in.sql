-- What has come of each line of a purchase order is what stands of its receipts, of its item, supplier and company, less what is replaced.
-- Of what went back to come again only that counts of which the order has heard before it ended.
SELECT coalesce(l.company_id, r.company_id) AS company, coalesce(o.number, r.order_number) AS document,
    coalesce(l.line_number, r.order_line_number) AS line_number, l.received_quantity, r.quantity AS taken_in,
    coalesce(v.quantity, 0) AS replaced
FROM procurement.purchase_order_line l
    JOIN procurement.purchase_order o ON o.id = l.order_id
    FULL JOIN (
        SELECT h.company_id, h.order_id, h.order_number, h.supplier_code, d.order_line_number, d.item_code, d.unit,
            sum(d.quantity) FILTER (WHERE x.document_id IS NULL) AS quantity
        FROM inventory.stock_receipt h
            JOIN inventory.stock_receipt_line d ON d.receipt_id = h.id
            LEFT JOIN ledger.reversal x ON x.document_id = h.id
        WHERE h.order_id IS NOT NULL
        GROUP BY h.company_id, h.order_id, h.order_number, h.supplier_code, d.order_line_number, d.item_code, d.unit
    ) AS r ON r.company_id = l.company_id AND r.order_id = l.order_id AND r.order_line_number = l.line_number
        AND r.item_code = l.item_code AND r.unit = l.unit AND r.supplier_code = o.supplier_code
        AND r.order_number = o.number
    LEFT JOIN (
        SELECT h.order_id, d.order_line_number, sum(d.quantity) AS quantity
        FROM inventory.vendor_return h
            JOIN inventory.vendor_return_line d ON d.return_id = h.id
            LEFT JOIN ledger.reversal x ON x.document_id = h.id
        WHERE h.replace AND x.document_id IS NULL AND EXISTS (SELECT FROM foundation.operation t
            WHERE t.key = h.process_of_order || '/procurement.record_receipt/return ' || h.id)
        GROUP BY h.order_id, d.order_line_number
    ) AS v ON v.order_id = l.order_id AND v.order_line_number = l.line_number
WHERE coalesce(l.received_quantity, 0) <> coalesce(r.quantity, 0) - coalesce(v.quantity, 0) OR (l.order_id IS NULL AND r.quantity IS NOT NULL)
