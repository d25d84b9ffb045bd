-- No more of an invoice's line is credited than it charged.
SELECT i.company_id AS company, i.number || ', line ' || l.line_number AS document, l.quantity,
    c.quantity AS credited_quantity, l.net_amount, c.net_amount AS credited_net_amount
FROM (
    SELECT l.invoice_id, l.line_number, sum(l.quantity) AS quantity, sum(l.net_amount) AS net_amount
    FROM receivables.credit_note_line l JOIN standing_credit_note n ON n.id = l.credit_note_id
    GROUP BY l.invoice_id, l.line_number
) AS c
    LEFT JOIN receivables.invoice_line l ON l.invoice_id = c.invoice_id AND l.line_number = c.line_number
    LEFT JOIN receivables.invoice i ON i.id = c.invoice_id
WHERE (c.quantity <= l.quantity AND abs(c.net_amount) <= abs(l.net_amount)) IS NOT TRUE
