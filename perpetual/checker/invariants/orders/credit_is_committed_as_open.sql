-- An order's credit is what is ordered and not billed; of a rest that was given up, what is to be billed.
SELECT o.company_id AS company, o.number AS document, o.status, o.base_total_amount AS ordered,
    coalesce(i.billed, 0) AS billed, coalesce(c.open_amount, 0) AS credit_held
FROM sales.sales_order o
    LEFT JOIN receivables.credit_commitment c ON c.order_id = o.id
    LEFT JOIN (
        SELECT i.order_id, sum(greatest(i.base_total_amount - coalesce(n.base_total_amount, 0), 0)) AS billed
        FROM charged i
            LEFT JOIN taken_back t ON t.invoice_id = i.invoice_id
            LEFT JOIN receivables.credit_note n ON n.id = t.credit_note_id
        GROUP BY i.order_id
    ) AS i ON i.order_id = o.id
    LEFT JOIN (
        SELECT order_id, bool_and(billed_quantity + returned_quantity >= quantity) AS wholly,
            sum((net_amount + tax_amount) * (delivered_quantity - billed_quantity) / quantity) AS to_bill,
            sum((net_amount + tax_amount) * returned_quantity / quantity) AS back,
            sum(net_amount + tax_amount) AS without_freight
        FROM sales.sales_order_line GROUP BY order_id
    ) AS l ON l.order_id = o.id
    LEFT JOIN (
        SELECT order_id, bool_or(completes_order)
            AND bool_and(invoice_id IS NOT NULL OR withdrawn_quantity = quantity) AS wholly
        FROM receivables.billing_due GROUP BY order_id
    ) AS d ON d.order_id = o.id
WHERE o.status IN ('confirmed', 'delivered')
    AND coalesce(c.open_amount, 0)
        <> CASE WHEN CASE o.invoicing WHEN 'collective' THEN d.wholly ELSE l.wholly END THEN 0 ELSE greatest(o.base_total_amount - coalesce(i.billed, 0), 0) END
    AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
    AND NOT (
        -- Rounded line by line when it is billed; freight is billed with the first invoice.
        coalesce(c.open_amount, 0) <= 0.05 + coalesce((l.to_bill + o.total_amount - l.without_freight)
            * o.base_total_amount / nullif(o.total_amount, 0), 0)
        AND coalesce(c.open_amount, 0) + 0.05
            >= coalesce((l.to_bill - l.back) * o.base_total_amount / nullif(o.total_amount, 0), 0)
        AND EXISTS (
            SELECT FROM foundation.operation x
            WHERE x.company_id = o.company_id AND x.process_id = o.company_id || '/order_to_cash/' || o.id
                AND x.name = 'receivables.release_credit'))
