-- What is in stock is worth what the ledger's inventory account says; what is on its way to it is added.
SELECT c.code AS company, 'inventory' AS document, coalesce(v.value, 0) AS value,
    coalesce(j.amount, 0) AS in_the_ledger, coalesce(w.value, 0) AS not_posted_yet
FROM master_data.company c
    LEFT JOIN (
        SELECT company_id, sum(value) AS value FROM inventory.item_valuation GROUP BY company_id
    ) AS v ON v.company_id = c.code
    LEFT JOIN (
        SELECT l.company_id, sum(l.base_amount) AS amount
        FROM ledger.journal_line l
            JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
        WHERE a.role = 'inventory'
        GROUP BY l.company_id
    ) AS j ON j.company_id = c.code
    LEFT JOIN (
        -- Moved, and the entry comes with a later step of a process that is still at it.
        SELECT m.company_id, sum(m.value) AS value
        FROM inventory.stock_move m
            LEFT JOIN ledger.journal_entry e ON e.company_id = m.company_id AND e.source_id = m.document_id
                AND e.source_type IN ('shipment', 'goods_return')
            LEFT JOIN inventory.shipment s ON s.id = m.document_id
            LEFT JOIN inventory.goods_return g ON g.id = m.document_id
            LEFT JOIN foundation.process b ON b.id = m.company_id || '/customer_return/' || m.document_id
        WHERE e.id IS NULL
            AND (s.order_id IN (SELECT order_id FROM under_way)
                OR g.id IS NOT NULL AND b.outcome IS NULL)
        GROUP BY m.company_id
    ) AS w ON w.company_id = c.code
WHERE coalesce(v.value, 0) <> coalesce(j.amount, 0) + coalesce(w.value, 0)
