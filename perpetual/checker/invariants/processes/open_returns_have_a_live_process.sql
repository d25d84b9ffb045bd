-- A return that has not ended has a process that is alive; one that has ended has none.
SELECT r.company_id AS company, r.number AS document, r.status, p.stage, p.outcome
FROM sales.sales_return r
    JOIN foundation.process p ON p.id = r.company_id || '/customer_return/' || r.id
WHERE (r.status = 'authorised') <> (p.outcome IS NULL)
