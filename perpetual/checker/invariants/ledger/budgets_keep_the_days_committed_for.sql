-- As long as something of a budget is committed, the day for which it is is one of the budget's.
SELECT b.company_id AS company, b.code AS document, b.starts_on, b.ends_on, c.document_type, c.document_id,
    c.line_number, c.wanted_on
FROM ledger.budget b
    JOIN ledger.budget_commitment c ON c.company_id = b.company_id AND c.budget_code = b.code
WHERE c.wanted_on NOT BETWEEN b.starts_on AND b.ends_on
GROUP BY b.company_id, b.code, c.document_type, c.document_id, c.line_number, c.wanted_on
HAVING sum(c.amount) <> 0
