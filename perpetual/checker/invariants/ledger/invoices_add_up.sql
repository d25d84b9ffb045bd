-- An invoice is the sum of its lines and of its taxes.
SELECT v.company_id AS company, v.number AS document, v.net_amount, v.tax_amount, v.total_amount,
    coalesce(l.net_amount, 0) AS net_of_lines, coalesce(l.tax_amount, 0) AS tax_of_lines,
    coalesce(t.tax_amount, 0) AS taxes
FROM receivables.invoice v
    LEFT JOIN (
        SELECT invoice_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
        FROM receivables.invoice_line GROUP BY invoice_id
    ) AS l ON l.invoice_id = v.id
    LEFT JOIN (
        SELECT invoice_id, sum(tax_amount) AS tax_amount FROM receivables.invoice_tax GROUP BY invoice_id
    ) AS t ON t.invoice_id = v.id
WHERE v.net_amount <> coalesce(l.net_amount, 0) OR v.tax_amount <> coalesce(l.tax_amount, 0)
    OR v.tax_amount <> coalesce(t.tax_amount, 0) OR v.total_amount <> v.net_amount + v.tax_amount
