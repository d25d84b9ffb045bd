-- An invoice is posted once, its customer owing its total.
SELECT v.company_id AS company, v.number AS document, v.customer_code, v.total_amount, v.base_total_amount,
    coalesce(p.amount, 0) AS posted, coalesce(p.base_amount, 0) AS base_posted
FROM receivables.invoice v
    LEFT JOIN (
        SELECT e.company_id, e.source_id, l.party_code, sum(l.amount) AS amount,
            sum(l.base_amount) AS base_amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'invoice' AND e.purpose = 'invoice' AND l.party_code IS NOT NULL
        GROUP BY e.company_id, e.source_id, l.party_code
    ) AS p ON p.source_id = v.id AND p.company_id = v.company_id AND p.party_code = v.customer_code
WHERE v.total_amount <> coalesce(p.amount, 0) OR v.base_total_amount <> coalesce(p.base_amount, 0)
