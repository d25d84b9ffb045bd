-- A collective invoice is the sum of its orders' shares, in both currencies, and a share that of its lines.
SELECT i.company_id AS company, i.number AS document, i.total_amount, i.base_total_amount,
    coalesce(s.amount, 0) AS shares, coalesce(s.base_amount, 0) AS base_shares, coalesce(s.wrong, 0) AS wrong_shares
FROM receivables.invoice i
    LEFT JOIN (
        SELECT o.invoice_id, sum(o.total_amount) AS amount, sum(o.base_total_amount) AS base_amount,
            count(*) FILTER (WHERE l.net_amount IS DISTINCT FROM o.net_amount
                OR l.tax_amount IS DISTINCT FROM o.tax_amount) AS wrong
        FROM receivables.invoice_order o
            LEFT JOIN (
                SELECT invoice_id, order_id, sum(net_amount) AS net_amount, sum(tax_amount) AS tax_amount
                FROM receivables.invoice_line GROUP BY invoice_id, order_id
            ) AS l ON l.invoice_id = o.invoice_id AND l.order_id = o.order_id
        GROUP BY o.invoice_id
    ) AS s ON s.invoice_id = i.id
WHERE CASE WHEN i.order_id IS NULL AND i.process_id <> '' THEN i.total_amount <> coalesce(s.amount, 0)
        OR i.base_total_amount <> coalesce(s.base_amount, 0) OR s.wrong > 0
    ELSE s.invoice_id IS NOT NULL END
