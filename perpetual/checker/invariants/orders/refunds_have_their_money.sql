-- A refund pays back what was on account from the payment or the credit note that it names.
SELECT r.company_id AS company, r.number AS document, r.amount, r.customer_code,
    i.customer_code AS customer_of_money, -i.amount AS was_on_account
FROM ledger.refund r
    LEFT JOIN ledger.open_item i ON i.id = r.open_item_id AND i.company_id = r.company_id
WHERE (i.customer_code = r.customer_code AND i.currency = r.currency AND r.amount <= -i.amount
    AND i.payment_id IS NOT DISTINCT FROM r.payment_id
    AND i.credit_note_id IS NOT DISTINCT FROM r.credit_note_id) IS NOT TRUE
