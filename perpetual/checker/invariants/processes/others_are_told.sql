-- Whom an operation served, or whose invoice it settled, was told of it: unless it was its own process.
-- What a dunning letter charges has no process that waits for it.
SELECT o.company_id AS company, o.key AS document, p.process_id #>> '{}' AS not_told
FROM foundation.operation o, LATERAL (
        SELECT jsonb_path_query(o.answer, 'lax $.served[*].process_id') AS process_id
        UNION ALL SELECT jsonb_path_query(o.answer, 'lax $.settled[*].process_id')
    ) AS p
WHERE o.status = 'applied' AND p.process_id #>> '{}' IS DISTINCT FROM o.process_id AND p.process_id #>> '{}' <> ''
    AND o.name IN ('inventory.receive_stock', 'inventory.release_reservation', 'inventory.take_back_goods',
        'inventory.amend_reservation', 'ledger.post_payment', 'ledger.allocate_payment',
        'receivables.post_credit_note', 'receivables.credit_invoice', 'receivables.post_write_off',
        'banking.post_line')
    AND NOT EXISTS (
        SELECT FROM foundation.inbox i
        WHERE i.company_id = o.company_id AND i.operation_key = o.key
            AND i.process_id = p.process_id #>> '{}')
