-- An item knows the first and the last day of its own and of all that settled it, and when it was last reopened.
SELECT i.company_id AS company, i.document_number AS document, i.document_on, i.open_from, s.first_on,
    i.last_moved_on, s.last_on, i.reopened_on, s.taken_back_on
FROM ledger.open_item i
    LEFT JOIN (
        SELECT open_item_id, min(settled_on) AS first_on, max(settled_on) AS last_on,
            max(settled_on) FILTER (WHERE reverses_id IS NOT NULL) AS taken_back_on
        FROM ledger.settlement GROUP BY open_item_id
    ) AS s ON s.open_item_id = i.id
WHERE i.open_from <> least(i.document_on, s.first_on) OR i.last_moved_on <> greatest(i.document_on, s.last_on)
    OR i.reopened_on IS DISTINCT FROM s.taken_back_on
