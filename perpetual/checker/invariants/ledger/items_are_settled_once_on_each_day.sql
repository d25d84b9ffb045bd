-- On no day more of an item is settled than it comes to, or less than nothing.
SELECT d.company_id AS company, i.document_number AS document, d.settled_on, i.amount, d.settled,
    i.base_amount, d.base_settled, i.quantity, d.settled_quantity
FROM (
    SELECT company_id, open_item_id, settled_on, sum(sum(amount)) OVER until_then AS settled,
        sum(sum(base_amount)) OVER until_then AS base_settled,
        sum(sum(coalesce(quantity, 0))) OVER until_then AS settled_quantity
    FROM ledger.settlement
    GROUP BY company_id, open_item_id, settled_on
    WINDOW until_then AS (PARTITION BY open_item_id ORDER BY settled_on)
) AS d JOIN ledger.open_item i ON i.id = d.open_item_id
WHERE d.settled NOT BETWEEN least(i.amount, 0) AND greatest(i.amount, 0)
    OR d.base_settled NOT BETWEEN least(i.base_amount, 0) AND greatest(i.base_amount, 0)
    OR d.settled_quantity NOT BETWEEN least(i.quantity, 0) AND coalesce(greatest(i.quantity, 0), 0)
