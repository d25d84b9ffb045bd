-- An entry that no person wrote names a document that there is.
SELECT e.company_id AS company, e.number AS document, e.source_type, e.source_id
FROM ledger.journal_entry e
    LEFT JOIN (
        SELECT id, company_id, 'invoice' AS source_type FROM receivables.invoice
        UNION ALL SELECT id, company_id, 'payment' FROM ledger.payment
        UNION ALL SELECT id, company_id, 'dunning_letter' FROM receivables.dunning_letter
        UNION ALL SELECT id, company_id, 'shipment' FROM inventory.shipment
        UNION ALL SELECT id, company_id, 'stock_receipt' FROM inventory.stock_receipt
        UNION ALL SELECT id, company_id, 'goods_return' FROM inventory.goods_return
        UNION ALL SELECT id, company_id, 'credit_note' FROM receivables.credit_note
        UNION ALL SELECT id, company_id, 'refund' FROM ledger.refund
        UNION ALL SELECT id, company_id, 'allocation' FROM ledger.allocation
        UNION ALL SELECT id, company_id, 'revaluation' FROM inventory.revaluation
        UNION ALL SELECT id, company_id, 'reversal' FROM ledger.reversal
    ) AS d ON d.id = e.source_id AND d.company_id = e.company_id AND d.source_type = e.source_type
WHERE d.id IS NULL AND e.source_type <> 'manual'
