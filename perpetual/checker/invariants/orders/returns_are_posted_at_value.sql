-- Goods that came back are posted once: what they cost leaves the cost of goods sold again.
SELECT g.company_id AS company, g.number AS document, g.restocked_value, g.scrapped_value,
    g.adjustment_value, coalesce(e.cost, 0) AS posted
FROM inventory.goods_return g
    LEFT JOIN (
        SELECT e.company_id, e.source_id, -sum(l.base_amount) AS cost
        FROM ledger.journal_entry e
            JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'goods_return' AND EXISTS (
            SELECT FROM ledger.account_role r WHERE r.company_id = l.company_id
                AND r.account_code = l.account_code AND r.role = 'cost_of_goods_sold')
        GROUP BY e.company_id, e.source_id
    ) AS e ON e.source_id = g.id AND e.company_id = g.company_id
WHERE g.restocked_value + g.scrapped_value - g.adjustment_value <> coalesce(e.cost, 0)
