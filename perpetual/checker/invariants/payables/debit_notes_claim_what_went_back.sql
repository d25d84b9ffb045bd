-- A return of what was billed has one debit note that stands at most, over as much of each line as went back billed.
-- It has had one when its process has ended, unless what was to be claimed was written off.
WITH standing AS (
    SELECT d.* FROM payables.supplier_debit_note d
    WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
)
SELECT v.company_id AS company, v.number AS document, b.order_line_number, b.quantity AS went_back,
    c.quantity AS claimed, s.notes, s.wrong
FROM inventory.vendor_return v
    JOIN (
        SELECT return_id, order_line_number, sum(stock_quantity) AS quantity
        FROM inventory.vendor_return_line WHERE is_billed GROUP BY return_id, order_line_number
    ) AS b ON b.return_id = v.id
    LEFT JOIN (
        SELECT d.return_id, l.order_line_number, sum(l.stock_quantity) AS quantity
        FROM standing d JOIN payables.supplier_debit_note_line l ON l.debit_note_id = d.id
        GROUP BY d.return_id, l.order_line_number
    ) AS c ON c.return_id = v.id AND c.order_line_number = b.order_line_number
    LEFT JOIN (
        SELECT d.return_id, count(*) AS notes, string_agg(d.number, ', ') FILTER (WHERE d.posted_on < r.returned_on
            OR d.order_id <> r.order_id OR d.supplier_code <> r.supplier_code OR d.return_number <> r.number) AS wrong
        FROM standing d JOIN inventory.vendor_return r ON r.id = d.return_id
        GROUP BY d.return_id
    ) AS s ON s.return_id = v.id
    LEFT JOIN foundation.process p ON p.id = v.company_id || '/vendor_return/' || v.id
WHERE s.notes > 1 OR s.wrong IS NOT NULL OR c.quantity <> b.quantity
    OR (p.outcome IS NOT NULL AND NOT EXISTS (SELECT FROM payables.supplier_debit_note d WHERE d.return_id = v.id)
        AND NOT EXISTS (SELECT FROM payables.goods_write_off_line w JOIN ledger.open_item i ON i.id = w.open_item_id
            WHERE i.document_id = v.id))
    OR (s.notes IS NOT NULL AND EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = v.id))
UNION ALL
SELECT d.company_id, d.number, NULL, NULL, NULL, NULL, NULL
FROM standing d LEFT JOIN inventory.vendor_return v ON v.id = d.return_id WHERE v.id IS NULL
