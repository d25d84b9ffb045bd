-- A correction of the stock is posted once, on the account of its role, at what it is worth.
SELECT c.company_id AS company, c.number AS document, c.role, c.value, coalesce(e.value, 0) AS posted
FROM (
    SELECT company_id, id, number, 'count_difference' AS role, -value AS value FROM inventory.stock_count
    UNION ALL SELECT company_id, id, number, 'scrapped_goods', value FROM inventory.scrapping
    UNION ALL
    SELECT company_id, id, number, 'inventory_write_down', value_before - value FROM inventory.write_down
    UNION ALL
    SELECT company_id, id, number, 'cost_of_goods_sold', value - stock_value FROM inventory.price_correction
    UNION ALL
    SELECT company_id, id, number, 'cost_of_goods_sold', value - stock_value FROM inventory.landed_cost
    UNION ALL SELECT company_id, id, number, 'landed_cost_clearing', -value FROM inventory.landed_cost
) AS c
    LEFT JOIN (
        SELECT e.company_id, e.source_id, r.role, sum(l.base_amount) AS value
        FROM ledger.journal_entry e
            JOIN ledger.journal_line l ON l.entry_id = e.id
            JOIN ledger.account_role r ON r.company_id = l.company_id AND r.account_code = l.account_code
        WHERE e.source_type IN ('stock_count', 'scrapping', 'write_down', 'price_correction', 'landed_cost')
        GROUP BY e.company_id, e.source_id, r.role
    ) AS e ON e.company_id = c.company_id AND e.source_id = c.id AND e.role = c.role
WHERE c.value <> coalesce(e.value, 0)
