-- statements_add_up: 1
-- also open_lines_are_what_is_not_posted, posted_rows_are_as_written
UPDATE banking.bank_statement_line SET amount = amount + 1 WHERE company_id = :c AND amount = 250;

-- statements_add_up: 2
UPDATE banking.bank_statement SET opening_amount = opening_amount + 1, closing_amount = closing_amount + 1
    WHERE company_id = :c AND position = 3;

-- statements_are_imported_once: 1
-- also posted_rows_are_as_written
UPDATE banking.bank_statement SET fingerprint = (SELECT min(s.fingerprint) FROM banking.bank_statement s
    WHERE s.company_id = :c AND s.position = 1) WHERE company_id = :c AND position = 3;

-- statements_are_imported_once: 1
INSERT INTO banking.open_line (line_id, company_id, statement_id, amount)
    SELECT l.id, l.company_id, l.statement_id, l.amount
    FROM banking.bank_statement_line l JOIN banking.bank_statement s ON s.id = l.statement_id
    WHERE s.company_id = :c AND s.position = 2;

-- open_lines_are_what_is_not_posted: 1
-- also no other
UPDATE banking.open_line SET amount = amount + 1 WHERE company_id = :c AND amount = 250;

-- open_lines_are_what_is_not_posted: 1
DELETE FROM banking.open_line WHERE company_id = :c AND amount = 250;

-- open_lines_are_what_is_not_posted: 1
DELETE FROM banking.line_posting WHERE company_id = :c AND amount = -1.5;

-- postings_moved_the_money: 1
-- also open_lines_are_what_is_not_posted, posted_rows_are_as_written
UPDATE banking.line_posting SET amount = amount - 1 WHERE company_id = :c AND amount = -1.5;

-- postings_moved_the_money: 1
UPDATE banking.line_posting SET currency = 'USD' WHERE company_id = :c AND amount = -1.5;

-- postings_moved_the_money: 1
UPDATE ledger.journal_line SET account_code = '1410' WHERE company_id = :c AND account_code = '1455'
    AND amount = -1.5;

-- postings_moved_the_money: 1
INSERT INTO banking.line_posting (id, company_id, line_id, statement_id, bank_account_code, posted_on, currency,
    amount, document_type, document_id, document_number, is_found, rule)
    SELECT gen_random_uuid(), company_id, line_id, statement_id, bank_account_code, posted_on, currency, amount,
        document_type, document_id, document_number, is_found, rule
    FROM banking.line_posting WHERE company_id = :c AND amount = 23.8;

-- open_lines_are_what_is_not_posted: 2
-- What the bank has sent back is taken back like any other when its return is not there.
DELETE FROM banking.line_posting WHERE company_id = :c AND document_type = 'reversal';

-- open_lines_are_what_is_not_posted: 1
INSERT INTO banking.open_line (line_id, company_id, statement_id, amount)
    SELECT line_id, company_id, statement_id, amount FROM banking.line_posting
    WHERE company_id = :c AND amount = 11.9;

-- postings_moved_the_money: 1
-- Another line is the payment that has come back.
INSERT INTO banking.line_posting (id, company_id, line_id, statement_id, bank_account_code, posted_on, currency,
    amount, document_type, document_id, document_number, is_found, rule)
    SELECT gen_random_uuid(), company_id, line_id, statement_id, bank_account_code, posted_on, currency, amount,
        document_type, document_id, document_number, is_found, rule
    FROM banking.line_posting WHERE company_id = :c AND amount = 11.9;

-- payment_runs_pay_what_they_say: 1
-- also no other
UPDATE banking.payment_run SET amount = amount + 1 WHERE company_id = :c AND status = 'submitted';

-- payment_runs_pay_what_they_say: 2
UPDATE banking.payment_run SET discount_amount = 1 WHERE company_id = :c AND status = 'posted';

-- payment_runs_pay_what_they_say: 1
UPDATE banking.payment_run_invoice SET status = 'withdrawn' WHERE company_id = :c AND status = 'included'
    AND supplier_code = 'BARN';

-- payment_runs_pay_what_they_say: 1
UPDATE banking.payment_run_invoice SET amount = amount - 1 WHERE company_id = :c AND status = 'paid'
    AND supplier_code = 'DAIRY';

-- payment_runs_pay_what_they_say: 1
UPDATE banking.payment_run_payment SET end_to_end_id = 'another' WHERE company_id = :c AND supplier_code = 'DAIRY';

-- payment_runs_pay_what_they_say: 2
DELETE FROM foundation.attachment WHERE company_id = :c AND document_type = 'payment_run';

-- payment_runs_pay_what_they_say: 2
UPDATE foundation.attachment SET content = replace(convert_from(content, 'UTF8'), '<CtrlSum>', '<CtrlSum>1')::bytea
    WHERE company_id = :c AND document_type = 'payment_run';

-- payment_runs_pay_what_they_say: 2
UPDATE banking.payment_run SET status = 'cancelled', paid_on = NULL, released_on = NULL
    WHERE company_id = :c AND status = 'posted';

-- invoices_are_paid_by_one_run: 1
-- also payment_runs_pay_what_they_say
INSERT INTO banking.payment_run_invoice SELECT (SELECT id FROM banking.payment_run WHERE company_id = :c
    AND status = 'submitted'), invoice_id, company_id, payment_id, supplier_code, supplier_name, invoice_number,
    supplier_number, due_on, currency, open_amount, amount, discount_amount, discount_yield_percent, pay_reason, 'included', '', NULL
    FROM banking.payment_run_invoice WHERE company_id = :c AND status = 'paid' AND supplier_code = 'DAIRY';

-- what_runs_pay_is_in_transit: 1
-- also posted_rows_are_as_written, what_is_in_transit_is_not_confirmed
UPDATE ledger.supplier_payment SET account_code = '1456' WHERE company_id = :c
    AND id IN (SELECT supplier_payment_id FROM banking.payment_run_invoice WHERE supplier_code = 'DAIRY');

-- payments_are_confirmed_once: 2
-- also returned_payments_are_owed_again, what_is_in_transit_is_not_confirmed
DELETE FROM banking.payment_confirmation WHERE company_id = :c;

-- what_is_in_transit_is_not_confirmed: 1
-- also posted_rows_are_as_written, reversals_mirror_their_document
UPDATE ledger.journal_line SET account_code = '1410' WHERE company_id = :c AND account_code = '1470'
    AND amount = -63.65 AND entry_id IN (SELECT e.id FROM ledger.journal_entry e
        JOIN banking.payment_run_invoice i ON i.supplier_payment_id = e.source_id WHERE i.supplier_code = 'MILL');

-- payments_are_confirmed_once: 2
UPDATE banking.payment_confirmation SET amount = amount - 1 WHERE company_id = :c;

-- payments_are_confirmed_once: 4
INSERT INTO banking.payment_confirmation (posting_id, payment_id, company_id, amount)
    SELECT (SELECT id FROM banking.line_posting WHERE company_id = :c AND amount = -1.5), payment_id, company_id, amount
    FROM banking.payment_confirmation WHERE company_id = :c;

-- payments_are_confirmed_once: 2
UPDATE banking.line_posting SET posted_on = posted_on - 1 WHERE company_id = :c AND id IN (SELECT posting_id
    FROM banking.payment_confirmation WHERE company_id = :c);

-- payments_are_confirmed_once: 1
WITH before AS (
    INSERT INTO banking.line_posting (id, company_id, line_id, statement_id, bank_account_code, posted_on, currency,
        amount, document_type, document_id, document_number, is_found, rule, recorded_at)
    SELECT gen_random_uuid(), l.company_id, l.line_id, l.statement_id, l.bank_account_code, l.posted_on, l.currency,
        l.amount, l.document_type, c.payment_id, l.document_number, false, 'person', l.recorded_at - interval '1 hour'
    FROM banking.line_posting l JOIN banking.payment_confirmation c ON c.posting_id = l.id
        JOIN banking.payment_run_payment p ON p.id = c.payment_id
    WHERE l.company_id = :c AND p.supplier_code = 'DAIRY'
    RETURNING *
), confirmed AS (
    INSERT INTO banking.payment_confirmation (posting_id, payment_id, company_id, amount)
    SELECT id, document_id, company_id, -amount FROM before
)
INSERT INTO ledger.reversal (id, company_id, number, document_type, document_id, document_number, reversed_on, reason)
    SELECT gen_random_uuid(), company_id, 'RV-0', 'line_posting', id, document_number, posted_on + 1, 'a mistake'
    FROM before;

-- payments_are_confirmed_once: 2
UPDATE banking.payment_run SET status = 'released' WHERE company_id = :c AND status = 'posted';

-- payment_files_are_what_was_posted: 2
-- also no other
UPDATE foundation.attachment SET content = regexp_replace(convert_from(content, 'UTF8'), '(<InstdAmt [^>]*>)63',
    '\164')::bytea WHERE company_id = :c AND document_type = 'payment_run';

-- payment_files_are_what_was_posted: 2
UPDATE foundation.attachment SET content = regexp_replace(convert_from(content, 'UTF8'), '(<CdtrAcct><Id><IBAN>)DE',
    '\1AT')::bytea WHERE company_id = :c AND document_type = 'payment_run';

-- payment_files_are_what_was_posted: 6
UPDATE foundation.attachment SET content = replace(convert_from(content, 'UTF8'), '<EndToEndId>',
    '<EndToEndId>X')::bytea WHERE company_id = :c AND document_type = 'payment_run';

-- what_is_in_transit_is_not_confirmed: 1
UPDATE banking.payment_confirmation SET amount = amount - 1 WHERE company_id = :c;

-- payment_files_are_what_was_posted: 2
UPDATE banking.payment_run SET iban = 'DE02120300000000202051' WHERE company_id = :c AND status = 'posted';

-- returned_payments_are_owed_again: 1
-- also no other
UPDATE banking.payment_return SET amount = amount + 1 WHERE company_id = :c;

-- returned_payments_are_owed_again: 1
DELETE FROM ledger.reversal WHERE company_id = :c AND document_id IN (SELECT i.supplier_payment_id
    FROM banking.payment_run_invoice i JOIN banking.payment_return t ON t.payment_id = i.payment_id);

-- returned_payments_are_owed_again: 1
DELETE FROM banking.payment_confirmation c USING banking.payment_return t
    WHERE c.payment_id = t.payment_id AND c.company_id = :c;

-- what_is_in_transit_is_not_confirmed: 2
DELETE FROM banking.payment_return WHERE company_id = :c;

-- rejected_payments_are_owed_again: 1
-- also entries_have_their_document, requests_have_their_effect, reversals_give_back_what_was_settled,
-- also reversals_mirror_their_document, series_have_no_gaps, settlements_have_their_documents
DELETE FROM ledger.reversal WHERE company_id = :c AND document_id IN (SELECT i.supplier_payment_id
    FROM banking.payment_run_invoice i JOIN banking.payment_rejection j ON j.payment_id = i.payment_id);

-- rejected_payments_are_owed_again: 1
DELETE FROM banking.payment_rejection WHERE company_id = :c;

-- rejected_payments_are_owed_again: 1
UPDATE banking.payment_rejection SET amount = amount + 1 WHERE company_id = :c;

-- rejected_payments_are_owed_again: 1
UPDATE banking.payment_status_line SET outcome = 'to_reject' WHERE company_id = :c AND outcome = 'rejected';

-- rejected_payments_are_owed_again: 1
INSERT INTO banking.payment_confirmation (posting_id, payment_id, company_id, amount)
    SELECT (SELECT id FROM banking.line_posting WHERE company_id = :c AND amount = -1.5), payment_id, company_id, amount
    FROM banking.payment_rejection WHERE company_id = :c;

-- status_reports_are_as_they_came: 1
-- also no other
UPDATE banking.payment_status_report SET line_count = line_count + 1 WHERE company_id = :c;

-- status_reports_are_as_they_came: 1
UPDATE banking.payment_status_report SET content = content || ' '::bytea WHERE company_id = :c;

-- status_reports_are_as_they_came: 1
DELETE FROM banking.payment_status_line WHERE company_id = :c AND outcome = 'noted';

-- status_reports_are_as_they_came: 1
UPDATE banking.payment_status_line l SET payment_id = (SELECT o.payment_id FROM banking.payment_status_line o
    WHERE o.company_id = :c AND o.outcome = 'rejected') WHERE l.company_id = :c AND l.outcome = 'noted';

-- status_reports_are_as_they_came: 2
INSERT INTO banking.payment_status_line SELECT report_id, line_number + 100, company_id, bank_message_id, said_at,
    level, message_id, payment_information_id, end_to_end_id, status, reason_code, reason_text, payment_id, 'to_reject'
    FROM banking.payment_status_line WHERE company_id = :c AND outcome = 'rejected';

-- suppliers_are_told_once: 1
-- also no other
INSERT INTO automation.outgoing_message (id, company_id, kind, event, operation_key, letter, about_id, recipient,
    document, correlation_id)
    SELECT gen_random_uuid(), v.company_id, 'mail', 'banking.payment_advised', o.key, 'remittance_advice', v.payment_id,
        '', 'PR-1', ''
    FROM banking.payment_advice v JOIN banking.payment_run_payment p ON p.id = v.payment_id,
        (SELECT key FROM foundation.operation WHERE company_id = :c LIMIT 2) AS o
    WHERE v.company_id = :c AND p.supplier_code = 'DAIRY';

-- suppliers_are_told_once: 3
DELETE FROM banking.payment_advice WHERE company_id = :c;

-- suppliers_are_told_once: 3
DELETE FROM foundation.attachment WHERE company_id = :c AND document_type = 'remittance_advice';

-- suppliers_are_told_once: 3
UPDATE banking.payment_run SET status = 'released' WHERE company_id = :c AND status = 'posted';

-- proposals_pay_accounts_that_stand: 1
-- also money_goes_where_it_was_changed_to
ALTER TABLE master_data.supplier DISABLE TRIGGER refuse_unasked_bank_details;
UPDATE master_data.supplier SET bank_accounts = '[]' WHERE company_id = :c AND code IN ('BARN', 'FARM');
