-- A process that was started and has said so stands somewhere by our books.
SELECT c.company_id AS company, c.process_id AS document
FROM foundation.command c LEFT JOIN foundation.process p ON p.id = c.process_id
WHERE c.number = 1 AND c.answer IS NOT NULL AND p.id IS NULL
