-- The net pay that was posted is open or paid: of each person, on each control account, beside the payments that stand.
WITH paid AS (
    SELECT w.company_id, w.payslip_id, sum(w.amount) AS amount
    FROM banking.wage_payment w
    WHERE w.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.company_id = w.company_id AND x.document_type = 'wage_payment' AND x.document_id = w.id)
    GROUP BY 1, 2
), owed AS (
    SELECT p.company_id, p.employee_code, i.account_code, p.id,
        CASE p.status WHEN 'posted' THEN p.net_amount ELSE 0 END AS net, -i.open_amount AS open
    FROM payroll.payslip p
        LEFT JOIN ledger.open_item i ON i.document_type = 'payslip' AND i.document_id = p.id AND i.side = 'wages'
    WHERE p.status IN ('posted', 'reversed')
), moved AS (
    SELECT l.company_id, l.party_code, l.account_code, -sum(l.base_amount) AS amount
    FROM ledger.journal_line l
    WHERE l.party_type = 'employee' AND EXISTS (SELECT FROM owed o
        WHERE o.company_id = l.company_id AND o.account_code = l.account_code)
    GROUP BY 1, 2, 3
)
SELECT o.company_id AS company, o.employee_code AS document, o.account_code, sum(o.net) AS net, sum(o.open) AS open,
    sum(p.amount) AS paid, min(m.amount) AS in_the_ledger
FROM owed o
    LEFT JOIN paid p ON p.payslip_id = o.id AND p.company_id = o.company_id
    LEFT JOIN moved m ON (m.company_id, m.party_code, m.account_code) = (o.company_id, o.employee_code, o.account_code)
GROUP BY 1, 2, 3
HAVING sum(o.net) <> coalesce(sum(o.open), 0) + coalesce(sum(p.amount), 0)
    OR coalesce(min(m.amount), 0) <> coalesce(sum(o.open), 0)
