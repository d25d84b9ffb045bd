-- Goods move by a shipment, a receipt, a return or a revaluation, and by nothing else.
SELECT m.company_id AS company, m.item_code || ' by ' || m.document_id AS document, m.kind, m.moved_on,
    m.quantity, m.value
FROM inventory.stock_move m
    LEFT JOIN (
        SELECT id, company_id, 'issue' AS kind FROM inventory.shipment
        UNION ALL SELECT id, company_id, 'receipt' FROM inventory.stock_receipt
        UNION ALL SELECT id, company_id, 'return' FROM inventory.goods_return
    ) AS d ON d.id = m.document_id AND d.company_id = m.company_id
        AND (d.kind = m.kind OR (m.kind = 'settlement' AND d.kind <> 'issue'))
WHERE d.id IS NULL AND m.kind <> 'revaluation'
