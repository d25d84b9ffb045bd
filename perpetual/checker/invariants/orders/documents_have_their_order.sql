-- Shipments, invoices, credit notes, payments, returns, reservations and credit belong to an order that there is, of its customer.
SELECT d.company_id AS company, d.document, d.kind, d.order_id, d.customer_code,
    o.customer_code AS customer_of_order
FROM (
    SELECT company_id, number AS document, 'shipment' AS kind, order_id, customer_code
    FROM inventory.shipment
    UNION ALL
    SELECT company_id, number, 'invoice', order_id, customer_code FROM charged
    UNION ALL
    SELECT company_id, order_number, 'delivery to be billed', order_id, customer_code FROM receivables.billing_due
    UNION ALL
    SELECT company_id, number, 'credit note', order_id, customer_code FROM receivables.credit_note
    WHERE order_id IS NOT NULL
    UNION ALL
    SELECT company_id, number, 'payment', order_id, party_code FROM ledger.payment
    WHERE order_id IS NOT NULL
    UNION ALL
    SELECT company_id, number, 'goods return', order_id, customer_code FROM inventory.goods_return
    UNION ALL
    SELECT company_id, order_id || ', line ' || line_number, 'reservation', order_id, NULL
    FROM inventory.reservation
    UNION ALL
    SELECT company_id, order_id::text, 'credit', order_id, customer_code FROM receivables.credit_commitment
    UNION ALL
    SELECT company_id, number, 'return', order_id, NULL FROM sales.sales_return
) AS d
    LEFT JOIN sales.sales_order o ON o.id = d.order_id AND o.company_id = d.company_id
WHERE o.id IS NULL OR d.customer_code <> o.customer_code
