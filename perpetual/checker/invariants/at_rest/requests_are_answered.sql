-- What was accepted is answered, unless its process waits. Only asked for with --at-rest: an answer takes a moment.
SELECT c.company_id AS company, c.process_id AS document, c.kind, c.number, c.recorded_at
FROM foundation.command c LEFT JOIN foundation.process p ON p.id = c.process_id
WHERE c.answered_at IS NULL AND (p.id IS NULL OR p.outcome IS NOT NULL)
