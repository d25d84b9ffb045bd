-- A payslip that is posted has one entry, on its day, whose open item is its net pay; one taken back has its reversal; no other has any.
SELECT p.company_id AS company, p.number AS document, p.status, p.net_amount, o.amount AS owed, e.entries, e.posted_on, r.number AS reversal
FROM payroll.payslip p
    LEFT JOIN (SELECT source_id, count(*) AS entries, min(posted_on) AS posted_on FROM ledger.journal_entry
        WHERE source_type = 'payslip' GROUP BY 1) AS e ON e.source_id = p.id
    LEFT JOIN (SELECT document_id, -sum(amount) AS amount FROM ledger.open_item
        WHERE document_type = 'payslip' AND side = 'wages' GROUP BY 1) AS o ON o.document_id = p.id
    LEFT JOIN ledger.reversal r ON r.document_type = 'payslip' AND r.document_id = p.id
WHERE p.status IN ('posted', 'reversed') AND (e.entries IS DISTINCT FROM 1 OR e.posted_on <> p.paid_on
        OR coalesce(o.amount, 0) <> p.net_amount)
    OR p.status NOT IN ('posted', 'reversed') AND (e.entries IS NOT NULL OR o.amount IS NOT NULL)
    OR (p.status = 'reversed') <> (r.id IS NOT NULL)
