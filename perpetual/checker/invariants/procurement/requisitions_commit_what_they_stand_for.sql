-- A requisition's line has committed its amount until it is ordered or turned down; then its order's has: all until it has come, then what has.
SELECT coalesce(s.company_id, c.company_id) AS company, coalesce(s.number, c.document_id::text) AS document,
    coalesce(s.line_number, c.line_number) AS line_number, s.status, s.budget_code, c.budget_code AS of_budget,
    s.least, s.most, c.amount
FROM (
    SELECT r.company_id, 'purchase_requisition' AS document_type, r.id AS document_id, r.number, l.line_number,
        r.status, l.budget_code, w.amount AS least, w.amount AS most
    FROM procurement.purchase_requisition r
        JOIN procurement.purchase_requisition_line l ON l.requisition_id = r.id
        LEFT JOIN procurement.purchase_order_line o
            ON o.requisition_id = r.id AND o.requisition_line_number = l.line_number
        CROSS JOIN LATERAL (SELECT CASE WHEN r.status IN ('entered', 'submitted', 'approved')
            AND o.order_id IS NULL THEN l.base_amount ELSE 0 END AS amount) AS w
    UNION ALL
    -- Of a received order goods have committed what came, rounded; as long as it has not ended all, if what is
    -- missing is tolerated. Services have what was billed, or, until it has ended, all.
    SELECT o.company_id, 'purchase_order', o.id, o.number, l.line_number, o.status, w.budget_code,
        CASE WHEN o.status IN ('held', 'placed') THEN w.base_amount
            WHEN o.status = 'cancelled' OR NOT l.is_stocked THEN 0 ELSE w.base_amount * h.share - 0.5 END,
        CASE WHEN o.status IN ('held', 'placed') THEN w.base_amount WHEN o.status = 'cancelled' THEN 0
            WHEN p.outcome IS NULL AND (NOT l.is_stocked
                OR l.received_quantity >= l.quantity * (100 - l.under_delivery_percent) / 100) THEN w.base_amount
            ELSE least(w.base_amount, w.base_amount * h.share + 0.5) END
    FROM procurement.purchase_order o
        JOIN procurement.purchase_order_line l ON l.order_id = o.id
        JOIN procurement.purchase_requisition_line w
            ON w.requisition_id = l.requisition_id AND w.line_number = l.requisition_line_number
        LEFT JOIN foundation.process p ON p.id = o.company_id || '/procure_to_pay/' || o.id
        LEFT JOIN (
            SELECT i.order_id, b.order_line_number, sum(b.matched_quantity) AS quantity
            FROM payables.supplier_invoice i
                JOIN payables.supplier_invoice_line b ON b.invoice_id = i.id
                LEFT JOIN ledger.reversal x ON x.document_id = i.id
            WHERE x.document_id IS NULL GROUP BY i.order_id, b.order_line_number
        ) AS b ON b.order_id = o.id AND b.order_line_number = l.line_number
        CROSS JOIN LATERAL (SELECT least(1, CASE WHEN l.is_stocked THEN l.received_quantity
            ELSE coalesce(b.quantity, 0) END / l.quantity) AS share) AS h
) AS s
    FULL JOIN (
        SELECT company_id, document_type, document_id, line_number, budget_code, sum(amount) AS amount
        FROM ledger.budget_commitment
        GROUP BY company_id, document_type, document_id, line_number, budget_code
    ) AS c ON c.company_id = s.company_id AND c.document_type = s.document_type AND c.document_id = s.document_id
        AND c.line_number = s.line_number
WHERE (s.budget_code IS NOT NULL OR c.budget_code IS NOT NULL)
    AND (s.budget_code IS DISTINCT FROM c.budget_code OR (c.amount BETWEEN s.least AND s.most) IS NOT TRUE)
