-- A purchase order is the sum of its lines.
SELECT o.company_id AS company, o.number AS document, o.net_amount, o.tax_amount, o.total_amount,
    coalesce(l.net_amount, 0) AS net_of_lines, coalesce(l.tax_amount, 0) AS tax_of_lines
FROM procurement.purchase_order o
    LEFT JOIN (
        SELECT order_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
        FROM procurement.purchase_order_line GROUP BY order_id
    ) AS l ON l.order_id = o.id
WHERE o.net_amount <> coalesce(l.net_amount, 0) OR o.tax_amount <> coalesce(l.tax_amount, 0)
    OR o.total_amount <> o.net_amount + o.tax_amount
