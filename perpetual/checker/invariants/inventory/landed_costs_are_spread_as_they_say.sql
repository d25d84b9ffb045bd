-- A landed cost's lines add up to it. No more of a document is spread than it has posted, and it was not taken back.
SELECT d.company_id AS company, d.number AS document, d.value, coalesce(l.value, 0) AS value_of_lines, d.stock_value,
    coalesce(l.stock_value, 0) AS stock_value_of_lines
FROM inventory.landed_cost d
    LEFT JOIN (
        SELECT landed_cost_id, sum(value) AS value, sum(stock_value) AS stock_value
        FROM inventory.landed_cost_line GROUP BY landed_cost_id
    ) AS l ON l.landed_cost_id = d.id
WHERE (d.value = l.value AND d.stock_value = l.stock_value) IS NOT TRUE
UNION ALL
SELECT d.company_id, 'of ' || min(d.source_number), sum(d.value), min(p.value), NULL, NULL
FROM inventory.landed_cost d
    LEFT JOIN (
        SELECT e.company_id, e.source_type, e.source_id, l.account_code, sum(l.base_amount) AS value
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        GROUP BY e.company_id, e.source_type, e.source_id, l.account_code
    ) AS p ON p.company_id = d.company_id AND p.source_type = d.source_type AND p.source_id = d.source_id
        AND p.account_code = d.account_code
WHERE NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.document_id = d.id)
GROUP BY d.company_id, d.source_id, d.account_code
HAVING sum(d.value) > coalesce(min(p.value), 0)
    OR EXISTS (SELECT FROM ledger.reversal r WHERE r.document_id = d.source_id)
