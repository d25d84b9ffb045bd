-- A part of somebody's net pay is to be paid by one payment run only, and was paid by one whose payment stands.
SELECT w.company_id AS company, w.payslip_number AS document, w.place, count(*) AS payments, sum(w.amount) AS amount
FROM banking.wage_payment w
WHERE w.status = 'included' OR w.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x
    WHERE x.company_id = w.company_id AND x.document_type = 'wage_payment' AND x.document_id = w.id)
GROUP BY w.company_id, w.payslip_id, w.payslip_number, w.place
HAVING count(*) > 1
