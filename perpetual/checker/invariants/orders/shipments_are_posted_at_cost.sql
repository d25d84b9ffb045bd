-- The cost of goods sold is posted once for each shipment, and is what the goods cost.
SELECT s.company_id AS company, s.number AS document, s.cost, coalesce(e.cost, 0) AS posted_cost,
    coalesce(e.inventory, 0) AS posted_inventory
FROM inventory.shipment s
    LEFT JOIN (
        SELECT e.company_id, e.source_id,
            sum(l.base_amount) FILTER (WHERE l.base_amount > 0) AS cost,
            sum(l.base_amount) FILTER (WHERE l.base_amount < 0) AS inventory
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'shipment'
        GROUP BY e.company_id, e.source_id
    ) AS e ON e.source_id = s.id AND e.company_id = s.company_id
WHERE s.cost <> coalesce(e.cost, 0) OR s.cost <> -coalesce(e.inventory, 0)
