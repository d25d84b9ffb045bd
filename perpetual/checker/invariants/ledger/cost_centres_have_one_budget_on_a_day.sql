-- A cost centre that there is has one budget on any day.
SELECT b.company_id AS company, b.code AS document, b.cost_centre, b.starts_on, b.ends_on, o.code AS other
FROM ledger.budget b
    LEFT JOIN ledger.budget o ON o.company_id = b.company_id AND o.cost_centre = b.cost_centre AND o.code > b.code
        AND o.starts_on <= b.ends_on AND b.starts_on <= o.ends_on
    LEFT JOIN ledger.dimension_value v ON v.company_id = b.company_id AND v.dimension = 'cost_centre'
        AND v.code = b.cost_centre
WHERE o.code IS NOT NULL OR v.code IS NULL
