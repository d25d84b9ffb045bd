-- The requests to a process are numbered without gaps, so that none can be lost unseen.
SELECT company_id AS company, process_id AS document, min(number) AS first, max(number) AS last, count(*) AS requests
FROM foundation.command
GROUP BY company_id, process_id
-- What another process has begun has no first.
HAVING max(number) - min(number) + 1 <> count(*) OR min(number) > 2
