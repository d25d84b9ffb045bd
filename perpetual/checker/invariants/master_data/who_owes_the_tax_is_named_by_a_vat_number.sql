-- An invoice whose tax the customer owes, here or in another member state, names the customer's VAT number.
SELECT DISTINCT v.company_id AS company, v.number AS document, t.code AS tax_code, t.kind,
    v.customer ->> 'tax_number' AS tax_number
FROM receivables.invoice_tax x
    JOIN receivables.invoice v ON v.id = x.invoice_id
    JOIN master_data.tax_code t ON t.company_id = x.company_id AND t.code = x.tax_code
WHERE t.kind IN ('reverse_charge', 'intra_community')
    -- Of a tax code that was changed since, nobody can tell of which kind it was then.
    AND t.changed_at < v.posted_at - interval '1 minute'
    AND (coalesce(v.customer ->> 'tax_number', '') !~ '^[A-Z]{2}'
        OR (t.kind = 'intra_community' AND left(v.customer ->> 'tax_number', 2) IN ('CH', 'GB', 'NO')))
