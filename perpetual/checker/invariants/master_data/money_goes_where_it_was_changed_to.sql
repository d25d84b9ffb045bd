-- Where the money of a supplier, a person or the company goes is what the last change that took effect says.
WITH last AS (
    SELECT DISTINCT ON (company_id, owner, code) * FROM master_data.bank_details_change WHERE status = 'effective'
    ORDER BY company_id, owner, code, effective_at DESC, number DESC
), said AS (
    SELECT l.company_id, l.number, l.owner, l.code, l.accounts, s.bank_accounts AS now
    FROM last l LEFT JOIN master_data.supplier s ON s.company_id = l.company_id AND s.code = l.code
    WHERE l.owner = 'supplier'
    UNION ALL
    SELECT l.company_id, l.number, l.owner, l.code, l.accounts, c.bank_accounts || CASE WHEN c.iban || c.bic = '' THEN '[]'
        ELSE jsonb_build_array(jsonb_build_object('currency', '', 'iban', c.iban, 'bic', c.bic)) END
    FROM last l LEFT JOIN master_data.company c ON c.code = l.code
    WHERE l.owner = 'company'
    UNION ALL
    SELECT l.company_id, l.number, l.owner, l.code, p.accounts, a.accounts
    FROM last l LEFT JOIN payroll.pay_account_change p ON p.change_id = l.id
        LEFT JOIN payroll.pay_agreement a ON a.company_id = l.company_id AND a.code = l.code
    -- A later change of another agreement of the person may have been one of this as well.
    WHERE l.owner = 'employee' AND NOT EXISTS (
        SELECT FROM master_data.bank_details_change c JOIN payroll.pay_account_change o ON o.change_id = c.id
        WHERE o.company_id = l.company_id AND o.employee_code = p.employee_code AND c.status = 'effective'
            AND c.effective_at > l.effective_at AND o.accounts = a.accounts)
)
SELECT company_id AS company, number AS document, owner, code
FROM said
WHERE now IS NULL OR accounts IS NULL
    OR (SELECT jsonb_agg(jsonb_build_array(a.currency, a.iban, a.bic, a.amount, a.percent) ORDER BY a.currency, a.iban)
        FROM jsonb_to_recordset(now) AS a (currency text, iban text, bic text, amount text, percent text))
    IS DISTINCT FROM
        (SELECT jsonb_agg(jsonb_build_array(a.currency, a.iban, a.bic, a.amount, a.percent) ORDER BY a.currency, a.iban)
        FROM jsonb_to_recordset(accounts) AS a (currency text, iban text, bic text, amount text, percent text))
