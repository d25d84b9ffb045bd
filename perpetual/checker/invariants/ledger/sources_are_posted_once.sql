-- There is one entry for each source and purpose: nothing is posted twice.
SELECT company_id AS company, source_type || ' ' || source_id AS document, purpose, count(*) AS entries,
    string_agg(number, ', ' ORDER BY number) AS numbers
FROM ledger.journal_entry
GROUP BY company_id, source_type, source_id, purpose
HAVING count(*) > 1
