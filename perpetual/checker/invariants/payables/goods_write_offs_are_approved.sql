-- A write-off of goods is posted once others than who asked for it have said yes.
SELECT h.company_id AS company, h.number AS document, h.requested_by, h.approved_by, a.yes, a.others
FROM payables.goods_write_off h
    LEFT JOIN (
        SELECT process_id, count(*) FILTER (WHERE status = 'approved') AS yes,
            count(*) FILTER (WHERE status <> 'approved') AS others,
            bool_or(coalesce(on_behalf_of, decided_by) = requested_by) AS by_who_asked
        FROM foundation.approval WHERE kind = 'goods_write_off' GROUP BY process_id
    ) AS a ON a.process_id = h.company_id || '/goods_write_off/' || h.id
WHERE (a.yes > 0 AND a.others = 0 AND NOT a.by_who_asked AND h.approved_by <> h.requested_by) IS NOT TRUE
