-- Nobody has decided twice about one matter, in the own name or for another, nor about the own request.
WITH voice AS (
    SELECT a.company_id, a.matter, a.requested_by, a.document, v.actor
    FROM foundation.approval a CROSS JOIN LATERAL (VALUES (a.decided_by), (a.on_behalf_of)) AS v (actor)
    WHERE v.actor IS NOT NULL
)
SELECT company_id AS company, coalesce(min(document), matter::text) AS document, actor,
    count(*) AS voices, bool_or(actor = requested_by) AS of_the_own_request
FROM voice
GROUP BY company_id, matter, actor
HAVING count(*) > 1 OR bool_or(actor = requested_by)
