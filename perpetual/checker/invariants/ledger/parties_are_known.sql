-- Entries, open items, payments, allocations, refunds and write-offs name parties that there are; every customer and supplier is one.
SELECT n.company_id AS company, n.document, n.kind, n.type AS party_type, n.code AS party_code
FROM (
    SELECT l.company_id, e.number AS document, 'entry' AS kind, l.party_type AS type, l.party_code AS code
    FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id
    UNION ALL SELECT company_id, document_number, 'open item', party_type, party_code FROM ledger.open_item
    UNION ALL SELECT company_id, number, 'payment', party_type, party_code FROM ledger.payment
    UNION ALL SELECT company_id, money_number, 'allocation', party_type, party_code FROM ledger.allocation
    UNION ALL SELECT company_id, number, 'refund', party_type, party_code FROM ledger.refund
    UNION ALL SELECT company_id, number, 'write-off', 'customer', customer_code FROM receivables.write_off
    UNION ALL SELECT company_id, number, 'stock receipt', 'supplier', supplier_code FROM inventory.stock_receipt
    WHERE supplier_code IS NOT NULL
    UNION ALL SELECT company_id, code, 'customer', 'customer', code FROM master_data.customer
    UNION ALL SELECT company_id, code, 'supplier', 'supplier', code FROM master_data.supplier
) AS n
    LEFT JOIN master_data.party p ON p.company_id = n.company_id AND p.type = n.type AND p.code = n.code
WHERE p.code IS NULL AND (n.type IS NOT NULL OR n.code IS NOT NULL)
