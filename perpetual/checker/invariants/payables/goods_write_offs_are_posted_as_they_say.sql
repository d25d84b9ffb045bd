-- A write-off of goods closes what its lines say, of its order and supplier, and is posted so.
SELECT h.company_id AS company, h.number AS document, h.total_amount, l.amount AS of_lines, s.amount AS settled,
    l.quantity AS quantity_of_lines, s.quantity AS settled_quantity, p.amount AS posted
FROM payables.goods_write_off h
    LEFT JOIN (
        SELECT write_off_id, sum(amount) AS amount, sum(stock_quantity) AS quantity
        FROM payables.goods_write_off_line GROUP BY write_off_id
    ) AS l ON l.write_off_id = h.id
    LEFT JOIN (
        SELECT s.source_id, -sum(s.base_amount) AS amount, sum(s.quantity) AS quantity,
            bool_and(d.write_off_id IS NOT NULL AND o.order_id = d.order_id AND o.party_code = d.supplier_code
                AND o.document_number = d.document_number AND o.order_line_number = d.order_line_number
                AND abs(s.quantity) = d.stock_quantity AND abs(s.base_amount) = d.amount) AS is_of_its_lines
        FROM ledger.settlement s
            JOIN ledger.open_item o ON o.id = s.open_item_id AND o.side = 'goods_received'
            LEFT JOIN (
                SELECT n.*, w.order_id, w.supplier_code
                FROM payables.goods_write_off_line n JOIN payables.goods_write_off w ON w.id = n.write_off_id
            ) AS d ON d.write_off_id = s.source_id AND d.open_item_id = s.open_item_id
        WHERE s.source_type = 'goods_write_off' GROUP BY s.source_id
    ) AS s ON s.source_id = h.id
    LEFT JOIN (
        SELECT e.source_id, -sum(j.base_amount) AS amount
        FROM ledger.journal_entry e JOIN ledger.journal_line j ON j.entry_id = e.id
            JOIN ledger.account c ON c.company_id = j.company_id AND c.code = j.account_code AND c.subledger IS NULL
        WHERE e.source_type = 'goods_write_off' GROUP BY e.source_id
    ) AS p ON p.source_id = h.id
    CROSS JOIN LATERAL (SELECT CASE h.kind WHEN 'not_billed' THEN 1 ELSE -1 END) AS k (sign)
WHERE (l.amount = h.total_amount AND k.sign * s.amount = h.total_amount AND k.sign * s.quantity = l.quantity
    AND k.sign * coalesce(p.amount, 0) = h.total_amount AND s.is_of_its_lines) IS NOT TRUE
