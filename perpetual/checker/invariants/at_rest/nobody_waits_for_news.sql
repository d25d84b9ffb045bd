-- What a living process is to be told, it was told. Only asked for with --at-rest: it is on its way for a moment.
SELECT i.company_id AS company, i.process_id AS document, i.kind, i.operation_key, i.recorded_at
FROM foundation.inbox i JOIN foundation.process p ON p.id = i.process_id
WHERE i.delivered_at IS NULL AND p.outcome IS NULL
