-- Nothing is open on the invoices of a closed order, but what collective invoices charge other orders.
SELECT o.company_id AS company, o.number AS document, i.number AS invoice, t.due_on, t.open_amount, t.currency
FROM sales.sales_order o
    JOIN still_charged i ON i.order_id = o.id
    JOIN ledger.open_item t ON t.document_id = i.invoice_id
WHERE o.status = 'closed' AND (t.open_amount <> 0 OR t.base_open_amount <> 0)
    AND (NOT i.is_collective OR i.left_amount > 0)
