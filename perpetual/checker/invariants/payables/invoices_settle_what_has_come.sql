-- Of every line of a purchase order, a supplier's invoice settles as many goods, at the value, as it says it matches.
SELECT coalesce(l.company_id, s.company_id) AS company, i.number AS document,
    coalesce(l.order_line_number, s.order_line_number) AS order_line_number,
    l.quantity AS matched, s.quantity AS settled, l.value AS matched_value, s.value AS settled_value
FROM (
    SELECT company_id, invoice_id, order_line_number, sum(matched_quantity) AS quantity,
        sum(base_received_amount) AS value
    FROM payables.supplier_invoice_line WHERE is_stocked GROUP BY company_id, invoice_id, order_line_number
    -- Of what was credited as a whole nothing is left.
    HAVING sum(matched_quantity) <> 0 OR sum(base_received_amount) <> 0
) AS l
    FULL JOIN (
        SELECT s.company_id, s.source_id, o.order_line_number, sum(s.quantity) AS quantity, -sum(s.base_amount) AS value
        FROM ledger.settlement s JOIN ledger.open_item o ON o.id = s.open_item_id AND o.side = 'goods_received'
        WHERE s.source_type = 'supplier_invoice'
        GROUP BY s.company_id, s.source_id, o.order_line_number
    ) AS s ON s.company_id = l.company_id AND s.source_id = l.invoice_id AND s.order_line_number = l.order_line_number
    LEFT JOIN payables.supplier_invoice i ON i.id = coalesce(l.invoice_id, s.source_id)
WHERE (l.quantity = s.quantity AND l.value = s.value) IS NOT TRUE
