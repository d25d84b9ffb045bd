-- last_days_are_in_the_register: 1
-- also no other
UPDATE master_data.party SET ends_on = '2026-12-31' WHERE company_id = :c AND type = 'employee' AND code = 'E-1';

-- last_days_are_in_the_register: 1
UPDATE hr.employee SET left_on = '2026-12-31' WHERE company_id = :c AND code = 'E-1';

-- leave_is_not_overdrawn: 3
-- also no other
INSERT INTO hr.leave_movement (id, company_id, employee_code, leave_type_code, counts_on, kind, year, days)
    VALUES (gen_random_uuid(), :c, 'E-2', 'ANNUAL', '2027-12-31', 'lapsed', 2027, -100);

-- leave_takes_its_days: 1
-- also no other
UPDATE hr.leave_request SET days = days + 1 WHERE company_id = :c AND status = 'rejected';

-- leave_takes_its_days: 1
UPDATE hr.leave_day SET stands = true WHERE company_id = :c AND leave_id = (SELECT id FROM hr.leave_request
    WHERE company_id = :c AND status = 'cancelled');

-- leave_takes_its_days: 1
DELETE FROM hr.leave_movement WHERE company_id = :c AND kind = 'given_back' AND leave_id = (SELECT id
    FROM hr.leave_request WHERE company_id = :c AND status = 'rejected');

-- leave_is_as_it_was_granted: 1
-- also no other
INSERT INTO hr.leave_movement (id, company_id, employee_code, leave_type_code, counts_on, kind, year, days)
    VALUES (gen_random_uuid(), :c, 'E-1', 'ANNUAL', '2026-12-31', 'accrued', 2026, 1);

-- leave_is_as_it_was_granted: 1
DELETE FROM hr.leave_movement WHERE company_id = :c AND employee_code = 'E-1' AND kind = 'accrued' AND year = 2026;

-- open_leave_requests_have_a_live_process: 1
-- also open_approvals_have_a_live_process
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'leave_request'
    AND id IN (SELECT r.company_id || '/leave_request/' || r.id FROM hr.leave_request r WHERE r.status = 'submitted');

-- open_leave_requests_have_a_live_process: 1
DELETE FROM foundation.process WHERE company_id = :c AND type = 'leave_request'
    AND id IN (SELECT r.company_id || '/leave_request/' || r.id FROM hr.leave_request r WHERE r.status = 'rejected');

-- leave_without_pay_is_not_paid: 1
-- also no other
UPDATE payroll.absence SET stands = false WHERE company_id = :c;

-- leave_without_pay_is_not_paid: 1
UPDATE payroll.absence SET ends_on = ends_on + 1 WHERE company_id = :c;

-- leave_without_pay_is_not_paid: 1
DELETE FROM payroll.absence WHERE company_id = :c;
