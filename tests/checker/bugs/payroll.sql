-- payslips_add_up: 3
-- also net_pay_is_open_or_paid, payslips_are_posted_as_they_say, runs_come_to_their_payslips
UPDATE payroll.payslip SET net_amount = net_amount + 1, deducted_amount = deducted_amount - 1
    WHERE company_id = :c || '-US' AND status = 'posted' AND employee_code = 'E-2';

-- payslips_add_up: 3
UPDATE payroll.payslip SET lines = lines - 0 WHERE company_id = :c || '-US' AND status = 'posted' AND employee_code = 'E-2';

-- payslips_add_up: 3
UPDATE payroll.payslip SET paid_to = '[]' WHERE company_id = :c || '-US' AND status = 'posted' AND employee_code = 'E-2';

-- payslips_add_up: 2
UPDATE payroll.payslip SET employer_amount = 0 WHERE company_id = :c || '-US' AND status = 'calculated'
    AND employee_code = 'E-1';

-- payslips_are_posted_as_they_say: 1
-- also runs_come_to_their_payslips
UPDATE payroll.payslip SET status = 'posted', held_because = '', held_reason = ''
    WHERE company_id = :c || '-US' AND status = 'held' AND number LIKE '%-E-3' AND starts_on = '2026-03-01';

-- payslips_are_posted_as_they_say: 3
DELETE FROM ledger.open_item WHERE company_id = :c || '-US' AND document_type = 'payslip'
    AND document_number LIKE '%-E-2';

-- payslips_are_posted_as_they_say: 1
ALTER TABLE payroll.payslip DROP CONSTRAINT payslip_once_for_a_day;
UPDATE payroll.payslip SET status = 'posted', starts_on = '2026-01-31' WHERE company_id = :c || '-US'
    AND status = 'reversed';

-- payslips_are_posted_as_they_say: 3
UPDATE payroll.payslip SET status = 'left_out' WHERE company_id = :c || '-US' AND status = 'posted'
    AND employee_code = 'E-2';

-- people_are_paid_once_for_a_day: 1
-- also no other
ALTER TABLE payroll.payslip DROP CONSTRAINT payslip_once_for_a_day;
UPDATE payroll.payslip SET starts_on = '2026-02-28' WHERE company_id = :c || '-US' AND status = 'posted'
    AND employee_code = 'E-2' AND starts_on = '2026-03-01';

-- people_are_paid_once_for_a_day: 0
UPDATE payroll.payslip SET starts_on = '2026-02-28' WHERE company_id = :c || '-US' AND status = 'reversed';

-- runs_come_to_their_payslips: 1
-- also no other
UPDATE payroll.payroll_run SET gross_amount = gross_amount + 1 WHERE company_id = :c || '-US'
    AND status = 'sealed' AND kind = 'correction';

-- runs_come_to_their_payslips: 1
UPDATE payroll.payroll_run SET people = people + 1 WHERE company_id = :c || '-US' AND status = 'submitted';

-- runs_come_to_their_payslips: 2
UPDATE payroll.payslip SET status = 'open', held_because = '', held_reason = '' WHERE company_id = :c || '-US'
    AND status = 'held' AND starts_on = '2026-02-01';

-- runs_come_to_their_payslips: 1
UPDATE payroll.payslip SET status = 'left_out' WHERE company_id = :c || '-US' AND status = 'withdrawn'
    AND employee_code = 'E-1';

-- years_add_up_what_was_posted: 1
-- also no other
DELETE FROM payroll.year_to_date WHERE (payslip_id, name) = (SELECT y.payslip_id, y.name FROM payroll.year_to_date y
    WHERE y.company_id = :c || '-US' ORDER BY y.payslip_id, y.name LIMIT 1);

-- years_add_up_what_was_posted: 1
UPDATE payroll.year_to_date SET amount = amount + 1 WHERE (payslip_id, name) = (SELECT y.payslip_id, y.name FROM
    payroll.year_to_date y WHERE y.company_id = :c || '-US' ORDER BY y.payslip_id, y.name LIMIT 1);

-- years_add_up_what_was_posted: 1
UPDATE payroll.year_to_date SET employee_code = 'E-3' WHERE (payslip_id, name) = (SELECT y.payslip_id, y.name FROM
    payroll.year_to_date y WHERE y.company_id = :c || '-US' ORDER BY y.payslip_id, y.name LIMIT 1);

-- open_payroll_runs_have_a_live_process: 1
-- also no other
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c || '-US' AND type = 'payroll_run'
    AND id IN (SELECT r.company_id || '/payroll_run/' || r.id FROM payroll.payroll_run r WHERE r.status = 'open');

-- open_payroll_runs_have_a_live_process: 1
DELETE FROM foundation.process WHERE company_id = :c || '-US' AND type = 'payroll_run'
    AND id IN (SELECT r.company_id || '/payroll_run/' || r.id FROM payroll.payroll_run r WHERE r.status = 'submitted');

-- openings_say_what_they_added: 1
-- also no other
UPDATE payroll.opening_sum SET amount = amount + 1 WHERE id = (SELECT id FROM payroll.opening_sum
    WHERE company_id = :c || '-US' ORDER BY id LIMIT 1);

-- openings_say_what_they_added: 1
DELETE FROM payroll.opening_sum WHERE company_id = :c || '-US' AND name = 'component/salary';

-- openings_say_what_they_added: 4
UPDATE payroll.year_opening SET year = 2025 WHERE company_id = :c || '-US';

-- who_approves_is_not_paid: 1
-- also no other
UPDATE foundation.approval SET decided_by = 'Erna Employee' WHERE id = (SELECT a.id FROM foundation.approval a
    WHERE a.company_id = :c || '-US' AND a.kind = 'payroll_run' AND a.status = 'approved' AND a.document =
        (SELECT r.number FROM payroll.payroll_run r WHERE r.company_id = a.company_id AND r.kind = 'correction')
    ORDER BY a.id LIMIT 1);

-- who_approves_is_not_paid: 0
UPDATE payroll.pay_agreement SET actor = 'Arno Approver', changed_at = now() WHERE company_id = :c || '-US'
    AND employee_code = 'E-1';

-- payslips_say_what_they_correct: 1
-- also no other
UPDATE payroll.payslip SET corrects = '[]' WHERE company_id = :c || '-US' AND corrects <> '[]';

-- payslips_say_what_they_correct: 2
UPDATE payroll.payslip SET corrects = '["2026-01-01"]' WHERE company_id = :c || '-US' AND status = 'calculated'
    AND employee_code = 'E-1';

-- loan_movements_are_posted: 1
-- also loans_are_what_is_left_of_them, posted_rows_are_as_written
UPDATE payroll.loan_movement SET amount = amount + 1 WHERE company_id = :c || '-US' AND kind = 'granted';

-- loan_movements_are_posted: 1
UPDATE payroll.loan_movement SET moved_on = '2026-01-14' WHERE company_id = :c || '-US' AND kind = 'granted';

-- loans_are_what_is_left_of_them: 2
-- also posted_rows_are_as_written
UPDATE ledger.journal_line SET party_code = 'E-1' WHERE company_id = :c || '-US' AND text = 'E-2/loan';

-- loans_are_what_is_left_of_them: 2
INSERT INTO payroll.loan_movement (id, company_id, number, loan_code, employee_code, kind, moved_on, currency, amount,
        account_code)
    SELECT gen_random_uuid(), company_id, 'LM-X', loan_code, employee_code, 'repaid', moved_on, currency, -amount,
        account_code
    FROM payroll.loan_movement WHERE company_id = :c || '-US' AND kind = 'granted';

-- creditors_get_what_orders_say: 1
-- also no other
UPDATE payroll.garnishment_order SET total_amount = 150 WHERE company_id = :c || '-US';

-- creditors_get_what_orders_say: 1
DELETE FROM payroll.garnishment_order WHERE company_id = :c || '-US';

-- people_are_paid_once_for_a_day: 1
ALTER TABLE payroll.payslip DROP CONSTRAINT payslip_once_for_a_day;
UPDATE payroll.payslip SET kind = 'regular', asked_items = '[]' WHERE company_id = :c || '-US' AND kind = 'off_cycle';
