-- An invoice names a shipment of its own order; services are billed with none.
SELECT i.company_id AS company, i.number AS document, i.order_number, i.shipment_number, s.number AS shipment
FROM finance.invoice i
    LEFT JOIN inventory.shipment s ON s.id = i.shipment_id AND s.order_id = i.order_id
WHERE i.shipment_number IS DISTINCT FROM s.number
