-- What a requisition's line commits is of a budget of its cost centre, and for the day on which it is wanted; so is its order's.
SELECT r.company_id AS company, r.number AS document, l.line_number, l.budget_code, l.cost_centre, l.wanted_on,
    b.cost_centre AS of_cost_centre, c.wanted_on AS committed_for
FROM procurement.purchase_requisition r
    JOIN procurement.purchase_requisition_line l ON l.requisition_id = r.id
    LEFT JOIN ledger.budget b ON b.company_id = r.company_id AND b.code = l.budget_code
    LEFT JOIN procurement.purchase_order_line o
        ON o.requisition_id = r.id AND o.requisition_line_number = l.line_number
    LEFT JOIN ledger.budget_commitment c ON c.company_id = r.company_id
        AND (c.document_id, c.line_number) IN ((r.id, l.line_number), (o.order_id, o.line_number))
WHERE l.budget_code IS NOT NULL
    AND (b.cost_centre IS DISTINCT FROM l.cost_centre OR c.wanted_on IS DISTINCT FROM l.wanted_on)
