-- An invoice names a shipment of its own order; services are billed with none.
SELECT i.company_id AS company, i.number AS document, i.order_number, i.shipment_number, s.number AS shipment
FROM receivables.invoice i
    LEFT JOIN inventory.shipment s ON s.id = i.shipment_id AND s.order_id = i.order_id
WHERE i.shipment_number IS DISTINCT FROM s.number
UNION ALL
SELECT i.company_id, i.number || ', line ' || l.line_number, o.order_number, l.shipment_number, s.number
FROM receivables.invoice i
    JOIN receivables.invoice_line l ON l.invoice_id = i.id AND l.shipment_id IS NOT NULL
    LEFT JOIN receivables.invoice_order o ON o.invoice_id = i.id AND o.order_id = l.order_id
    LEFT JOIN inventory.shipment s ON s.id = l.shipment_id AND s.order_id = l.order_id
WHERE l.shipment_number IS DISTINCT FROM s.number OR s.shipped_on <> l.delivered_on
