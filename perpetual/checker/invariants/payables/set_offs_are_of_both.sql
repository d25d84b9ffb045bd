-- A set-off makes less open of its debit note, and of its invoice, what it says; both of its supplier and currency.
SELECT d.company_id AS company, d.number AS document, d.amount, n.amount AS of_debit_note, i.amount AS of_invoice,
    d.exchange_difference, coalesce(n.base_amount, 0) - coalesce(i.base_amount, 0) AS difference
FROM payables.set_off d
    LEFT JOIN (
        SELECT s.source_id, o.document_id, o.party_code, o.currency, sum(s.amount) AS amount,
            sum(s.base_amount) AS base_amount
        FROM ledger.settlement s JOIN ledger.open_item o ON o.id = s.open_item_id AND o.side = 'payable'
            AND o.document_type = 'supplier_debit_note'
        GROUP BY s.source_id, o.document_id, o.party_code, o.currency
    ) AS n ON n.source_id = d.id AND n.document_id = d.debit_note_id
    LEFT JOIN (
        SELECT s.source_id, o.document_id, o.party_code, o.currency, -sum(s.amount) AS amount,
            -sum(s.base_amount) AS base_amount
        FROM ledger.settlement s JOIN ledger.open_item o ON o.id = s.open_item_id AND o.side = 'payable'
            AND o.document_type = 'supplier_invoice'
        GROUP BY s.source_id, o.document_id, o.party_code, o.currency
    ) AS i ON i.source_id = d.id AND i.document_id = d.invoice_id
WHERE (n.amount = d.amount AND i.amount = d.amount AND i.base_amount - n.base_amount = d.exchange_difference
    AND n.party_code = d.supplier_code AND i.party_code = d.supplier_code AND n.currency = d.currency
    AND i.currency = d.currency) IS NOT TRUE
