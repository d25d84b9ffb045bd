-- An invoice without an order is the sum of its lines; what is owed and posted of it is what it says, once it is posted.
WITH posted AS (
    SELECT e.source_id, sum(j.base_amount) FILTER (WHERE r.role = 'payable') AS payable,
        sum(j.amount) FILTER (WHERE r.role = 'tax_receivable') AS deducted,
        sum(j.amount) FILTER (WHERE r.role = 'tax_payable') AS owed_to_state
    FROM ledger.journal_entry e JOIN ledger.journal_line j ON j.entry_id = e.id
        LEFT JOIN ledger.account_role r ON r.company_id = j.company_id AND r.account_code = j.account_code
            AND r.key = '' AND r.role IN ('payable', 'tax_receivable', 'tax_payable')
    WHERE e.source_type = 'coded_invoice' GROUP BY e.source_id
)
SELECT h.company_id AS company, h.number AS document, h.status, h.total_amount, l.net_amount AS net_of_lines,
    l.tax_amount AS tax_of_lines, -o.amount AS owed, p.deducted, p.owed_to_state
FROM payables.coded_invoice h
    LEFT JOIN (
        SELECT invoice_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount,
            sum(non_deductible_amount) AS kept
        FROM payables.coded_invoice_line GROUP BY invoice_id
    ) AS l ON l.invoice_id = h.id
    LEFT JOIN (
        SELECT document_id, party_code, currency, sum(amount) AS amount, sum(base_amount) AS base_amount
        FROM ledger.open_item WHERE document_type = 'coded_invoice' AND side = 'payable' AND party_type = 'supplier'
        GROUP BY document_id, party_code, currency
    ) AS o ON o.document_id = h.id
    LEFT JOIN posted p ON p.source_id = h.id
    LEFT JOIN ledger.reversal x ON x.document_type = 'coded_invoice' AND x.document_id = h.id
WHERE (l.net_amount = h.net_amount AND l.tax_amount = h.tax_amount AND (h.status = 'reversed') = (x.id IS NOT NULL)
    AND CASE WHEN h.status IN ('posted', 'reversed') THEN o.amount = -h.total_amount
            AND o.base_amount = -h.base_total_amount AND p.payable = -h.base_total_amount
            AND o.party_code = h.supplier_code AND o.currency = h.currency
            AND coalesce(p.deducted, 0) = h.tax_amount - l.kept
            AND coalesce(p.owed_to_state, 0) = CASE WHEN h.reverse_charge THEN -h.tax_amount ELSE 0 END
        ELSE o.document_id IS NULL AND p.source_id IS NULL END) IS NOT TRUE
UNION ALL
SELECT h.company_id, h.number || ', ' || i.number, h.status, h.total_amount, NULL, NULL, NULL, NULL, NULL
FROM payables.coded_invoice h
    JOIN payables.supplier_invoice i ON i.company_id = h.company_id AND i.supplier_code = h.supplier_code
        AND i.normal_number = h.normal_number
WHERE h.status IN ('entered', 'posted') AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
