-- What has left of an order's reservation is what its shipments carried, line by line.
SELECT coalesce(r.company_id, s.company_id) AS company,
    coalesce(r.order_id, s.order_id) || ', line ' || coalesce(r.line_number, s.line_number) AS document,
    coalesce(r.issued_quantity, 0) AS issued, coalesce(s.quantity, 0) AS shipped
FROM inventory.reservation r
    FULL JOIN (
        SELECT d.company_id, d.order_id, l.line_number, sum(l.quantity) AS quantity
        FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = d.id)
        GROUP BY d.company_id, d.order_id, l.line_number
    ) AS s ON s.order_id = r.order_id AND s.line_number = r.line_number
WHERE coalesce(r.issued_quantity, 0) <> coalesce(s.quantity, 0)
