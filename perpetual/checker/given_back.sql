-- What is open of an item only because what had settled it was reversed: a debit that the bank returned, after
-- everybody was told of the money. Every invariant may name the table.
given_back AS (
    SELECT open_item_id, -sum(amount) AS amount, -sum(base_amount) AS base_amount
    FROM ledger.settlement WHERE reverses_id IS NOT NULL GROUP BY open_item_id
)
