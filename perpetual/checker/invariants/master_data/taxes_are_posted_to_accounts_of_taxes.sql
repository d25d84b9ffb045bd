-- A tax code names accounts that are there and open, a liability or an asset, and no control accounts.
SELECT t.company_id AS company, t.code AS document, c ->> 'account_code' AS account, a.kind, a.subledger, a.blocked
FROM (
    SELECT company_id, code, components FROM master_data.tax_code
    UNION ALL SELECT company_id, code, components FROM master_data.tax_code_change
) AS t
    CROSS JOIN LATERAL jsonb_array_elements(t.components) AS c
    LEFT JOIN ledger.account a ON a.company_id = t.company_id AND a.code = c ->> 'account_code'
WHERE c ->> 'account_code' IS NOT NULL
    AND (a.code IS NULL OR a.blocked OR a.subledger IS NOT NULL OR a.kind NOT IN ('asset', 'liability'))
