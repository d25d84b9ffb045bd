-- What was lent, came back by hand or was given up has one entry, on its day, that moves as much of the employee's loans.
SELECT m.company_id AS company, m.number AS document, m.amount, e.amount AS posted, e.entries, e.posted_on
FROM payroll.loan_movement m
    LEFT JOIN (SELECT j.source_id, count(DISTINCT j.id) AS entries, min(j.posted_on) AS posted_on,
            min(l.party_code) AS party_code, sum(l.base_amount) FILTER (WHERE l.party_type = 'employee') AS amount
        FROM ledger.journal_entry j JOIN ledger.journal_line l ON l.entry_id = j.id
        WHERE j.source_type = 'loan_movement' GROUP BY 1) AS e ON e.source_id = m.id
WHERE e.entries IS DISTINCT FROM 1 OR e.amount IS DISTINCT FROM m.amount OR e.posted_on <> m.moved_on
    OR e.party_code <> m.employee_code
