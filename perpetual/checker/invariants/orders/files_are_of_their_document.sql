-- What was printed is kept as it was, under the number of a document that there is.
-- A remittance advice is of a payment of a run, under its end-to-end id.
SELECT a.company_id AS company, a.name AS document, a.document_type, a.version, d.number
FROM foundation.attachment a
    LEFT JOIN (
        SELECT company_id, id, number FROM document UNION ALL
        SELECT company_id, id, end_to_end_id FROM banking.payment_run_payment
    ) AS d ON d.company_id = a.company_id AND d.id = a.document_id
WHERE d.id IS NULL OR a.name NOT IN (d.number || '.pdf', d.number || '.xml') OR a.sha256 <> sha256(a.content)
