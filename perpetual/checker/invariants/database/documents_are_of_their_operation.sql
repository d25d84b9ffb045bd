-- Documents and entries carry the key of an operation that the log says was applied in their transaction.
SELECT d.company_id AS company, d.number AS document, d.kind, d.operation_key, o.status,
    d.transaction_id::text AS written_by, o.transaction_id::text AS logged_by
FROM document d
    LEFT JOIN foundation.operation o ON o.key = d.operation_key AND o.company_id = d.company_id
WHERE d.is_keyed AND (o.status = 'applied' AND o.transaction_id = d.transaction_id) IS NOT TRUE
