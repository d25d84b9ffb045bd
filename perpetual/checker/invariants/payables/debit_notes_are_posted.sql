-- A debit note is the sum of its lines, is owed by its supplier, and takes off its invoices what it says, and no more than they bill.
SELECT d.company_id AS company, d.number AS document, d.total_amount, l.total_amount AS total_of_lines,
    coalesce(o.amount, 0) AS owed, d.base_total_amount, coalesce(o.base_amount, 0) AS base_owed, d.settled_amount,
    coalesce(s.amount, 0) AS settled, g.quantity AS settled_goods, l.quantity AS claimed_goods
FROM payables.supplier_debit_note d
    LEFT JOIN (
        SELECT debit_note_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount,
            sum(net_amount + tax_amount) AS total_amount, sum(base_total_amount) AS base_total_amount,
            sum(stock_quantity) AS quantity
        FROM payables.supplier_debit_note_line GROUP BY debit_note_id
    ) AS l ON l.debit_note_id = d.id
    LEFT JOIN ledger.open_item o ON o.document_id = d.id AND o.document_type = 'supplier_debit_note'
        AND o.side = 'payable' AND o.party_type = 'supplier' AND o.party_code = d.supplier_code
    LEFT JOIN (
        SELECT s.source_id, -sum(s.amount) AS amount
        FROM ledger.settlement s
            JOIN ledger.open_item i ON i.id = s.open_item_id AND i.side = 'payable'
                AND i.document_type = 'supplier_invoice'
        WHERE EXISTS (SELECT FROM payables.supplier_debit_note_line n
            WHERE n.debit_note_id = s.source_id AND n.invoice_id = i.document_id)
        GROUP BY s.source_id
    ) AS s ON s.source_id = d.id
    LEFT JOIN (
        SELECT s.source_id, -sum(s.quantity) AS quantity
        FROM ledger.settlement s
            JOIN ledger.open_item i ON i.id = s.open_item_id AND i.side = 'goods_received'
            JOIN payables.supplier_debit_note n ON n.id = s.source_id AND n.return_id = i.document_id
        GROUP BY s.source_id
    ) AS g ON g.source_id = d.id
WHERE (l.net_amount = d.net_amount AND l.tax_amount = d.tax_amount AND l.base_total_amount = d.base_total_amount
    AND coalesce(o.amount, 0) = d.total_amount AND coalesce(o.base_amount, 0) = d.base_total_amount
    AND coalesce(s.amount, 0) = d.settled_amount AND g.quantity = l.quantity) IS NOT TRUE
UNION ALL
SELECT i.company_id, h.number, i.net_amount + i.tax_amount, c.total_amount, NULL, NULL, NULL, NULL, NULL, c.quantity,
    i.matched_quantity
FROM payables.supplier_invoice_line i
    JOIN payables.supplier_invoice h ON h.id = i.invoice_id
    JOIN (
        SELECT l.invoice_id, l.invoice_line_number, sum(l.stock_quantity) AS quantity,
            sum(l.net_amount + l.tax_amount) AS total_amount
        FROM payables.supplier_debit_note_line l
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = l.debit_note_id)
        GROUP BY l.invoice_id, l.invoice_line_number
    ) AS c ON c.invoice_id = i.invoice_id AND c.invoice_line_number = i.line_number
WHERE c.quantity > i.matched_quantity OR c.total_amount > i.net_amount + i.tax_amount
    OR EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.invoice_id)
