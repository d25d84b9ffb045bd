-- What is committed of a budget is the sum of what lines of documents have committed and given back; no more than its amount.
SELECT coalesce(b.company_id, c.company_id) AS company, coalesce(b.code, c.budget_code) AS document, b.amount,
    b.committed_amount, coalesce(c.amount, 0) AS amount_of_lines
FROM ledger.budget b
    FULL JOIN (
        SELECT company_id, budget_code, sum(amount) AS amount
        FROM ledger.budget_commitment GROUP BY company_id, budget_code
    ) AS c ON c.company_id = b.company_id AND c.budget_code = b.code
WHERE b.committed_amount IS DISTINCT FROM coalesce(c.amount, 0) OR b.committed_amount NOT BETWEEN 0 AND b.amount
