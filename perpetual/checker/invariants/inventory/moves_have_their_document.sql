-- Goods move by a shipment, a receipt, a return, a revaluation or the reversal of one, and by nothing else.
SELECT m.company_id AS company, m.item_code || ' by ' || m.document_id AS document, m.kind, m.moved_on,
    m.quantity, m.value
FROM inventory.stock_move m
    LEFT JOIN (
        SELECT id, company_id, 'issue' AS kind FROM inventory.shipment
        UNION ALL SELECT id, company_id, 'receipt' FROM inventory.stock_receipt
        UNION ALL SELECT id, company_id, 'return' FROM inventory.goods_return
        UNION ALL SELECT id, company_id, 'revaluation' FROM inventory.revaluation
        UNION ALL
        SELECT id, company_id, 'reversal' FROM ledger.reversal
        WHERE document_type IN ('stock_receipt', 'revaluation')
    ) AS d ON d.id = m.document_id AND d.company_id = m.company_id
        AND (d.kind = m.kind OR (m.kind = 'settlement' AND d.kind IN ('receipt', 'return')))
WHERE d.id IS NULL
