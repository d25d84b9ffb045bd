-- Goods move by a document of the stock or its reversal, and by nothing else; each move tells its number.
SELECT m.company_id AS company, m.item_code || ' by ' || m.document_id AS document, m.kind, m.moved_on,
    m.quantity, m.value
FROM inventory.stock_move m
    LEFT JOIN (
        SELECT id, company_id, 'issue' AS kind FROM inventory.shipment
        UNION ALL SELECT id, company_id, 'receipt' FROM inventory.stock_receipt
        UNION ALL SELECT id, company_id, 'return' FROM inventory.goods_return
        UNION ALL SELECT id, company_id, 'vendor_return' FROM inventory.vendor_return
        UNION ALL SELECT id, company_id, 'revaluation' FROM inventory.revaluation
        UNION ALL SELECT id, company_id, 'count' FROM inventory.stock_count
        UNION ALL SELECT id, company_id, 'scrap' FROM inventory.scrapping
        UNION ALL SELECT id, company_id, 'transfer' FROM inventory.stock_transfer
        UNION ALL SELECT id, company_id, 'transfer' FROM inventory.transfer_receipt
        UNION ALL SELECT id, company_id, 'write_down' FROM inventory.write_down
        UNION ALL SELECT id, company_id, 'price_correction' FROM inventory.price_correction
        UNION ALL SELECT id, company_id, 'landed_cost' FROM inventory.landed_cost
        -- What was sold of a landed cost before it was taken back.
        UNION ALL SELECT id, company_id, 'settlement' FROM ledger.reversal WHERE document_type = 'landed_cost'
        UNION ALL
        SELECT id, company_id, 'reversal' FROM ledger.reversal
        WHERE document_type IN ('stock_receipt', 'shipment', 'goods_return', 'vendor_return', 'revaluation',
            'stock_count', 'scrapping', 'stock_transfer', 'transfer_receipt', 'write_down', 'price_correction',
            'landed_cost')
    ) AS d ON d.id = m.document_id AND d.company_id = m.company_id
        AND (d.kind = m.kind OR (m.kind = 'settlement' AND d.kind IN ('receipt', 'return', 'count')))
WHERE d.id IS NULL OR NOT EXISTS (SELECT FROM document n
    WHERE n.id = m.document_id AND n.company_id = m.company_id AND n.number = m.document_number)
