-- E-mail addresses and tax numbers are in the form in which they are kept.
SELECT n.company_id AS company, n.what AS document, n.email, n.tax_number
FROM (
    SELECT company_id, 'company ' || code AS what, email, tax_number FROM master_data.company
    UNION ALL SELECT company_id, 'customer ' || code, email, tax_number FROM master_data.customer
    UNION ALL SELECT company_id, 'sender of ' || letter, sender, '' FROM automation.mail_rule
    UNION ALL SELECT company_id, 'copy of ' || letter, blind_copy, '' FROM automation.mail_rule
) AS n
WHERE (n.email <> '' AND n.email !~ '^[!-?A-~]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$')
    OR n.tax_number <> regexp_replace(btrim(n.tax_number), '\s+', ' ', 'g')
    OR n.tax_number ~ '^([A-Za-z][a-z]|[a-z][A-Za-z])\d'
