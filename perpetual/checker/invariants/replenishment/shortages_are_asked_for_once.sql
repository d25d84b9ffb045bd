-- Whoever asks for what runs short has counted what was asked for before, and has not been ordered or received since.
SELECT s.company_id AS company, r.number AS document, s.line_number, s.item_code, s.warehouse_code, s.on_order,
    s.requisitioned, before.quantity AS asked_for_before
FROM replenishment.requested_shortage s
    LEFT JOIN procurement.purchase_requisition r ON r.id = s.requisition_id AND r.company_id = s.company_id
    CROSS JOIN LATERAL (
        SELECT sum(l.order_stock_quantity) AS quantity
        FROM replenishment.requested_shortage b
            JOIN procurement.purchase_requisition_line l
                ON l.requisition_id = b.requisition_id AND l.line_number = b.line_number
            JOIN procurement.purchase_requisition q ON q.id = b.requisition_id
            LEFT JOIN procurement.purchase_order_line ol
                ON ol.requisition_id = b.requisition_id AND ol.requisition_line_number = b.line_number
            LEFT JOIN procurement.purchase_order o ON o.id = ol.order_id
        WHERE b.company_id = s.company_id AND b.item_code = s.item_code AND b.warehouse_code = s.warehouse_code
            AND b.requested_at < s.requested_at AND l.why_not_ordered = ''
            AND CASE WHEN o.id IS NULL THEN q.status IN ('entered', 'submitted', 'approved')
                ELSE o.status IN ('held', 'placed') AND NOT EXISTS (SELECT FROM inventory.stock_receipt c
                    WHERE c.company_id = s.company_id AND c.order_id = o.id) END
    ) AS before
WHERE before.quantity > s.on_order + s.requisitioned
