-- E-mail addresses, tax numbers and bank details are in the form in which they are kept.
SELECT n.company_id AS company, n.what AS document, n.email, n.tax_number, NULL AS iban, NULL AS bic
FROM (
    SELECT company_id, 'company ' || code AS what, email, tax_number FROM master_data.company
    UNION ALL SELECT company_id, 'customer ' || code, email, tax_number FROM master_data.customer
    UNION ALL SELECT company_id, 'supplier ' || code, email, tax_number FROM master_data.supplier
    UNION ALL SELECT company_id, 'sender of ' || letter, sender, '' FROM automation.mail_rule
    UNION ALL SELECT company_id, 'copy of ' || letter, blind_copy, '' FROM automation.mail_rule
) AS n
WHERE (n.email <> '' AND n.email !~ '^[!-?A-~]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$')
    OR n.tax_number <> regexp_replace(btrim(n.tax_number), '\s+', ' ', 'g')
    OR n.tax_number ~ '^([A-Za-z][a-z]|[a-z][A-Za-z])\d'
UNION ALL
SELECT b.company_id, 'bank account of ' || b.whose || ' in ' || b.currency, NULL, NULL, b.iban, b.bic
FROM (
    SELECT company_id, company_id AS whose, currency, iban, bic FROM master_data.company
    WHERE iban <> '' OR bic <> ''
    UNION ALL
    SELECT s.company_id, s.code, a ->> 'currency', a ->> 'iban', a ->> 'bic'
    FROM master_data.supplier s CROSS JOIN LATERAL jsonb_array_elements(s.bank_accounts) AS a
    UNION ALL
    SELECT c.company_id, c.company_id, a ->> 'currency', a ->> 'iban', a ->> 'bic'
    FROM master_data.company c CROSS JOIN LATERAL jsonb_array_elements(c.bank_accounts) AS a
) AS b
WHERE b.iban !~ '^([A-Z]{2}\d{2}[A-Z0-9]{11,30})?$' OR b.bic !~ '^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$'
    OR (b.iban = '' AND b.bic = '')
