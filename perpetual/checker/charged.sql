-- What each order is charged, invoice by invoice: all of an invoice of its own, its share of a collective one;
-- and line by line, but for what is to be billed again; and the credit notes that were not taken back. Every invariant may name the tables.
charged AS (
    SELECT company_id, id AS invoice_id, number, order_id, customer_code, process_id, shipment_id,
        false AS is_collective, total_amount, base_total_amount
    FROM receivables.invoice WHERE order_id IS NOT NULL
    UNION ALL
    SELECT s.company_id, s.invoice_id, i.number, s.order_id, i.customer_code, s.process_id, NULL, true,
        s.total_amount, s.base_total_amount
    FROM receivables.invoice_order s JOIN receivables.invoice i ON i.id = s.invoice_id
), taken_back AS (
    -- Invoices of an order that were credited in full, to be billed again.
    SELECT company_id, (request ->> 'invoice_id')::uuid AS invoice_id,
        (request ->> 'credit_note_id')::uuid AS credit_note_id
    FROM foundation.operation
    WHERE name = 'receivables.reverse_invoice' AND request ->> 'asked_by' <> ''
), charged_line AS (
    SELECT l.company_id, l.invoice_id, coalesce(l.order_id, i.order_id) AS order_id, l.order_line_number,
        l.quantity - coalesce(c.quantity, 0) AS quantity, l.is_freight
    FROM receivables.invoice_line l
        JOIN receivables.invoice i ON i.id = l.invoice_id
        LEFT JOIN taken_back t ON t.invoice_id = l.invoice_id
        LEFT JOIN receivables.credit_note_line c
            ON c.credit_note_id = t.credit_note_id AND c.line_number = l.line_number
    WHERE l.quantity > coalesce(c.quantity, 0)
), standing_credit_note AS (
    SELECT n.* FROM receivables.credit_note n
    WHERE NOT EXISTS (
        SELECT FROM ledger.reversal x WHERE x.document_type = 'credit_note' AND x.document_id = n.id)
), still_charged AS (
    SELECT c.*, c.total_amount - coalesce(n.amount, 0) AS left_amount
    FROM charged c
        LEFT JOIN (
            SELECT invoice_id, order_id, sum(total_amount) AS amount FROM standing_credit_note
            GROUP BY invoice_id, order_id
        ) AS n ON n.invoice_id = c.invoice_id AND n.order_id = c.order_id
)
