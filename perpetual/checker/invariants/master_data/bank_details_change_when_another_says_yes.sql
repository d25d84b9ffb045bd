-- Money goes elsewhere only when somebody else has said yes to just that, and when the time to wait is over.
-- Who has changed the record is nobody else. A minute is left for clocks that differ.
SELECT c.company_id AS company, c.number AS document, c.status, c.requested_by, c.approved_by, c.not_before, c.effective_at
FROM master_data.bank_details_change c
WHERE c.status IN ('approved', 'effective') AND (
        NOT EXISTS (SELECT FROM foundation.approval a
            WHERE a.company_id = c.company_id AND a.process_id = c.company_id || '/bank_details_change/' || c.id
                AND a.status = 'approved' AND a.decided_by = c.approved_by
                AND a.on_behalf_of IS NOT DISTINCT FROM c.on_behalf_of AND a.content_hash = c.content_hash)
        OR c.requested_by IN (c.approved_by, c.on_behalf_of)
        OR c.approved_by = ANY (c.may_not_approve) OR c.on_behalf_of = ANY (c.may_not_approve))
    OR c.status = 'effective' AND (c.effective_at < c.not_before OR c.not_before IS NULL)
    OR c.not_before < c.requested_at + c.wait_hours * interval '1 hour' - interval '1 minute'
    OR (c.status = 'effective') <> (c.effective_at IS NOT NULL)
