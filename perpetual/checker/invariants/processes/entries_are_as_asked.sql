-- An entry that a person wrote has the lines that were asked for.
SELECT o.company_id AS company, e.number AS document, a.lines AS asked, l.lines AS written
FROM foundation.operation o
    JOIN ledger.journal_entry e ON e.id::text = o.request ->> 'entry_id',
    LATERAL (
        -- Only lines that move something in the entry's currency: what the rounding of rates left over was not
        -- asked for, and a line of nothing may be.
        SELECT string_agg(format('%s %s', x ->> 'account_code', trim_scale((x ->> 'amount')::numeric)), ', '
            ORDER BY x ->> 'account_code', (x ->> 'amount')::numeric)
            FILTER (WHERE (x ->> 'amount')::numeric <> 0) AS lines
        FROM jsonb_array_elements(o.request -> 'lines') AS x
    ) AS a,
    LATERAL (
        SELECT string_agg(format('%s %s', l.account_code, trim_scale(l.amount)), ', '
            ORDER BY l.account_code, l.amount) FILTER (WHERE l.amount <> 0) AS lines
        FROM ledger.journal_line l WHERE l.entry_id = e.id
    ) AS l
WHERE o.name = 'ledger.post_entry' AND o.status = 'applied' AND a.lines IS DISTINCT FROM l.lines
