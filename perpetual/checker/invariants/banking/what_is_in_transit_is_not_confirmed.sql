-- Of what payment runs have paid, the accounts in transit have what no statement has confirmed and nobody has taken back.
-- A line that confirms a payment says what stands of it, whichever accounts its invoices were paid from.
WITH reversed AS (
    SELECT company_id, document_type, document_id, id FROM ledger.reversal
), payment AS (
    SELECT i.company_id, i.payment_id, s.id, s.account_code, s.amount, x.id AS reversal_id
    FROM banking.payment_run_invoice i
        JOIN ledger.supplier_payment s ON s.id = i.supplier_payment_id
        LEFT JOIN reversed x ON x.document_type = 'supplier_payment' AND x.document_id = s.id
    WHERE i.status = 'paid'
    UNION ALL
    SELECT w.company_id, w.payment_id, w.id, w.account_code, w.amount, x.id
    FROM banking.wage_payment w LEFT JOIN reversed x ON x.document_type = 'wage_payment' AND x.document_id = w.id
    WHERE w.status = 'paid'
), confirmed AS (
    SELECT c.company_id, c.payment_id, c.posting_id, c.amount, x.id AS reversal_id
    FROM banking.payment_confirmation c
        LEFT JOIN reversed x ON x.document_type = 'line_posting' AND x.document_id = c.posting_id
), source AS (
    SELECT company_id, id FROM payment UNION SELECT company_id, reversal_id FROM payment
    UNION SELECT company_id, posting_id FROM confirmed UNION SELECT company_id, reversal_id FROM confirmed
    UNION SELECT company_id, posting_id FROM banking.payment_return
), moved AS (
    SELECT e.company_id, l.account_code, sum(l.base_amount) AS amount
    FROM source s JOIN ledger.journal_entry e ON e.source_id = s.id
        JOIN ledger.journal_line l ON l.entry_id = e.id
    WHERE (e.company_id, l.account_code) IN (SELECT company_id, account_code FROM payment)
    GROUP BY 1, 2
), waits AS (
    SELECT p.company_id, p.account_code, coalesce(sum(p.amount) FILTER (WHERE p.reversal_id IS NULL
        AND NOT EXISTS (SELECT FROM confirmed c WHERE c.payment_id = p.payment_id AND c.reversal_id IS NULL)), 0) AS amount
    FROM payment p GROUP BY 1, 2
)
SELECT w.company_id AS company, w.account_code AS document, m.amount AS moved, w.amount AS in_transit
FROM waits w LEFT JOIN moved m ON (m.company_id, m.account_code) = (w.company_id, w.account_code)
WHERE coalesce(m.amount, 0) <> -w.amount
UNION ALL
SELECT c.company_id, n.end_to_end_id, c.amount, coalesce(sum(p.amount) FILTER (WHERE p.reversal_id IS NULL), 0)
FROM confirmed c
    JOIN banking.payment_run_payment n ON n.id = c.payment_id
    LEFT JOIN payment p ON p.payment_id = c.payment_id
WHERE c.reversal_id IS NULL AND NOT EXISTS (SELECT FROM banking.payment_return t WHERE t.payment_id = c.payment_id)
GROUP BY c.company_id, n.end_to_end_id, c.posting_id, c.amount
HAVING c.amount <> coalesce(sum(p.amount) FILTER (WHERE p.reversal_id IS NULL), 0)
