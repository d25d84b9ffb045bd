-- Of an order that was cancelled or rejected nothing is left: what was shipped came back.
SELECT o.company_id AS company, o.number AS document, o.status, s.documents AS shipments_and_invoices
FROM sales.sales_order o
    JOIN (
        SELECT order_id, string_agg(number, ', ' ORDER BY number) AS documents
        FROM (
            SELECT order_id, number FROM inventory.shipment
            UNION ALL SELECT order_id, number FROM finance.invoice
        ) AS d GROUP BY order_id
    ) AS s ON s.order_id = o.id
WHERE o.status IN ('cancelled', 'rejected')
