-- A supplier's invoice is posted once, its total owed to the supplier, and is the sum of its lines.
SELECT i.company_id AS company, i.number AS document, i.total_amount, i.base_total_amount, -p.amount AS owed,
    -p.base_amount AS base_owed, l.net_amount AS net_of_lines, l.tax_amount AS tax_of_lines
FROM payables.supplier_invoice i
    LEFT JOIN (
        SELECT o.document_id, o.party_code, sum(o.amount) AS amount, sum(o.base_amount) AS base_amount
        FROM ledger.open_item o WHERE o.document_type = 'supplier_invoice' AND o.side = 'payable'
            AND o.party_type = 'supplier'
        GROUP BY o.document_id, o.party_code
    ) AS p ON p.document_id = i.id AND p.party_code = i.supplier_code
    LEFT JOIN (
        SELECT invoice_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
        FROM payables.supplier_invoice_line GROUP BY invoice_id
    ) AS l ON l.invoice_id = i.id
WHERE (p.amount = -i.total_amount AND p.base_amount = -i.base_total_amount
    AND l.net_amount = i.net_amount AND l.tax_amount = i.tax_amount) IS NOT TRUE
