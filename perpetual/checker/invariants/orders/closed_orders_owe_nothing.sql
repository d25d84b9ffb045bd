-- Nothing is open on a closed order's invoices, but what they charge other orders and what a reversal opened again.
SELECT o.company_id AS company, o.number AS document, i.number AS invoice, t.due_on, t.open_amount, t.currency,
    coalesce(g.amount, 0) AS given_back
FROM sales.sales_order o
    JOIN still_charged i ON i.order_id = o.id
    JOIN ledger.open_item t ON t.document_id = i.invoice_id
    LEFT JOIN given_back g ON g.open_item_id = t.id
WHERE o.status = 'closed' AND (NOT i.is_collective OR i.left_amount > 0)
    AND (abs(t.open_amount) > abs(coalesce(g.amount, 0))
        OR abs(t.base_open_amount) > abs(coalesce(g.base_amount, 0)))
