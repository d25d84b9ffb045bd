-- An invoice that came as a file is what the file says, and of one file no more than one stands.
WITH entered AS (
    SELECT i.company_id, i.number, i.file_id, i.supplier_number, i.invoiced_on, i.currency,
        i.total_amount + i.credited_amount AS total_amount,
        NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id) AS stands
    FROM payables.supplier_invoice i WHERE i.file_id IS NOT NULL
    UNION ALL
    SELECT b.company_id, b.number, b.file_id, b.supplier_number, b.invoiced_on, b.currency, b.total_amount,
        b.status = 'blocked'
    FROM payables.blocked_invoice b WHERE b.file_id IS NOT NULL AND b.status <> 'posted'
), counted AS (
    SELECT e.*, count(*) FILTER (WHERE e.stands) OVER (PARTITION BY e.file_id) AS standing FROM entered e
)
SELECT c.company_id AS company, c.number AS document, c.file_id, c.supplier_number,
    f.supplier_number AS number_in_file, c.total_amount, f.total_amount AS total_in_file, c.standing
FROM counted c
    LEFT JOIN payables.supplier_invoice_file f ON f.id = c.file_id AND f.company_id = c.company_id
WHERE (f.supplier_number = c.supplier_number AND f.invoiced_on = c.invoiced_on AND f.currency = c.currency
        AND f.total_amount = c.total_amount) IS NOT TRUE
    OR (c.stands AND c.standing > 1)
