-- A shipment is billed by one invoice; of an order that is billed as a whole, there is one when it is delivered.
-- What is billed together with other orders' is another matter: see collective_deliveries_are_listed.
SELECT s.company_id AS company, s.number AS document, o.invoicing, o.status, count(i.id) AS invoices,
    string_agg(i.number, ', ' ORDER BY i.number) AS numbers
FROM inventory.shipment s
    JOIN sales.sales_order o ON o.id = s.order_id
    LEFT JOIN receivables.invoice i ON i.order_id = s.order_id
        AND (i.shipment_id = s.id OR o.invoicing = 'order')
WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = s.id)
    AND o.invoicing <> 'collective' AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
    -- What is billed again is billed with whatever is to be billed then.
    AND NOT EXISTS (
        SELECT FROM taken_back t JOIN receivables.invoice b ON b.id = t.invoice_id WHERE b.order_id = o.id)
GROUP BY s.company_id, s.id, o.id
-- Before it has left as a whole, and when all came back before that, it is not billed; it is billed in parts if
-- somebody says so.
HAVING CASE o.invoicing
    WHEN 'order' THEN count(i.id) = 0 AND o.status = 'delivered'
        AND NOT EXISTS (SELECT FROM inventory.goods_return r WHERE r.order_id = o.id)
    ELSE count(i.id) <> 1
END
