-- The dimensions of journal lines have values that there are.
SELECT l.company_id AS company, e.number || ', line ' || l.line_number AS document, d.dimension, d.code
FROM ledger.journal_line l
    JOIN ledger.journal_entry e ON e.id = l.entry_id
    CROSS JOIN LATERAL jsonb_each_text(l.dimensions) AS d (dimension, code)
    LEFT JOIN ledger.dimension_value v ON v.company_id = l.company_id AND v.dimension = d.dimension
        AND v.code = d.code
WHERE l.dimensions <> '{}' AND v.code IS NULL
