-- No more goes back to a supplier than came with the line of the receipt, nor at more; of its item and order.
SELECT r.company_id AS company, d.number AS document, r.line_number, r.item_code, r.stock_quantity, r.value,
    b.stock_quantity AS went_back, b.value AS value_back, b.others
FROM inventory.stock_receipt_line r
    JOIN inventory.stock_receipt d ON d.id = r.receipt_id
    JOIN (
        SELECT l.receipt_id, l.receipt_line_number, sum(l.stock_quantity) AS stock_quantity, sum(l.value) AS value,
            string_agg(h.number, ', ' ORDER BY h.number) FILTER (WHERE (s.order_id = h.order_id
                AND s.supplier_code = h.supplier_code AND n.item_code = l.item_code
                AND n.order_line_number = l.order_line_number AND n.unit = l.unit
                AND s.received_on <= h.returned_on) IS NOT TRUE) AS others
        FROM inventory.vendor_return_line l
            JOIN inventory.vendor_return h ON h.id = l.return_id
            LEFT JOIN inventory.stock_receipt_line n
                ON n.receipt_id = l.receipt_id AND n.line_number = l.receipt_line_number
            LEFT JOIN inventory.stock_receipt s ON s.id = n.receipt_id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = h.id)
        GROUP BY l.receipt_id, l.receipt_line_number
    ) AS b ON b.receipt_id = r.receipt_id AND b.receipt_line_number = r.line_number
WHERE b.stock_quantity > r.stock_quantity OR b.value > r.value OR b.others IS NOT NULL
    OR EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = r.receipt_id)
