-- entries_have_lines: 1
-- also control_accounts_are_their_open_items, invoices_are_posted, lines_have_their_head,
-- also open_items_of_each_day_are_the_control_account, receivables_are_open_items
DELETE FROM ledger.journal_line WHERE entry_id = (SELECT id FROM ledger.journal_entry WHERE company_id =
    :c AND source_type = 'invoice' ORDER BY id LIMIT 1);

-- entries_balance: 271
-- also entries_are_as_asked, invoices_are_posted, payments_are_posted, posted_rows_are_as_written,
-- also postings_moved_the_money, reversals_mirror_their_document, write_offs_are_posted
UPDATE ledger.journal_line SET amount = amount + 0.01 WHERE company_id = :c AND line_number = 1;

-- entries_balance: 271
UPDATE ledger.journal_line SET base_amount = base_amount + 0.01 WHERE company_id = :c AND line_number = 1;

-- entries_stand_in_their_year: 271
-- also reversals_mirror_their_document
UPDATE ledger.journal_entry SET posted_on = '2027-01-01' WHERE company_id = :c;

-- entries_stand_in_their_year: 271
UPDATE ledger.journal_line SET posted_on = posted_on + 1 WHERE company_id = :c AND line_number = 1;

-- sources_are_posted_once: 1
-- also constraints_hold, invoices_are_posted
ALTER TABLE ledger.journal_entry DROP CONSTRAINT journal_entry_company_id_source_type_source_id_purpose_key;
UPDATE ledger.journal_entry e SET source_id = (SELECT source_id FROM ledger.journal_entry WHERE company_id =
    :c AND source_type = 'invoice' ORDER BY number LIMIT 1) WHERE company_id = :c AND source_type = 'invoice';

-- receivables_are_open_items: 2
-- also control_accounts_are_their_open_items, open_items_are_what_is_not_settled
UPDATE ledger.open_item SET open_amount = open_amount - 1, base_open_amount = base_open_amount - 1 WHERE
    company_id = :c AND document_type = 'invoice' AND open_amount > 1;

-- receivables_are_open_items: 2
UPDATE ledger.journal_line SET party_code = 'BOB' WHERE company_id = :c AND party_code = 'ALICE';

-- money_on_account_is_what_is_left: 1
-- also control_accounts_are_their_open_items, open_items_are_what_is_not_settled,
-- also payments_are_used_or_on_account
UPDATE ledger.open_item SET open_amount = 0, base_open_amount = 0 WHERE company_id = :c AND
    document_type = 'payment' AND open_amount < 0;

-- open_items_are_what_is_not_settled: 1
-- also items_know_their_days, open_items_of_each_day_are_the_control_account,
-- also payments_are_used_or_on_account, settled_is_as_answered
DELETE FROM ledger.settlement WHERE company_id = :c AND amount = 50;

-- open_items_are_what_is_not_settled: 29
UPDATE ledger.open_item SET open_amount = 0, base_open_amount = 0 WHERE company_id = :c AND
    document_type = 'invoice' AND open_amount > 0;

-- payments_are_used_or_on_account: 1
-- also figures_are_as_answered, payments_are_posted, posted_rows_are_as_written
UPDATE ledger.payment SET amount = amount + 1, base_amount = base_amount + 1 WHERE company_id = :c AND
    amount = 100;

-- payments_are_used_or_on_account: 3
DELETE FROM ledger.open_item WHERE company_id = :c AND document_type = 'payment' AND open_amount < 0;

-- instalments_add_up_to_the_invoice: 29
-- also closed_orders_owe_nothing
UPDATE ledger.open_item SET amount = amount + 1, open_amount = open_amount + 1 WHERE company_id = :c AND
    document_type = 'invoice' AND open_amount > 0;

-- invoices_add_up: 39
-- also collective_invoices_are_their_orders, posted_rows_are_as_written
UPDATE receivables.invoice_line SET net_amount = net_amount + 1 WHERE company_id = :c AND line_number = 1;

-- invoices_add_up: 39
DELETE FROM receivables.invoice_tax WHERE company_id = :c;

-- invoices_add_up: 39
ALTER TABLE receivables.invoice DROP CONSTRAINT invoice_total_is_sum;
UPDATE receivables.invoice SET total_amount = total_amount - 5 WHERE company_id = :c;

-- invoices_are_posted: 39
-- also lines_have_their_head, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'invoice';

-- invoices_are_posted: 37
UPDATE receivables.invoice SET customer_code = 'BOB' WHERE company_id = :c AND customer_code = 'ALICE';

-- payments_are_posted: 23
-- also control_accounts_are_their_open_items, money_on_account_is_what_is_left,
-- also open_items_of_each_day_are_the_control_account, posted_rows_are_as_written,
-- also postings_moved_the_money, reversals_mirror_their_document
UPDATE ledger.journal_line l SET account_code = '1450' FROM ledger.journal_entry e WHERE e.id = l.entry_id
    AND e.company_id = :c AND e.source_type = 'payment' AND l.amount > 0;

-- series_have_no_gaps: 1
-- also no other
UPDATE foundation.number_series SET last_number = last_number + 1 WHERE company_id = :c AND series = 'INV';

-- series_have_no_gaps: 1
UPDATE ledger.payment SET number = 'PAY-2026-000999' WHERE company_id = :c AND number = 'PAY-2026-000002';

-- series_have_no_gaps: 1
DELETE FROM ledger.journal_entry WHERE company_id = :c AND number = 'JE-2026-000003';

-- series_have_no_gaps: 1
DELETE FROM foundation.number_series WHERE company_id = :c AND series = 'JE';

-- credit_notes_add_up: 10
-- also no other
UPDATE receivables.credit_note_line SET net_amount = net_amount - 1 WHERE company_id = :c;

-- credit_notes_add_up: 10
DELETE FROM ledger.settlement WHERE company_id = :c AND source_type = 'credit_note';

-- credits_are_on_account_or_refunded: 1
-- also entries_have_their_document, requests_have_their_effect, series_have_no_gaps,
-- also settlements_have_their_documents
DELETE FROM ledger.refund WHERE company_id = :c AND money_type = 'credit_note';

-- payments_are_used_or_on_account: 1
DELETE FROM ledger.refund WHERE company_id = :c AND money_type = 'payment';

-- no_more_is_credited_than_billed: 11
-- also no other
UPDATE receivables.credit_note_line SET quantity = quantity + 100 WHERE company_id = :c;

-- credit_notes_are_posted: 10
-- also lines_have_their_head, reversals_mirror_their_document, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'credit_note';

-- refunds_are_posted: 3
-- also lines_have_their_head, reversals_mirror_their_document, series_have_no_gaps
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'refund';

-- closed_periods_are_the_sum_of_their_lines: 28
-- also no other
INSERT INTO ledger.period_balance (company_id, fiscal_year, starts_on, ends_on, account_code, debit, credit)
    VALUES (:c, '2026', '2026-03-01', '2026-03-31', '1400', 1, 0);

-- closed_periods_are_the_sum_of_their_lines: 25
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET debit = debit + 1 WHERE company_id = :c AND debit > 0;

-- closed_periods_are_the_sum_of_their_lines: 28
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.fiscal_year SET locked_through = NULL WHERE company_id = :c;

-- due_is_billed_as_listed: 3
-- also collective_deliveries_are_listed
UPDATE receivables.billing_due SET withdrawn_quantity = withdrawn_quantity + 0.5 WHERE company_id = :c AND
    invoice_id IS NOT NULL AND NOT is_freight;

-- due_is_billed_as_listed: 4
UPDATE receivables.billing_due SET invoice_id = NULL WHERE company_id = :c AND invoice_id IS NOT NULL;

-- due_is_billed_as_listed: 2
INSERT INTO receivables.invoice_line SELECT l.* FROM receivables.invoice_line o, jsonb_populate_record(o,
    '{"line_number": 99, "order_line_number": 99}') AS l WHERE o.company_id = :c AND o.order_id IS NOT NULL
    AND o.line_number = 1;

-- collective_invoices_are_their_orders: 2
-- also nobody_waits_for_what_has_come
DELETE FROM receivables.invoice_order WHERE company_id = :c;

-- collective_invoices_are_their_orders: 2
UPDATE receivables.invoice_order SET base_total_amount = base_total_amount + 1 WHERE company_id = :c;

-- collective_invoices_are_their_orders: 2
UPDATE receivables.invoice_line SET net_amount = net_amount + 1 WHERE company_id = :c AND order_id IS NOT NULL;

-- collective_invoices_are_of_their_month: 1
-- also no other
UPDATE receivables.billed_month SET month = '2026-01' WHERE company_id = :c AND month = '2026-03';

-- collective_invoices_are_of_their_month: 2
DELETE FROM receivables.billed_month WHERE company_id = :c;

-- collective_invoices_are_of_their_month: 2
UPDATE receivables.billed_month SET invoice_id = gen_random_uuid() WHERE company_id = :c AND month = '2026-03';

-- series_have_no_gaps: 1
DELETE FROM ledger.reversal WHERE company_id = :c AND number = 'RV-2026-000002';

-- open_items_are_what_is_not_settled: 26
UPDATE ledger.open_item SET open_quantity = open_quantity - 1 WHERE company_id = :c AND open_quantity > 1;

-- open_items_are_what_is_not_settled: 3
UPDATE ledger.settlement SET base_amount = base_amount + 1 WHERE company_id = :c AND source_type = 'refund';

-- payments_are_used_or_on_account: 1
DELETE FROM ledger.allocation WHERE company_id = :c AND amount = 40;

-- payments_are_used_or_on_account: 4
DELETE FROM ledger.reversal WHERE company_id = :c AND document_type = 'payment';

-- control_accounts_are_their_open_items: 4
-- also open_items_are_what_is_not_settled
UPDATE ledger.open_item SET open_amount = 0, base_open_amount = 0 WHERE company_id = :c AND side = 'goods_received';

-- control_accounts_are_their_open_items: 4
UPDATE ledger.journal_line SET party_code = 'BOB' WHERE company_id = :c AND party_code = 'ALICE' AND amount < 0;

-- control_accounts_are_their_open_items: 4
UPDATE ledger.open_item SET account_code = '2100' WHERE company_id = :c AND document_type = 'invoice';

-- control_accounts_are_their_open_items: 12
UPDATE ledger.journal_line SET party_type = NULL, party_code = NULL WHERE company_id = :c AND party_type =
    'supplier';

-- open_items_are_of_their_account: 7
-- also control_accounts_are_their_open_items, open_items_of_each_day_are_the_control_account
UPDATE ledger.open_item SET account_code = '1400' WHERE company_id = :c AND document_type = 'payment';

-- open_items_are_of_their_account: 35
UPDATE ledger.open_item SET side = 'payable' WHERE company_id = :c AND side = 'goods_received'
    AND party_code IS NOT NULL;

-- open_items_are_of_their_account: 3
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_of_a_party;
UPDATE ledger.open_item SET party_type = NULL, party_code = NULL WHERE company_id = :c AND document_type =
    'credit_note';

-- reversals_mirror_their_document: 30
-- also landed_costs_taken_back_settle_what_was_sold, lines_have_their_head,
-- also moves_and_entries_are_of_one_operation, postings_moved_the_money, series_have_no_gaps,
-- also what_is_in_transit_is_not_confirmed
DELETE FROM ledger.journal_entry WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET amount = l.amount * 2, base_amount = l.base_amount * 2 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 8
UPDATE ledger.journal_line l SET party_code = 'BOB' FROM ledger.journal_entry e WHERE e.id = l.entry_id AND
    e.company_id = :c AND e.source_type = 'reversal' AND l.party_code = 'ALICE';

-- reversals_mirror_their_document: 63
UPDATE ledger.reversal SET reversed_on = '2026-01-01' WHERE company_id = :c;

-- reversals_mirror_their_document: 8
ALTER TABLE ledger.reversal DROP CONSTRAINT reversal_company_id_document_type_document_id_key;
INSERT INTO ledger.reversal SELECT gen_random_uuid(), company_id, number || '9', document_type, document_id,
    document_number, reversed_on, reason FROM ledger.reversal WHERE company_id = :c AND document_type = 'payment';

-- reversals_mirror_their_document: 39
UPDATE ledger.journal_entry SET reverses_id = id WHERE company_id = :c AND source_type = 'invoice';

-- reversals_mirror_their_document: 1
DELETE FROM ledger.refund f USING ledger.reversal r WHERE f.id = r.document_id AND f.company_id = :c;

-- reversals_give_back_what_was_settled: 20
-- also closed_orders_owe_nothing, items_are_settled_once_on_each_day, items_know_their_days,
-- also open_items_are_what_is_not_settled, open_items_of_each_day_are_the_control_account,
-- also payments_are_used_or_on_account
DELETE FROM ledger.settlement WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET base_amount = base_amount + 1 WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 10
UPDATE ledger.open_item i SET open_amount = amount, base_open_amount = base_amount FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 4
UPDATE ledger.settlement SET source_type = 'reversal' WHERE company_id = :c AND source_type = 'refund';

-- parties_are_known: 206
-- also no other
DELETE FROM master_data.party WHERE company_id = :c AND type = 'supplier';

-- parties_are_known: 5
UPDATE ledger.journal_line SET party_code = 'NOBODY' WHERE company_id = :c AND party_code = 'BOB';

-- parties_are_known: 47
UPDATE ledger.open_item SET party_type = 'employee' WHERE company_id = :c AND party_code = 'ALICE';

-- roles_have_their_account: 1
-- also no other
DELETE FROM ledger.account WHERE company_id = :c AND code = '6710';

-- roles_have_their_account: 1
UPDATE ledger.account_role SET account_code = '1400' WHERE company_id = :c AND role = 'receivable';

-- roles_have_their_account: 1
UPDATE ledger.account_role SET account_code = '1200' WHERE company_id = :c AND role = 'inventory';

-- roles_have_their_account: 1
INSERT INTO ledger.account_role (company_id, role, key, account_code) VALUES (:c, 'bank', 'SECOND', '2000');

-- manual_entries_are_on_no_control_account: 4
-- also control_accounts_are_their_open_items, entries_are_as_asked, landed_costs_are_spread_as_they_say,
-- also open_items_of_each_day_are_the_control_account, posted_rows_are_as_written,
-- also receivables_are_open_items, reversals_mirror_their_document
UPDATE ledger.journal_line l SET account_code = '1200' FROM ledger.journal_entry e WHERE e.id = l.entry_id
    AND e.company_id = :c AND e.source_type = 'manual' AND l.amount > 0;

-- locks_are_written_down: 1
-- also no other
UPDATE ledger.fiscal_year SET locked_through = NULL WHERE company_id = :c;

-- locks_are_written_down: 1
DELETE FROM ledger.period_lock WHERE company_id = :c AND locked_through = '2026-01-31';

-- locks_are_written_down: 3
UPDATE ledger.period_lock SET fiscal_year = '2025' WHERE company_id = :c;

-- dimensions_are_known: 2
-- also cost_centres_have_one_budget_on_a_day
DELETE FROM ledger.dimension_value WHERE company_id = :c;

-- dimensions_are_known: 2
UPDATE ledger.journal_line SET dimensions = '{"project": "ROOF"}' WHERE company_id = :c AND dimensions <> '{}';

-- open_items_of_each_day_are_the_control_account: 13
-- also items_know_their_days
UPDATE ledger.settlement s SET settled_on = settled_on + 1 FROM ledger.open_item i WHERE i.id = s.open_item_id
    AND s.company_id = :c AND s.source_type = 'payment';

-- open_items_of_each_day_are_the_control_account: 4
UPDATE ledger.open_item SET document_on = document_on - 1 WHERE company_id = :c AND document_type = 'credit_note';

-- open_items_of_each_day_are_the_control_account: 22
UPDATE ledger.journal_line l SET posted_on = '2026-01-31' FROM ledger.journal_entry e WHERE e.id = l.entry_id
    AND e.company_id = :c AND e.source_type = 'stock_receipt';

-- open_items_of_each_day_are_the_control_account: 0
UPDATE ledger.open_item SET due_on = due_on + 40 WHERE company_id = :c;

-- items_know_their_days: 50
-- also no other
UPDATE ledger.open_item SET last_moved_on = document_on WHERE company_id = :c AND open_amount = 0;

-- items_know_their_days: 3
UPDATE ledger.open_item SET open_from = open_from + 1 WHERE company_id = :c AND document_type = 'credit_note';

-- items_know_their_days: 18
UPDATE ledger.open_item SET reopened_on = NULL WHERE company_id = :c AND reopened_on IS NOT NULL;

-- items_are_settled_once_on_each_day: 1
-- also figures_are_as_answered, items_know_their_days, posted_rows_are_as_written
WITH early AS (
    UPDATE receivables.write_off SET written_off_on = '2026-03-24' WHERE company_id = :c AND amount = 59.50 RETURNING id
), settled AS (
    UPDATE ledger.settlement s SET settled_on = '2026-03-24' FROM early WHERE s.source_id = early.id
), entry AS (
    UPDATE ledger.journal_entry e SET posted_on = '2026-03-24' FROM early WHERE e.source_id = early.id
        RETURNING e.id
) UPDATE ledger.journal_line l SET posted_on = '2026-03-24' FROM entry WHERE l.entry_id = entry.id;

-- items_are_settled_once_on_each_day: 21
UPDATE ledger.settlement SET settled_on = '2026-03-01' WHERE company_id = :c AND reverses_id IS NOT NULL;

-- items_are_settled_from_their_day_on: 1
-- also items_know_their_days, open_items_of_each_day_are_the_control_account
UPDATE ledger.settlement SET settled_on = '2025-12-31'
    WHERE id = (SELECT min(id::text)::uuid FROM ledger.settlement WHERE company_id = :c AND source_type = 'payment'
        AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = settlement.id));

-- documents_keep_what_they_said: 8
-- also no other
UPDATE receivables.invoice SET company = '{}' WHERE company_id = :c AND order_id IS NULL;

-- documents_keep_what_they_said: 10
UPDATE receivables.credit_note SET customer = customer || '{"code": "BOB"}' WHERE company_id = :c
    AND customer_code = 'ALICE';

-- documents_keep_what_they_said: 3
UPDATE receivables.dunning_letter SET company = company || '{"currency": "USD"}' WHERE company_id = :c;

-- documents_keep_what_they_said: 8
UPDATE receivables.invoice SET terms = terms - 'name' WHERE company_id = :c AND order_id IS NULL;

-- documents_keep_what_they_said: 0
UPDATE receivables.invoice SET company = company || '{"city": "Bremen"}' WHERE company_id = :c;
