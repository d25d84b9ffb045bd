-- Every entry is dated in its fiscal year, and its lines on the same day, in the same company.
SELECT e.company_id AS company, e.number AS document, e.posted_on, e.fiscal_year,
    min(l.posted_on) AS first_line_on, max(l.posted_on) AS last_line_on
FROM ledger.journal_entry e
    LEFT JOIN ledger.fiscal_year y ON y.company_id = e.company_id AND y.code = e.fiscal_year
    LEFT JOIN ledger.journal_line l ON l.entry_id = e.id
GROUP BY e.id, y.starts_on, y.ends_on
HAVING (e.posted_on BETWEEN y.starts_on AND y.ends_on) IS NOT TRUE
    OR bool_or(l.posted_on <> e.posted_on) OR bool_or(l.company_id <> e.company_id)
