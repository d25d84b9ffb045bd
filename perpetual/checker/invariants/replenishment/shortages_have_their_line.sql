-- What was asked for because it runs short is what its requisition's line asks for, and nothing else claims to be.
SELECT coalesce(s.company_id, l.company_id) AS company, r.number AS document,
    coalesce(s.line_number, l.line_number) AS line_number, s.item_code, l.item_code AS of_line,
    s.requested_quantity, l.stock_quantity, l.origin
FROM (SELECT * FROM procurement.purchase_requisition_line WHERE origin <> 'person') AS l
    FULL JOIN replenishment.requested_shortage s
        ON s.requisition_id = l.requisition_id AND s.line_number = l.line_number AND s.company_id = l.company_id
    LEFT JOIN procurement.purchase_requisition r ON r.id = coalesce(s.requisition_id, l.requisition_id)
WHERE (s.item_code, s.requested_quantity, s.warehouse_code, s.run_on)
        IS DISTINCT FROM (l.item_code, l.stock_quantity, r.warehouse_code, r.requested_on)
    -- Orders wait for what is bought for them.
    OR (l.origin = 'backorders' AND s.backordered = 0) OR (l.origin = 'reorder_point' AND s.reorder_point IS NULL)
