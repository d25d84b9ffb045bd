-- Each line of an invoice has the tax of its day of supply, at a rate that its tax code had then.
SELECT v.company_id AS company, v.number AS document, l.line_number AS line, l.tax_code,
    coalesce(l.delivered_on, v.invoiced_on) AS supplied_on, l.rates_from, begun.valid_from AS began_on
FROM receivables.invoice_line l
    JOIN receivables.invoice v ON v.id = l.invoice_id
    LEFT JOIN master_data.tax_code t ON t.company_id = l.company_id AND t.code = l.tax_code
    LEFT JOIN master_data.tax_code_change c
        ON c.company_id = l.company_id AND c.code = l.tax_code AND c.valid_from = l.rates_from
    LEFT JOIN LATERAL (
        SELECT max(x.valid_from) AS valid_from FROM master_data.tax_code_change x
        WHERE x.company_id = l.company_id AND x.code = l.tax_code
            AND x.valid_from <= coalesce(l.delivered_on, v.invoiced_on)
    ) AS begun ON true
WHERE t.code IS NULL OR l.rates_from > coalesce(l.delivered_on, v.invoiced_on)
    OR (l.rates_from IS NOT NULL AND c.code IS NULL)
    -- Of a tax code that was changed since, nobody can tell what was known of the day then.
    OR (t.changed_at < v.posted_at - interval '1 minute' AND begun.valid_from IS DISTINCT FROM l.rates_from)
    OR EXISTS (
        SELECT FROM receivables.invoice_tax x
        WHERE x.invoice_id = l.invoice_id AND x.tax_code = l.tax_code
            AND x.rates_from IS NOT DISTINCT FROM l.rates_from
            AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(coalesce(c.components, t.components)) AS one
                WHERE (one ->> 'rate_percent')::numeric IS NOT DISTINCT FROM x.rate_percent)
            AND (jsonb_array_length(coalesce(c.components, t.components)) > 0 OR x.rate_percent <> 0))
