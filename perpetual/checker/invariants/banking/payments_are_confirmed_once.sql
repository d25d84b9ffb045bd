-- A payment of a run is on one line of a statement, and a line that confirms payments is what they come to.
-- It is posted with them, or later, and no payment is confirmed before the file of its run is written.
WITH standing AS (
    SELECT c.* FROM banking.payment_confirmation c
    WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = c.company_id
        AND x.document_type = 'line_posting' AND x.document_id = c.posting_id)
)
SELECT s.company_id AS company, p.end_to_end_id AS document, count(*) AS lines, sum(s.amount) AS amount
FROM standing s JOIN banking.payment_run_payment p ON p.id = s.payment_id
GROUP BY s.company_id, p.end_to_end_id HAVING count(*) > 1
UNION ALL
SELECT c.company_id, l.document_number, count(*), sum(c.amount)
FROM banking.payment_confirmation c JOIN banking.line_posting l ON l.id = c.posting_id
GROUP BY c.company_id, l.id, l.document_number, l.amount HAVING sum(c.amount) <> -l.amount
UNION ALL
SELECT l.company_id, l.document_number, count(*), l.amount
FROM standing s JOIN banking.line_posting l ON l.id = s.posting_id
    JOIN banking.payment_run_payment p ON p.id = s.payment_id
    JOIN banking.payment_run r ON r.id = p.run_id
WHERE l.posted_on < r.paid_on OR r.status <> 'posted'
GROUP BY l.company_id, l.id, l.document_number, l.amount
UNION ALL
-- One that was confirmed before is so again when it was in transit again, and not on a day before.
SELECT l.company_id, l.document_number, count(*), l.amount
FROM banking.payment_confirmation s JOIN banking.line_posting l ON l.id = s.posting_id
    JOIN banking.payment_confirmation c ON c.payment_id = s.payment_id AND c.posting_id <> s.posting_id
    JOIN banking.line_posting b ON b.id = c.posting_id AND b.recorded_at < l.recorded_at
    JOIN ledger.reversal x ON x.company_id = c.company_id AND x.document_type = 'line_posting'
        AND x.document_id = c.posting_id
WHERE l.posted_on < x.reversed_on
GROUP BY l.company_id, l.id, l.document_number, l.amount
UNION ALL
SELECT l.company_id, l.document_number, 0, l.amount
FROM banking.line_posting l
WHERE l.rule = 'payment of a run'
    AND NOT EXISTS (SELECT FROM banking.payment_confirmation c WHERE c.posting_id = l.id)
