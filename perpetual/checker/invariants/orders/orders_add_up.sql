-- An order is the sum of its lines; with freight, no less than they.
SELECT o.company_id AS company, o.number AS document, o.freight_amount, o.net_amount, o.tax_amount,
    o.total_amount, coalesce(l.net_amount, 0) AS net_of_lines, coalesce(l.tax_amount, 0) AS tax_of_lines
FROM sales.sales_order o
    LEFT JOIN (
        SELECT order_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
        FROM sales.sales_order_line GROUP BY order_id
    ) AS l ON l.order_id = o.id
WHERE o.total_amount <> o.net_amount + o.tax_amount
    OR CASE WHEN o.freight_amount = 0
        THEN o.net_amount <> coalesce(l.net_amount, 0) OR o.tax_amount <> coalesce(l.tax_amount, 0)
        WHEN o.prices_include_tax
        THEN o.total_amount <> o.freight_amount + coalesce(l.net_amount, 0) + coalesce(l.tax_amount, 0)
        ELSE o.net_amount <> o.freight_amount + coalesce(l.net_amount, 0) END
