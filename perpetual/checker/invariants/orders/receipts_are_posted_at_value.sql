-- The value of a stock receipt is posted once, and is what the goods are worth.
SELECT r.company_id AS company, r.number AS document, r.reason, r.value, coalesce(e.value, 0) AS posted
FROM inventory.stock_receipt r
    LEFT JOIN (
        -- What the goods are bought on, were there from or are found on, credited by all that they are worth.
        SELECT e.company_id, e.source_id, x.reason, -sum(l.base_amount) AS value
        FROM ledger.journal_entry e
            JOIN ledger.journal_line l ON l.entry_id = e.id
            CROSS JOIN (VALUES
                ('purchase', 'goods_received_not_invoiced'), ('opening', 'opening_balance'),
                ('adjustment', 'inventory_adjustment')
            ) AS x (reason, role)
        WHERE e.source_type = 'stock_receipt' AND EXISTS (
            SELECT FROM ledger.account_role a WHERE a.company_id = l.company_id
                AND a.account_code = l.account_code AND a.role = x.role)
        GROUP BY e.company_id, e.source_id, x.reason
    ) AS e ON e.source_id = r.id AND e.company_id = r.company_id AND e.reason = r.reason
WHERE r.value <> coalesce(e.value, 0)
