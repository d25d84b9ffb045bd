-- Documents and entries carry the key of an operation that the log says was applied in their transaction.
SELECT d.company_id AS company, d.number AS document, d.kind, d.operation_key, o.status,
    d.transaction_id::text AS written_by, o.transaction_id::text AS logged_by
FROM (
    SELECT company_id, number, 'entry' AS kind, operation_key, transaction_id FROM ledger.journal_entry
    UNION ALL SELECT company_id, number, 'invoice', operation_key, transaction_id FROM receivables.invoice
    UNION ALL
    SELECT company_id, number, 'credit note', operation_key, transaction_id FROM receivables.credit_note
    UNION ALL
    SELECT company_id, number, 'dunning letter', operation_key, transaction_id FROM receivables.dunning_letter
    UNION ALL SELECT company_id, number, 'stock receipt', operation_key, transaction_id FROM inventory.stock_receipt
    UNION ALL SELECT company_id, number, 'shipment', operation_key, transaction_id FROM inventory.shipment
    UNION ALL SELECT company_id, number, 'goods return', operation_key, transaction_id FROM inventory.goods_return
    UNION ALL SELECT company_id, number, 'revaluation', operation_key, transaction_id FROM inventory.revaluation
) AS d
    LEFT JOIN foundation.operation o ON o.key = d.operation_key AND o.company_id = d.company_id
WHERE (o.status = 'applied' AND o.transaction_id = d.transaction_id) IS NOT TRUE
