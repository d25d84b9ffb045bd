-- A control account is what is open of its items: by account, side and party, in the company's currency.
SELECT coalesce(j.company_id, i.company_id) AS company,
    concat_ws(' ', coalesce(j.account_code, i.account_code), coalesce(j.party, i.party)) AS document,
    coalesce(j.subledger, 'none') AS subledger, i.side, coalesce(j.amount, 0) AS in_the_ledger,
    coalesce(i.amount, 0) AS open
FROM (
    SELECT l.company_id, l.account_code, a.subledger, concat_ws(' ', l.party_type, l.party_code) AS party,
        sum(l.base_amount) AS amount
    FROM ledger.journal_line l
        JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
    WHERE a.subledger IN ('receivable', 'payable', 'goods_received', 'wages')
    GROUP BY 1, 2, 3, 4
) AS j
    FULL JOIN (
        SELECT company_id, account_code, side, concat_ws(' ', party_type, party_code) AS party,
            sum(base_open_amount) AS amount
        FROM ledger.open_item
        GROUP BY 1, 2, 3, 4
    ) AS i ON i.company_id = j.company_id AND i.account_code = j.account_code AND i.party = j.party
        AND i.side = j.subledger
WHERE coalesce(j.amount, 0) <> coalesce(i.amount, 0)
