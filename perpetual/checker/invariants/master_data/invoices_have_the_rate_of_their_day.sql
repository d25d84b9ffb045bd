-- An invoice is converted at the last rate before its day, and one in the company's currency at 1.
SELECT v.company_id AS company, v.number AS document, v.currency, v.invoiced_on, v.rate, r.rate AS quoted,
    r.valid_from AS quoted_on
FROM receivables.invoice v
    JOIN master_data.company k ON k.code = v.company_id
    LEFT JOIN LATERAL (
        SELECT x.valid_from, CASE x.quotation WHEN 'direct' THEN 1 / x.rate ELSE x.rate END AS rate
        FROM master_data.exchange_rate x
        WHERE x.company_id = v.company_id AND x.currency = v.currency AND x.valid_from <= v.invoiced_on
        ORDER BY x.valid_from DESC LIMIT 1
    ) AS r ON v.currency <> k.currency
WHERE (v.currency = k.currency AND v.rate <> 1)
    OR (v.currency <> k.currency
        AND (r.rate IS NULL OR abs(v.rate / r.rate - 1) > 0.000000000001)
        -- Of a currency whose rates were changed since, nobody can tell what was known of the day then.
        AND NOT EXISTS (
            SELECT FROM master_data.exchange_rate x
            WHERE x.company_id = v.company_id AND x.currency = v.currency
                AND x.changed_at >= v.posted_at - interval '1 minute'))
