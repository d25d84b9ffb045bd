-- budgets_are_what_is_committed: 1
-- also no other
UPDATE ledger.budget SET committed_amount = committed_amount + 1 WHERE company_id = :c AND code = 'SHOP-26';

-- no_more_is_given_back_than_committed: 1
-- also requisitions_commit_what_they_stand_for
INSERT INTO ledger.budget_commitment (company_id, budget_code, document_type, document_id, line_number, amount, committed_on,
    wanted_on)
    SELECT company_id, code, 'purchase_order', '00000000-0000-4000-8000-000000000001', 1, d.amount, d.day, d.day
    FROM ledger.budget, (VALUES (-5, date '2026-03-02'), (5, '2026-03-03')) AS d (amount, day)
    WHERE company_id = :c AND code = 'SHOP-26';

-- cost_centres_have_one_budget_on_a_day: 1
-- also no other
UPDATE ledger.budget SET ends_on = '2027-01-01' WHERE company_id = :c AND code = 'SHOP-26';

-- cost_centres_have_one_budget_on_a_day: 2
UPDATE ledger.budget SET cost_centre = 'GHOST-' || code WHERE company_id = :c;

-- budgets_are_what_is_committed: 1
DELETE FROM ledger.budget WHERE company_id = :c AND code = 'SHOP-26';

-- budgets_are_what_is_committed: 1
DELETE FROM ledger.budget_commitment WHERE company_id = :c AND amount < 0;

-- budgets_keep_the_days_committed_for: 8
-- also no other
UPDATE ledger.budget SET ends_on = '2026-03-19' WHERE company_id = :c AND code = 'SHOP-26';
