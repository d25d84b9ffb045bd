-- wages_are_paid_once: 1
-- also net_pay_is_open_or_paid, wage_runs_pay_what_payslips_say, what_is_in_transit_is_not_confirmed
UPDATE banking.wage_payment SET status = 'paid', paid_on = '2026-03-31', account_code = '1470'
    WHERE company_id = :c || '-US' AND status = 'withdrawn' AND employee_code = 'E-2';

-- wage_runs_pay_what_payslips_say: 1
-- also no other
UPDATE banking.wage_payment SET amount = amount + 1 WHERE company_id = :c || '-US' AND status = 'withdrawn'
    AND employee_code = 'E-1';

-- wage_runs_pay_what_payslips_say: 1
UPDATE banking.wage_payment SET place = 2 WHERE company_id = :c || '-US' AND status = 'included';

-- wage_runs_pay_what_payslips_say: 1
UPDATE banking.wage_payment SET employee_code = 'E-3' WHERE company_id = :c || '-US' AND status = 'included';

-- wage_runs_pay_what_payslips_say: 1
UPDATE banking.wage_payment SET paid_on = paid_on + 1 WHERE company_id = :c || '-US' AND status = 'paid'
    AND employee_code = 'E-2';

-- wage_runs_pay_what_payslips_say: 2
DELETE FROM foundation.attachment WHERE company_id = :c || '-US' AND document_type = 'wage_payment_run';

-- net_pay_is_open_or_paid: 1
-- also open_items_are_what_is_not_settled
UPDATE ledger.open_item SET open_amount = -1 WHERE company_id = :c || '-US' AND document_type = 'payslip'
    AND document_id = (SELECT w.payslip_id FROM banking.wage_payment w WHERE w.company_id = :c || '-US'
        AND w.status = 'paid' AND w.employee_code = 'E-2');

-- net_pay_is_open_or_paid: 1
DELETE FROM banking.wage_payment WHERE company_id = :c || '-US' AND status = 'paid' AND employee_code = 'E-2';

-- net_pay_is_open_or_paid: 1
DELETE FROM ledger.reversal WHERE company_id = :c || '-US' AND document_type = 'wage_payment';

-- what_runs_pay_is_in_transit: 1
UPDATE banking.wage_payment SET account_code = (SELECT b.account_code FROM banking.bank_account b
    WHERE b.company_id = :c || '-US') WHERE company_id = :c || '-US' AND status = 'paid' AND employee_code = 'E-2';

-- returned_payments_are_owed_again: 1
DELETE FROM ledger.reversal WHERE company_id = :c || '-US' AND document_type = 'wage_payment';

-- payment_files_are_what_was_posted: 1
UPDATE banking.payment_run_payment SET iban = 'DE02120300000000202051X' WHERE company_id = :c || '-US'
    AND id = (SELECT w.id FROM banking.wage_payment w WHERE w.company_id = :c || '-US' AND w.status = 'paid'
        AND w.employee_code = 'E-2');
