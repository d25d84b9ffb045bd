-- The rows of a posted document were written together, and none was changed or added later.
-- PostgreSQL notes with each row which transaction wrote it; heads and the log of operations say it too. Where a
-- backup was restored, one has written all rows of a table: what it wrote together with other documents' rows says
-- nothing.
WITH written AS (
    SELECT kind, part, of_table, id, company_id, by FROM document_row WHERE is_posted
    UNION ALL
    SELECT kind, 'stored', 'stored', id, company_id, (transaction_id::text::numeric % 4294967296)::text
    FROM document WHERE is_keyed
    UNION ALL
    SELECT m.kind, 'log', 'log', (o.request ->> m.field)::uuid, o.company_id,
        (o.transaction_id::text::numeric % 4294967296)::text
    FROM foundation.operation o JOIN document_operation m ON m.name = o.name
        AND (m.status IS NULL OR m.status = o.answer ->> 'status')
    -- With nothing to bill, to credit or to refund there is no document.
    WHERE m.is_posted AND o.status = 'applied' AND o.answer ->> 'credit_note_number' IS DISTINCT FROM ''
        AND o.answer ->> 'refund_number' IS DISTINCT FROM ''
        AND o.answer ->> 'invoice_number' IS DISTINCT FROM ''
        -- Nor is there a payment of what a payment run leaves out.
        AND o.answer ->> 'payment_number' IS DISTINCT FROM ''
        -- What was asked for by no id is missing: another invariant says so.
        AND pg_input_is_valid(o.request ->> m.field, 'uuid')
), alone AS (
    SELECT kind, of_table, by FROM written GROUP BY kind, of_table, by HAVING count(DISTINCT id) = 1
)
SELECT w.company_id AS company, w.kind || ' ' || w.id AS document,
    string_agg(DISTINCT w.part || ' by ' || w.by, ', ') AS written
FROM written w LEFT JOIN alone a ON a.kind = w.kind AND a.of_table = w.of_table AND a.by = w.by
GROUP BY w.company_id, w.kind, w.id
HAVING count(DISTINCT w.by) FILTER (WHERE w.part = 'line') > 1
    OR count(DISTINCT w.by) FILTER (WHERE w.part = 'part') > 1
    OR (count(DISTINCT w.by) > 1 AND bool_and(a.by IS NOT NULL))
