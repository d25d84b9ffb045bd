-- An invoice grants the cash discount that its payment terms granted on the day of its order, or on its own without one.
SELECT v.company_id AS company, v.number AS document, v.payment_terms_code AS terms,
    coalesce(o.ordered_on, v.invoiced_on) AS agreed_on, v.discount_percent,
    coalesce(c.discount_percent, t.discount_percent) AS granted_percent
FROM receivables.invoice v
    LEFT JOIN sales.sales_order o ON o.id = v.order_id
    JOIN master_data.payment_terms t ON t.company_id = v.company_id AND t.code = v.payment_terms_code
    LEFT JOIN LATERAL (
        SELECT x.discount_percent FROM master_data.payment_terms_change x
        WHERE x.company_id = v.company_id AND x.code = v.payment_terms_code
            AND x.valid_from <= coalesce(o.ordered_on, v.invoiced_on)
        ORDER BY x.valid_from DESC LIMIT 1
    ) AS c ON true
-- Of terms that were changed since, nobody can tell what was known of the day then.
WHERE t.changed_at < v.posted_at - interval '1 minute'
    AND v.discount_percent <> coalesce(c.discount_percent, t.discount_percent)
