-- landed_costs_are_spread_as_they_say: 1
-- also corrections_are_posted_at_value, figures_are_as_answered, posted_rows_are_as_written
UPDATE inventory.landed_cost SET value = value + 1, amount = amount + 1
    WHERE id = (SELECT id FROM inventory.landed_cost WHERE company_id = :c ORDER BY number LIMIT 1);

-- landed_costs_are_spread_as_they_say: 1
UPDATE inventory.landed_cost_line SET value = value + 1
    WHERE line_number = 1 AND landed_cost_id = (
        SELECT id FROM inventory.landed_cost WHERE company_id = :c ORDER BY number LIMIT 1);

-- landed_costs_are_spread_as_they_say: 1
INSERT INTO ledger.reversal (id, company_id, number, document_type, document_id, document_number, reversed_on, reason)
SELECT gen_random_uuid(), company_id, 'RV-X', source_type, source_id, source_number, posted_on, 'wrong'
FROM inventory.landed_cost WHERE company_id = :c ORDER BY number LIMIT 1;

-- landed_costs_are_spread_as_they_say: 1
UPDATE ledger.journal_line SET base_amount = 1 WHERE amount = 20 AND account_code = '1160' AND company_id = :c;

-- landed_costs_taken_back_settle_what_was_sold: 1
-- also posted_rows_are_as_written
UPDATE ledger.journal_line SET account_code = '6100' WHERE company_id = :c AND entry_id IN (
    SELECT id FROM ledger.journal_entry WHERE company_id = :c AND purpose = 'sold since') AND amount < 0;

-- landed_costs_taken_back_settle_what_was_sold: 1
UPDATE inventory.stock_move m SET value = m.value + 0.01 FROM ledger.reversal r
    WHERE m.company_id = :c AND m.kind = 'settlement' AND m.document_id = r.id AND r.document_type = 'landed_cost'
        AND m.line_number = 1;

-- corrections_are_worth_what_was_moved: 1
UPDATE inventory.landed_cost SET stock_value = stock_value - 1
    WHERE id = (SELECT id FROM inventory.landed_cost WHERE company_id = :c ORDER BY number LIMIT 1);
