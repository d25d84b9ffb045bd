-- What a closed period came to, account by account, is the sum of its lines; and no open period is written down.
SELECT coalesce(b.company_id, l.company_id) AS company,
    coalesce(b.account_code, l.account_code) || ' through ' || coalesce(b.ends_on, l.ends_on) AS document,
    b.debit, b.credit, coalesce(l.debit, 0) AS debit_of_lines, coalesce(l.credit, 0) AS credit_of_lines,
    y.locked_through
FROM ledger.period_balance b
    FULL JOIN (
        SELECT p.company_id, p.ends_on, j.account_code,
            coalesce(sum(j.base_amount) FILTER (WHERE j.base_amount > 0), 0) AS debit,
            -coalesce(sum(j.base_amount) FILTER (WHERE j.base_amount < 0), 0) AS credit
        FROM (SELECT DISTINCT company_id, starts_on, ends_on FROM ledger.period_balance) AS p
            JOIN ledger.journal_line j
                ON j.company_id = p.company_id AND j.posted_on BETWEEN p.starts_on AND p.ends_on
        GROUP BY p.company_id, p.ends_on, j.account_code
    ) AS l ON l.company_id = b.company_id AND l.ends_on = b.ends_on AND l.account_code = b.account_code
    LEFT JOIN ledger.fiscal_year y ON y.company_id = b.company_id AND y.code = b.fiscal_year
WHERE b.debit IS DISTINCT FROM l.debit OR b.credit IS DISTINCT FROM l.credit
    OR (b.starts_on >= y.starts_on AND b.ends_on <= y.ends_on AND b.ends_on <= y.locked_through) IS NOT TRUE
