-- A status report is imported once, as it came, with all of its lines; each is of a payment of the run that it names.
SELECT r.company_id AS company, r.file_name AS document, r.line_count, count(l.report_id) AS lines,
    count(*) FILTER (WHERE n.number <> l.message_id OR p.end_to_end_id <> l.end_to_end_id) AS of_others
FROM banking.payment_status_report r
    LEFT JOIN banking.payment_status_line l ON l.report_id = r.id AND l.company_id = r.company_id
    LEFT JOIN banking.payment_run_payment p ON p.id = l.payment_id
    LEFT JOIN banking.payment_run n ON n.id = p.run_id
GROUP BY r.company_id, r.id, r.file_name, r.line_count, r.sha256, r.content
HAVING r.line_count <> count(l.report_id) OR r.sha256 <> encode(sha256(r.content), 'hex')
    OR count(*) FILTER (WHERE n.number <> l.message_id OR p.end_to_end_id <> l.end_to_end_id) > 0
UNION ALL
-- A payment is rejected once.
SELECT l.company_id, l.end_to_end_id, count(*), count(*), 0 FROM banking.payment_status_line l
WHERE l.status = 'RJCT' AND l.outcome IN ('to_reject', 'rejected', 'reversed_before', 'returned_before')
GROUP BY l.company_id, l.payment_id, l.end_to_end_id HAVING count(*) > 1
