-- What was accepted is answered. Only asked for with --at-rest: an answer takes a moment, or its process is parked.
SELECT c.company_id AS company, c.process_id AS document, c.kind, c.number, c.recorded_at, p.stage, p.exception
FROM foundation.command c LEFT JOIN foundation.process p ON p.id = c.process_id
WHERE c.answered_at IS NULL
