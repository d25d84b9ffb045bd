-- A payment that the bank has rejected is owed again: nothing that it had paid stands, and no line has confirmed it.
-- A line of a status report has said so, and whatever line is noted as a rejection is one.
SELECT j.company_id AS company, p.end_to_end_id AS document, j.amount, s.standing, s.reversed, c.lines, l.outcome
FROM banking.payment_rejection j
    JOIN banking.payment_run_payment p ON p.id = j.payment_id
    LEFT JOIN banking.payment_status_line l ON (l.report_id, l.line_number) = (j.report_id, j.line_number)
        AND l.payment_id = j.payment_id AND l.status = 'RJCT'
    LEFT JOIN (SELECT i.company_id, i.payment_id, count(*) FILTER (WHERE x.id IS NULL) AS standing,
            coalesce(sum(i.amount) FILTER (WHERE x.id IS NOT NULL), 0) AS reversed
        FROM (SELECT company_id, payment_id, 'supplier_payment' AS type, supplier_payment_id AS id, amount, status
                FROM banking.payment_run_invoice
            UNION ALL SELECT company_id, payment_id, 'wage_payment', id, amount, status
                FROM banking.wage_payment) AS i
            LEFT JOIN ledger.reversal x ON x.company_id = i.company_id
                AND x.document_type = i.type AND x.document_id = i.id
        WHERE i.status = 'paid' GROUP BY 1, 2) AS s ON s.payment_id = j.payment_id AND s.company_id = j.company_id
    LEFT JOIN (SELECT c.company_id, c.payment_id, count(*) AS lines FROM banking.payment_confirmation c
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = c.company_id
            AND x.document_type = 'line_posting' AND x.document_id = c.posting_id)
        GROUP BY 1, 2) AS c ON c.payment_id = j.payment_id AND c.company_id = j.company_id
WHERE s.standing > 0 OR j.amount > coalesce(s.reversed, 0) OR c.lines > 0
    OR l.outcome IS DISTINCT FROM CASE WHEN j.amount > 0 THEN 'rejected' ELSE 'reversed_before' END
UNION ALL
SELECT l.company_id, l.end_to_end_id, NULL, NULL, NULL, NULL, l.outcome
FROM banking.payment_status_line l
WHERE l.outcome IN ('rejected', 'reversed_before') AND NOT EXISTS (SELECT FROM banking.payment_rejection j
    WHERE (j.report_id, j.line_number) = (l.report_id, l.line_number))
