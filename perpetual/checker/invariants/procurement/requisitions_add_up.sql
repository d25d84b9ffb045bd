-- A requisition is the sum of its lines, in the company's currency, and each line is its quantity at its price.
SELECT r.company_id AS company, r.number AS document, r.base_total_amount, coalesce(l.amount, 0) AS amount_of_lines,
    coalesce(l.of_other_price, 0) AS lines_of_another_amount
FROM procurement.purchase_requisition r
    LEFT JOIN (
        SELECT requisition_id, sum(base_amount) AS amount, count(*) FILTER (WHERE q.currency = l.currency
            AND abs(l.base_amount - l.order_quantity * l.unit_price) > 0.5) AS of_other_price
        FROM procurement.purchase_requisition_line l
            JOIN procurement.purchase_requisition q ON q.id = l.requisition_id
        GROUP BY requisition_id
    ) AS l ON l.requisition_id = r.id
WHERE r.base_total_amount <> coalesce(l.amount, 0) OR l.of_other_price > 0
