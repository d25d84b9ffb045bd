-- A payment to a supplier settles its invoice by what it pays of it and the cash discount, and is not before it.
SELECT p.company_id AS company, p.number AS document, p.invoice_number, p.amount, p.invoice_amount,
    s.amount AS settled,
    s.discount_amount, p.paid_on, s.document_on
FROM ledger.supplier_payment p
    LEFT JOIN (
        SELECT s.source_id, o.document_id, o.party_code, o.currency, min(o.document_on) AS document_on,
            -sum(s.amount) AS amount, -sum(s.discount_amount) AS discount_amount
        FROM ledger.settlement s JOIN ledger.open_item o ON o.id = s.open_item_id AND o.side = 'payable'
        WHERE s.source_type = 'supplier_payment' AND s.reverses_id IS NULL
        GROUP BY s.source_id, o.document_id, o.party_code, o.currency
    ) AS s ON s.source_id = p.id
WHERE (s.document_id = p.invoice_id AND s.party_code = p.party_code AND s.currency = p.invoice_currency
    AND s.amount = p.invoice_amount + s.discount_amount AND s.discount_amount >= 0 AND p.paid_on >= s.document_on) IS NOT TRUE
