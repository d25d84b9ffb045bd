-- What was to be billed when a month's run was begun is billed, or a collective invoice is under way for it.
SELECT d.company_id AS company, d.order_number AS document, d.customer_code, d.delivered_on, d.listed_at,
    r.document AS month, r.closed_at AS run_was_done
FROM receivables.billing_due d
    JOIN foundation.process r ON r.company_id = d.company_id AND r.type = 'collective_invoice_run'
        AND r.outcome = 'closed' AND r.document >= to_char(d.delivered_on, 'YYYY-MM')
        AND r.started_at > d.listed_at
WHERE d.invoice_id IS NULL AND d.withdrawn_quantity < d.quantity AND NOT EXISTS (
    SELECT FROM foundation.process p
    WHERE p.company_id = d.company_id AND p.type = 'collective_invoice' AND p.party = d.customer_code
        AND p.outcome IS NULL)
    -- What could not be billed somebody has done without, and is billed with a later one.
    AND NOT EXISTS (
        SELECT FROM foundation.run_item x
        WHERE x.run_id = r.id AND x.party = d.customer_code AND x.status <> 'done')
    -- What is told after the run's month was billed is billed with a later one.
    AND NOT EXISTS (
        SELECT FROM receivables.billed_month b
        WHERE b.company_id = d.company_id AND b.customer_code = d.customer_code AND b.currency = d.currency
            AND b.payment_terms_code = d.payment_terms_code AND b.prices_include_tax = d.prices_include_tax
            AND b.month = r.document AND b.billed_at < d.listed_at)
