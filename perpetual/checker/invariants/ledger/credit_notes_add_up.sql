-- A credit note is the sum of its lines and of its taxes, and of what it settled, put on account and reversed.
SELECT c.company_id AS company, c.number AS document, c.net_amount, c.tax_amount, c.total_amount,
    coalesce(l.net_amount, 0) AS net_of_lines, coalesce(l.tax_amount, 0) AS tax_of_lines,
    coalesce(t.tax_amount, 0) AS taxes, c.settled_amount, coalesce(s.amount, 0) AS settled,
    c.on_account_amount, coalesce(-i.amount, 0) AS put_on_account
FROM receivables.credit_note c
    LEFT JOIN (
        SELECT credit_note_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
        FROM receivables.credit_note_line GROUP BY credit_note_id
    ) AS l ON l.credit_note_id = c.id
    LEFT JOIN (
        SELECT credit_note_id, sum(tax_amount) AS tax_amount FROM receivables.credit_note_tax
        GROUP BY credit_note_id
    ) AS t ON t.credit_note_id = c.id
    LEFT JOIN (
        -- Of its own invoice, and of nothing else: what it put on account settles others by an allocation.
        SELECT s.source_id, sum(s.amount) AS amount, array_agg(DISTINCT i.document_id) AS documents
        FROM ledger.settlement s LEFT JOIN ledger.open_item i ON i.id = s.open_item_id
        WHERE s.source_type = 'credit_note'
        GROUP BY s.source_id
    ) AS s ON s.source_id = c.id
    LEFT JOIN (
        SELECT document_id, sum(amount) AS amount FROM ledger.open_item
        WHERE document_type = 'credit_note' GROUP BY document_id
    ) AS i ON i.document_id = c.id
WHERE c.net_amount <> coalesce(l.net_amount, 0) OR c.tax_amount <> coalesce(l.tax_amount, 0)
    OR c.tax_amount <> coalesce(t.tax_amount, 0) OR c.total_amount <> c.net_amount + c.tax_amount
    OR c.settled_amount <> coalesce(s.amount, 0) OR c.on_account_amount <> coalesce(-i.amount, 0)
    OR s.documents <> ARRAY[c.invoice_id]
    OR c.total_amount
        <> c.settled_amount + c.on_account_amount + c.discount_amount + c.written_off_amount
