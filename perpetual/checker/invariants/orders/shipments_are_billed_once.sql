-- A shipment is billed by one invoice; of an order that is billed as a whole, there is one invoice.
SELECT s.company_id AS company, s.number AS document, o.invoicing, count(i.id) AS invoices,
    string_agg(i.number, ', ' ORDER BY i.number) AS numbers
FROM inventory.shipment s
    JOIN sales.sales_order o ON o.id = s.order_id
    LEFT JOIN finance.invoice i ON i.order_id = s.order_id
        AND (i.shipment_id = s.id OR o.invoicing = 'order')
WHERE NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
GROUP BY s.company_id, s.id, o.invoicing, o.status
HAVING count(i.id) <> CASE WHEN o.invoicing = 'order' AND o.status = 'confirmed' THEN 0 ELSE 1 END
