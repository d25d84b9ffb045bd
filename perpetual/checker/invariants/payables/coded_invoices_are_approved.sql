-- An invoice without an order is posted once others than who has entered it have said yes; one that waits for them has its process.
SELECT h.company_id AS company, h.number AS document, h.status, h.entered_by, h.decided_by, a.others, t.outcome
FROM payables.coded_invoice h
    LEFT JOIN (
        SELECT process_id, count(*) FILTER (WHERE status <> 'approved') AS others,
            bool_or(coalesce(on_behalf_of, decided_by) = requested_by) AS by_who_asked
        FROM foundation.approval WHERE kind = 'coded_invoice' GROUP BY process_id
    ) AS a ON a.process_id = h.process_id
    LEFT JOIN foundation.process t ON t.id = h.process_id
WHERE CASE WHEN h.status IN ('posted', 'reversed')
        THEN a.others = 0 AND NOT a.by_who_asked AND h.decided_by <> h.entered_by
        WHEN h.status = 'entered' THEN t.id IS NOT NULL AND t.outcome IS NULL
        ELSE true END IS NOT TRUE
