-- A payment of a run that has come back was made by the bank, came back whole by one line, and is owed again.
-- The line stays.
SELECT t.company_id AS company, p.end_to_end_id AS document, t.amount, l.amount AS came_back, c.amount AS was_made, s.standing
FROM banking.payment_return t
    JOIN banking.payment_run_payment p ON p.id = t.payment_id
    LEFT JOIN banking.line_posting l ON l.id = t.posting_id AND NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.company_id = t.company_id AND x.document_type = 'line_posting' AND x.document_id = t.posting_id)
    LEFT JOIN (SELECT c.company_id, c.payment_id, sum(c.amount) AS amount FROM banking.payment_confirmation c
        WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = c.company_id
            AND x.document_type = 'line_posting' AND x.document_id = c.posting_id)
        GROUP BY 1, 2) AS c ON c.payment_id = t.payment_id AND c.company_id = t.company_id
    LEFT JOIN (SELECT i.company_id, i.payment_id, count(*) AS standing
        FROM (SELECT company_id, payment_id, 'supplier_payment' AS type, supplier_payment_id AS id, status
                FROM banking.payment_run_invoice
            UNION ALL SELECT company_id, payment_id, 'wage_payment', id, status FROM banking.wage_payment) AS i
        WHERE i.status = 'paid' AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = i.company_id
            AND x.document_type = i.type AND x.document_id = i.id)
        GROUP BY 1, 2) AS s ON s.payment_id = t.payment_id AND s.company_id = t.company_id
WHERE (t.amount, t.amount) IS DISTINCT FROM (l.amount, c.amount) OR s.standing > 0
