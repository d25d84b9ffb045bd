-- No line is without its document, in the same company; no document without its lines.
WITH heads AS (
    SELECT kind, id, company_id, number FROM document
), lines AS (
    SELECT DISTINCT kind, of_table, id, company_id FROM document_row WHERE part = 'line'
), others AS (
    -- What belongs to a document that may also be without it.
    SELECT DISTINCT kind, id, company_id FROM document_row WHERE part = 'part'
    UNION ALL SELECT 'invoice', invoice_id, company_id FROM receivables.credit_note
    UNION ALL
    SELECT DISTINCT 'invoice', document_id, company_id FROM ledger.open_item WHERE document_type = 'invoice'
)
SELECT coalesce(h.company_id, l.company_id) AS company, coalesce(h.number, l.id::text) AS document,
    coalesce(h.kind, l.kind) AS kind, CASE WHEN h.id IS NULL THEN 'no document' ELSE 'no lines' END AS missing
FROM (SELECT * FROM heads WHERE kind IN (SELECT kind FROM document_with_lines)) AS h
    FULL JOIN lines l ON l.kind = h.kind AND l.id = h.id AND l.company_id = h.company_id
WHERE h.id IS NULL OR l.id IS NULL
UNION ALL
SELECT l.company_id, l.id::text, l.kind, 'no document'
FROM others l LEFT JOIN heads h ON h.kind = l.kind AND h.id = l.id AND h.company_id = l.company_id
WHERE h.id IS NULL
