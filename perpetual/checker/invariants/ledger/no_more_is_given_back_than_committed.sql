-- On no day has a line of a document given back more of a budget than it had committed.
SELECT company_id AS company, document_type || ' ' || document_id AS document, line_number, budget_code,
    committed_on, committed_until_then
FROM (
    SELECT c.*, sum(amount) OVER (
        PARTITION BY company_id, budget_code, document_type, document_id, line_number ORDER BY committed_on
    ) AS committed_until_then
    FROM ledger.budget_commitment c
) AS c
WHERE committed_until_then < 0
