-- The file for the bank pays what was posted when it was made, each payment once, and nothing else.
-- With its amount, to the account that was approved, and from ours that was.
WITH filed AS (
    SELECT a.company_id, a.document_id AS run_id, substring(part FROM '<EndToEndId>([^<]*)<') AS end_to_end_id,
        substring(part FROM '<CdtrAcct><Id><IBAN>([^<]*)<') AS iban,
        substring(part FROM '<InstdAmt [^>]*>([0-9.]+)<')::numeric AS amount
    FROM foundation.attachment a, LATERAL regexp_split_to_table(convert_from(a.content, 'UTF8'), '<CdtTrfTxInf>')
        WITH ORDINALITY AS t (part, place)
    WHERE a.document_type IN ('payment_run', 'wage_payment_run') AND place > 1
), posted AS (
    SELECT p.company_id, p.run_id, p.end_to_end_id, p.iban, sum(i.amount) AS amount
    FROM banking.payment_run_payment p
        JOIN banking.payment_run r ON r.id = p.run_id AND r.status = 'posted'
        JOIN (SELECT payment_id, amount, status FROM banking.payment_run_invoice
            UNION ALL SELECT payment_id, amount, status FROM banking.wage_payment) AS i
            ON i.payment_id = p.id AND i.status = 'paid'
    GROUP BY 1, 2, 3, 4
)
SELECT coalesce(f.company_id, p.company_id) AS company, coalesce(f.end_to_end_id, p.end_to_end_id) AS document,
    f.amount AS in_file, p.amount AS posted, f.iban AS file_iban, p.iban
FROM filed f FULL JOIN posted p
    ON (p.company_id, p.run_id, p.end_to_end_id) = (f.company_id, f.run_id, f.end_to_end_id)
WHERE (f.amount, f.iban) IS DISTINCT FROM (p.amount, p.iban)
UNION ALL
SELECT r.company_id, r.number, r.amount, r.amount,
    substring(convert_from(a.content, 'UTF8') FROM '<DbtrAcct><Id><IBAN>([^<]*)<'), r.iban
FROM banking.payment_run r JOIN foundation.attachment a ON a.document_id = r.id
    AND a.document_type = CASE WHEN r.payroll_run_id IS NULL THEN 'payment_run' ELSE 'wage_payment_run' END
WHERE substring(convert_from(a.content, 'UTF8') FROM '<DbtrAcct><Id><IBAN>([^<]*)<') IS DISTINCT FROM r.iban
