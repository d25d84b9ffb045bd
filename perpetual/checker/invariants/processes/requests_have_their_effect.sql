-- Each request that was answered has its effect: its document is there.
SELECT a.company_id AS company, a.key AS document, a.kind AS missing
FROM asked a LEFT JOIN there t ON t.company_id = a.company_id AND t.kind = a.kind AND t.id::text = a.id
WHERE t.id IS NULL
    -- Over the limit nothing is held, and what comes to nothing is not written.
    AND (a.name <> 'receivables.check_credit' OR a.answer ->> 'within_limit' = 'true'
        OR a.request ->> 'approved' = 'true')
    AND a.answer ->> 'entry_number' IS DISTINCT FROM ''
    AND a.answer ->> 'invoice_number' IS DISTINCT FROM ''
    AND a.answer ->> 'credit_note_number' IS DISTINCT FROM ''
    AND a.answer ->> 'refund_number' IS DISTINCT FROM ''
