-- A level is asked only when everybody before it has said yes.
SELECT a.company_id AS company, coalesce(a.document, a.id::text) AS document, a.level, b.level AS before,
    b.status AS and_is
FROM foundation.approval a
    JOIN foundation.approval b ON b.company_id = a.company_id AND b.matter = a.matter
WHERE b.level < a.level AND b.status <> 'approved'
