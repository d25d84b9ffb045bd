-- Credit notes and bad debts together take back no more of an invoice's tax than it charged.
SELECT i.company_id AS company, i.number || ', tax ' || t.line_number AS document, t.tax_amount,
    coalesce(c.amount, 0) AS credited, coalesce(w.amount, 0) AS of_bad_debts
FROM receivables.invoice i
    JOIN receivables.invoice_tax t ON t.invoice_id = i.id
    LEFT JOIN (
        SELECT x.invoice_id, x.line_number, sum(x.tax_amount) AS amount
        FROM receivables.credit_note_tax x JOIN standing_credit_note n ON n.id = x.credit_note_id
        GROUP BY x.invoice_id, x.line_number
    ) AS c ON c.invoice_id = t.invoice_id AND c.line_number = t.line_number
    LEFT JOIN (
        SELECT x.invoice_id, x.line_number, sum(x.tax_amount) AS amount
        FROM receivables.write_off_tax x
        WHERE NOT EXISTS (SELECT FROM ledger.reversal r
            WHERE r.document_type = 'write_off' AND r.document_id = x.write_off_id)
        GROUP BY x.invoice_id, x.line_number
    ) AS w ON w.invoice_id = t.invoice_id AND w.line_number = t.line_number
WHERE abs(coalesce(c.amount, 0) + coalesce(w.amount, 0)) > abs(t.tax_amount)
