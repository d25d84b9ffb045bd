-- A payment run to suppliers comes to what its invoices do, what it has paid are payments that say the same, and so does its file.
-- Nothing of it is undecided when it has ended.
WITH line AS (
    SELECT i.*, s.id IS NOT NULL AND (s.invoice_id, s.party_code, s.amount, s.paid_on, s.reference)
        = (i.invoice_id, i.supplier_code, i.amount, r.paid_on, p.end_to_end_id) AS is_paid_so
    FROM banking.payment_run_invoice i
        JOIN banking.payment_run r ON r.id = i.run_id
        LEFT JOIN banking.payment_run_payment p ON p.id = i.payment_id AND p.run_id = i.run_id
            AND p.supplier_code = i.supplier_code
        LEFT JOIN ledger.supplier_payment s ON s.id = i.supplier_payment_id AND s.company_id = i.company_id
), summed AS (
    SELECT run_id, count(*) FILTER (WHERE status = 'included') AS included,
        count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE status = 'paid' AND NOT is_paid_so) AS paid_otherwise,
        coalesce(sum(amount) FILTER (WHERE status IN ('included', 'paid', 'withdrawn')), 0) AS amount,
        coalesce(sum(discount_amount) FILTER (WHERE status IN ('included', 'paid', 'withdrawn')), 0) AS discount_amount
    FROM line GROUP BY run_id
), filed AS (
    SELECT document_id AS run_id,
        substring(convert_from(content, 'UTF8') FROM '<CtrlSum>([0-9.]+)</CtrlSum>')::numeric AS amount
    FROM foundation.attachment WHERE document_type = 'payment_run'
)
SELECT r.company_id AS company, r.number AS document, r.status, r.amount, s.amount AS of_invoices, s.included, s.paid,
    s.paid_otherwise, f.amount AS of_file
FROM banking.payment_run r
    LEFT JOIN summed s ON s.run_id = r.id
    LEFT JOIN filed f ON f.run_id = r.id
WHERE r.payroll_run_id IS NULL AND (coalesce(s.paid_otherwise, 1) > 0
    -- While it is paid, some of it may be left out.
    OR r.status <> 'released' AND (r.amount, r.discount_amount) IS DISTINCT FROM (s.amount, s.discount_amount)
    OR s.included > 0 AND r.status IN ('posted', 'cancelled')
    OR s.withdrawn > 0 AND r.status <> 'cancelled'
    OR s.paid > 0 AND r.status NOT IN ('released', 'posted')
    OR (f.run_id IS NOT NULL) <> (r.status = 'posted' AND s.paid > 0)
    OR f.amount <> r.amount)
