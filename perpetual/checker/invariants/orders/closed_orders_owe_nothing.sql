-- Nothing is open on the invoices of a closed order.
SELECT o.company_id AS company, o.number AS document, i.number AS invoice, t.due_on, t.open_amount, t.currency
FROM sales.sales_order o
    JOIN finance.invoice i ON i.order_id = o.id
    JOIN finance.open_item t ON t.invoice_id = i.id
WHERE o.status = 'closed' AND (t.open_amount <> 0 OR t.base_open_amount <> 0)
