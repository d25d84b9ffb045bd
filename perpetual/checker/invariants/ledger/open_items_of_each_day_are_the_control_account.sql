-- The open items of each day are the control account of that day, by account and party.
SELECT m.company_id AS company, concat_ws(' ', m.account_code, m.party, m.on_day) AS document,
    sum(m.in_the_ledger) AS in_the_ledger, sum(m.opened) AS opened, sum(m.settled) AS settled
FROM (
    SELECT l.company_id, l.account_code, concat_ws(' ', l.party_type, l.party_code) AS party,
        l.posted_on AS on_day, l.base_amount AS in_the_ledger, 0 AS opened, 0 AS settled
    FROM ledger.journal_line l
        JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
    WHERE a.subledger IN ('receivable', 'payable', 'goods_received', 'wages')
    UNION ALL
    SELECT company_id, account_code, concat_ws(' ', party_type, party_code), document_on, 0, base_amount, 0
    FROM ledger.open_item
    UNION ALL
    SELECT i.company_id, i.account_code, concat_ws(' ', i.party_type, i.party_code), s.settled_on, 0, 0,
        s.base_amount
    FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
) AS m
GROUP BY 1, m.account_code, m.party, m.on_day
HAVING sum(m.in_the_ledger) <> sum(m.opened) - sum(m.settled)
