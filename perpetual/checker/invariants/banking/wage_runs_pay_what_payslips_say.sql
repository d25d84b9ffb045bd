-- A payment of wages is what a payslip says of one of its accounts, to the person and from a run that is of its payroll run.
-- It is posted on the day of its run from what the person is owed to what is in transit, and nothing is undecided at the end.
WITH posted AS (
    SELECT e.source_id, e.posted_on, sum(l.base_amount) FILTER (WHERE l.party_code = w.employee_code) AS settled,
        sum(l.base_amount) FILTER (WHERE l.account_code = w.account_code) AS in_transit, count(*) AS lines
    FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        JOIN banking.wage_payment w ON w.id = e.source_id
    WHERE e.source_type = 'wage_payment'
    GROUP BY 1, 2
)
SELECT w.company_id AS company, w.number AS document, w.status, w.amount, t.amount AS of_payslip, o.settled, o.in_transit,
    o.posted_on
FROM banking.wage_payment w
    JOIN banking.payment_run r ON r.id = w.run_id
    LEFT JOIN payroll.payslip p ON p.id = w.payslip_id AND p.company_id = w.company_id
        AND (p.number, p.employee_code, p.run_id) = (w.payslip_number, w.employee_code, r.payroll_run_id)
    LEFT JOIN LATERAL (SELECT (p.paid_to -> (w.place - 1) ->> 'amount')::numeric AS amount) AS t ON true
    LEFT JOIN posted o ON o.source_id = w.id
WHERE w.amount IS DISTINCT FROM t.amount
    OR w.status = 'paid' AND (o.settled, o.in_transit, o.lines, o.posted_on, w.paid_on)
        IS DISTINCT FROM (w.amount, -w.amount, 2::bigint, r.paid_on, r.paid_on)
    OR w.status <> 'paid' AND o.source_id IS NOT NULL
    OR w.status = 'included' AND r.status IN ('posted', 'cancelled')
    OR w.status = 'withdrawn' AND r.status <> 'cancelled'
    OR w.status = 'paid' AND r.status NOT IN ('released', 'posted')
UNION ALL
SELECT r.company_id, r.number, r.status, s.amount, NULL, NULL, NULL, r.paid_on
FROM banking.payment_run r
    LEFT JOIN (SELECT run_id, sum(amount) AS amount FROM banking.wage_payment WHERE status = 'paid' GROUP BY 1) AS s
        ON s.run_id = r.id
    LEFT JOIN foundation.attachment f ON f.document_type = 'wage_payment_run' AND f.document_id = r.id
WHERE r.payroll_run_id IS NOT NULL AND ((f.id IS NOT NULL) <> (r.status = 'posted' AND s.amount > 0)
    OR substring(convert_from(f.content, 'UTF8') FROM '<CtrlSum>([0-9.]+)</CtrlSum>')::numeric <> s.amount)
