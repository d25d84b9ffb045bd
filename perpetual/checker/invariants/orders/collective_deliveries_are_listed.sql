-- What has left of an order that is billed together with others is listed for its month, and what of it came back.
SELECT o.company_id AS company, o.number || ', line ' || l.line_number AS document, o.invoicing,
    l.delivered_quantity, coalesce(d.quantity, 0) AS listed, l.returned_quantity,
    coalesce(d.withdrawn, 0) AS withdrawn, coalesce(d.most_invoices, 0) AS invoices_of_a_shipment
FROM sales.sales_order o
    JOIN sales.sales_order_line l ON l.order_id = o.id
    LEFT JOIN (
        SELECT order_id, line_number, sum(quantity) AS quantity, sum(withdrawn_quantity) AS withdrawn,
            max(s.invoices) AS most_invoices
        FROM receivables.billing_due
            JOIN (
                SELECT shipment_id, count(DISTINCT invoice_id) AS invoices FROM receivables.billing_due
                GROUP BY shipment_id
            ) AS s USING (shipment_id)
        WHERE NOT is_freight
            AND NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = billing_due.shipment_id)
            -- Services have no shipment that could be reversed: they were taken off the list.
            AND NOT (shipment_number IS NULL AND EXISTS (
                SELECT FROM foundation.operation t
                WHERE t.process_id = billing_due.process_id AND t.status = 'applied'
                    AND t.name = 'receivables.take_off_billing'
                    AND t.request ->> 'shipment_id' = billing_due.shipment_id::text))
        GROUP BY order_id, line_number
    ) AS d ON d.order_id = o.id AND d.line_number = l.line_number
WHERE (coalesce(d.quantity, 0) <> CASE o.invoicing WHEN 'collective' THEN l.delivered_quantity ELSE 0 END
    OR d.withdrawn > l.returned_quantity OR d.most_invoices > 1)
    AND NOT EXISTS (SELECT FROM under_way u WHERE u.order_id = o.id)
