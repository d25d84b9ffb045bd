-- What is ordered of a requisition is what was found for it, it was approved, and all who were asked have said yes.
SELECT o.company_id AS company, o.number AS document, l.line_number, r.number AS requisition, r.status,
    a.role AS not_said_yes
FROM procurement.purchase_order_line l
    JOIN procurement.purchase_order o ON o.id = l.order_id
    LEFT JOIN procurement.purchase_requisition r ON r.id = l.requisition_id AND r.company_id = l.company_id
    LEFT JOIN procurement.purchase_requisition_line w
        ON w.requisition_id = r.id AND w.line_number = l.requisition_line_number
    LEFT JOIN foundation.approval a ON a.process_id = r.company_id || '/purchase_requisition/' || r.id
        AND a.status <> 'approved'
    LEFT JOIN foundation.operation p
        ON p.key = r.company_id || '/purchase_requisition/' || r.id || '/procurement.approve_requisition'
WHERE l.requisition_id IS NOT NULL AND (a.id IS NOT NULL OR p.status IS DISTINCT FROM 'applied'
    OR r.status NOT IN ('approved', 'ordered') OR (w.item_code, w.supplier_code, w.order_quantity, w.order_unit)
        IS DISTINCT FROM (l.item_code, o.supplier_code, l.quantity, l.unit))
