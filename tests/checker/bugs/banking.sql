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
