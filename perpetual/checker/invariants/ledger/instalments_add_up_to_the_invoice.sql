-- What is due of an invoice adds up to its total, in its currency and in the company's.
SELECT v.company_id AS company, v.number AS document, v.total_amount, coalesce(i.amount, 0) AS due,
    v.base_total_amount, coalesce(i.base_amount, 0) AS base_due
FROM receivables.invoice v
    LEFT JOIN (
        SELECT document_id, sum(amount) AS amount, sum(base_amount) AS base_amount
        FROM ledger.open_item WHERE document_type = 'invoice' GROUP BY document_id
    ) AS i ON i.document_id = v.id
WHERE v.total_amount <> coalesce(i.amount, 0) OR v.base_total_amount <> coalesce(i.base_amount, 0)
