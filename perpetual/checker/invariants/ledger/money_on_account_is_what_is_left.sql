-- The customers' money on account is what is left of their payments and credits, customer by customer.
SELECT coalesce(j.company_id, i.company_id) AS company, coalesce(j.customer_code, i.customer_code) AS document,
    coalesce(j.amount, 0) AS in_the_ledger, coalesce(i.amount, 0) AS left
FROM (
    SELECT l.company_id, l.party_code AS customer_code, sum(l.base_amount) AS amount
    FROM ledger.journal_line l
        JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
    WHERE a.role = 'customer_on_account'
    GROUP BY l.company_id, l.party_code
) AS j
FULL JOIN (
    SELECT company_id, customer_code, sum(base_open_amount) AS amount
    FROM ledger.open_item WHERE invoice_id IS NULL AND dunning_letter_id IS NULL
    GROUP BY company_id, customer_code
) AS i ON i.company_id = j.company_id AND i.customer_code = j.customer_code
WHERE coalesce(j.amount, 0) <> coalesce(i.amount, 0)
