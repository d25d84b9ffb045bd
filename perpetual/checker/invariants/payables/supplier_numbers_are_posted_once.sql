-- A supplier's invoice stands once, however its number is written.
SELECT company_id AS company, string_agg(number, ', ' ORDER BY number) AS document, supplier_code,
    min(supplier_number) AS supplier_number
FROM payables.supplier_invoice i
WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
GROUP BY company_id, supplier_code, normal_number
HAVING count(*) > 1
