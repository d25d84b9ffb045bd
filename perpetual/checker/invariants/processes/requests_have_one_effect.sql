-- Each request has one effect: no document was written by two steps, whatever their keys.
SELECT company_id AS company, kind || ' ' || id AS document, name, count(*) AS times,
    string_agg(key, ', ' ORDER BY key) AS keys
FROM asked
-- Credit is asked for anew when a person has decided.
WHERE name <> 'receivables.check_credit'
GROUP BY company_id, kind, id, name
HAVING count(*) > 1
