-- A write-off is posted once, settles its document by its amount, and takes back the taxes that it lists.
SELECT w.company_id AS company, w.number AS document, w.document_number, w.amount, w.base_amount,
    coalesce(-p.amount, 0) AS posted, coalesce(-p.base_amount, 0) AS base_posted, coalesce(s.amount, 0) AS settled,
    w.tax_amount, coalesce(t.tax_amount, 0) AS taxes, coalesce(t.unposted, 0) AS taxes_not_posted
FROM receivables.write_off w
    LEFT JOIN (
        SELECT e.company_id, e.source_id, l.party_code, sum(l.amount) AS amount, sum(l.base_amount) AS base_amount
        FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        WHERE e.source_type = 'write_off' AND l.party_code IS NOT NULL
        GROUP BY e.company_id, e.source_id, l.party_code
    ) AS p ON p.source_id = w.id AND p.company_id = w.company_id AND p.party_code = w.customer_code
    LEFT JOIN (
        SELECT s.source_id, i.document_id, sum(s.amount) AS amount
        FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
        WHERE s.source_type = 'write_off'
        GROUP BY s.source_id, i.document_id
    ) AS s ON s.source_id = w.id AND s.document_id = w.document_id
    LEFT JOIN (
        SELECT x.write_off_id, sum(x.tax_amount) AS tax_amount, count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
            WHERE e.source_type = 'write_off' AND e.source_id = x.write_off_id
                AND l.account_code = x.account_code AND l.amount >= x.tax_amount)) AS unposted
        FROM receivables.write_off_tax x GROUP BY x.write_off_id
    ) AS t ON t.write_off_id = w.id
WHERE w.amount <> coalesce(-p.amount, 0) OR w.base_amount <> coalesce(-p.base_amount, 0)
    OR w.amount <> coalesce(s.amount, 0) OR w.tax_amount <> coalesce(t.tax_amount, 0) OR t.unposted > 0
