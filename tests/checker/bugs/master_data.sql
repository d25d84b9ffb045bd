-- one_of_a_kind_holds_on_a_day: 1
-- also no other
ALTER TABLE master_data.exchange_rate DROP CONSTRAINT exchange_rate_pkey;
INSERT INTO master_data.exchange_rate (company_id, currency, valid_from, rate, quotation, source)
    SELECT company_id, currency, valid_from, rate + 1, quotation, source FROM master_data.exchange_rate
    WHERE company_id = :c AND currency = 'USD';

-- one_of_a_kind_holds_on_a_day: 1
ALTER TABLE master_data.price_list_line DROP CONSTRAINT price_list_line_pkey;
INSERT INTO master_data.price_list_line (company_id, price_list_code, item_code, line_number, unit, min_quantity,
    unit_price) VALUES (:c, 'STD', 'PEAR', 99, 'pc', 0, 7);

-- one_of_a_kind_holds_on_a_day: 1
ALTER TABLE master_data.price_list DROP CONSTRAINT price_list_valid_in_order;
UPDATE master_data.price_list SET valid_from = '2026-02-01', valid_to = '2026-01-01' WHERE company_id = :c;

-- one_of_a_kind_holds_on_a_day: 1
ALTER TABLE master_data.tax_code_change DROP CONSTRAINT tax_code_change_pkey;
INSERT INTO master_data.tax_code_change (company_id, code, valid_from, components)
    SELECT :c, 'S19', '2026-12-01', '[]' FROM generate_series(1, 2);

-- taxes_are_of_the_day_of_supply: 69
-- also no other
UPDATE master_data.tax_code SET changed_at = changed_at - interval '1 day' WHERE company_id = :c;
INSERT INTO master_data.tax_code_change (company_id, code, valid_from, components)
    VALUES (:c, 'S19', '2026-01-01', '[{"rate_percent": "16"}]');

-- taxes_are_of_the_day_of_supply: 17
UPDATE receivables.invoice_line SET rates_from = '2026-01-01' WHERE company_id = :c AND tax_code = 'S7';

-- taxes_are_of_the_day_of_supply: 17
UPDATE receivables.invoice_tax SET rate_percent = 16 WHERE company_id = :c AND rate_percent = 7;

-- terms_are_of_the_day_agreed: 2
-- also no other
UPDATE master_data.payment_terms SET changed_at = changed_at - interval '1 day' WHERE company_id = :c;
INSERT INTO master_data.payment_terms_change (company_id, code, valid_from, instalments, discount_percent,
    discount_days, discount_tax) VALUES (:c, 'DISC', '2026-01-01', '[]', 3, 10, 'when_paid');

-- terms_are_of_the_day_agreed: 1
UPDATE master_data.payment_terms SET changed_at = changed_at - interval '1 day' WHERE company_id = :c;
UPDATE receivables.invoice SET discount_percent = 5 WHERE company_id = :c AND number = 'INV-2026-000001';

-- quantities_are_in_the_units_of_their_day: 3
-- also posted_rows_are_as_written, receipts_are_worth_what_was_moved
UPDATE inventory.stock_receipt_line SET stock_quantity = stock_quantity * 10 WHERE company_id = :c
    AND receipt_id = (SELECT id FROM inventory.stock_receipt WHERE company_id = :c ORDER BY number LIMIT 1);

-- quantities_are_in_the_units_of_their_day: 3
UPDATE master_data.item SET changed_at = changed_at - interval '1 day' WHERE company_id = :c;
UPDATE inventory.scrapping_line SET unit = 'box' WHERE company_id = :c AND item_code = 'APPLE';

-- invoices_have_the_rate_of_their_day: 1
-- also no other
UPDATE master_data.exchange_rate SET changed_at = changed_at - interval '1 day' WHERE company_id = :c;
INSERT INTO master_data.exchange_rate (company_id, currency, valid_from, rate, quotation, source, changed_at)
    SELECT company_id, currency, '2026-03-01', rate * 2, quotation, source, changed_at
    FROM master_data.exchange_rate WHERE company_id = :c AND currency = 'USD';

-- invoices_have_the_rate_of_their_day: 1
UPDATE receivables.invoice SET rate = 1.01 WHERE company_id = :c AND number = 'INV-2026-000001';

-- addresses_and_tax_numbers_have_their_form: 1
-- also no other
UPDATE master_data.customer SET email = 'alice@apples' WHERE company_id = :c AND code = 'ALICE';

-- addresses_and_tax_numbers_have_their_form: 1
UPDATE master_data.customer SET tax_number = 'de 123456788 ' WHERE company_id = :c AND code = 'ALICE';

-- addresses_and_tax_numbers_have_their_form: 1
UPDATE master_data.supplier SET email = 'orchard' WHERE company_id = :c AND code = 'ORCHARD';

-- addresses_and_tax_numbers_have_their_form: 1
INSERT INTO automation.mail_rule (company_id, letter, active, sender, blind_copy)
    VALUES (:c, 'a letter', false, 'Office@Trading.Example', '');

-- addresses_and_tax_numbers_have_their_form: 1
UPDATE master_data.company SET iban = 'de02 1203 0000 0000 2020 51' WHERE code = :c;

-- addresses_and_tax_numbers_have_their_form: 1
UPDATE master_data.company SET bank_accounts = '[{"currency": "USD", "iban": "", "bic": ""}]' WHERE code = :c;

-- addresses_and_tax_numbers_have_their_form: 1
UPDATE master_data.supplier SET bank_accounts = '[{"currency": "EUR", "iban": "de02", "bic": ""}]'
    WHERE company_id = :c AND code = 'ORCHARD';

-- taxes_are_posted_to_accounts_of_taxes: 1
-- also no other
UPDATE master_data.tax_code SET components = jsonb_set(components, '{0,account_code}', '"GHOST"')
    WHERE company_id = :c AND code = 'S19';

-- taxes_are_posted_to_accounts_of_taxes: 1
UPDATE master_data.tax_code SET components = jsonb_set(components, '{0,account_code}', '"4300"')
    WHERE company_id = :c AND code = 'S19';

-- taxes_are_posted_to_accounts_of_taxes: 1
INSERT INTO master_data.tax_code_change (company_id, code, valid_from, components)
    VALUES (:c, 'S7', '2099-01-01', '[{"name": "VAT", "rate_percent": "7", "account_code": "1200"}]');

-- taxes_are_posted_to_accounts_of_taxes: 0
UPDATE master_data.tax_code SET components = jsonb_set(components, '{0,account_code}', '"2210"')
    WHERE company_id = :c AND code = 'S19';

-- who_owes_the_tax_is_named_by_a_vat_number: 39
-- also no other
UPDATE master_data.tax_code SET kind = 'reverse_charge', exemption_reason = 'owed',
    changed_at = changed_at - interval '1 day'
    WHERE company_id = :c AND code = 'S19';

-- who_owes_the_tax_is_named_by_a_vat_number: 39
UPDATE master_data.tax_code SET kind = 'intra_community', exemption_reason = 'owed there',
    changed_at = changed_at - interval '1 day'
    WHERE company_id = :c AND code = 'S19';
UPDATE receivables.invoice SET customer = customer || '{"tax_number": "GB123456782"}' WHERE company_id = :c;

-- who_owes_the_tax_is_named_by_a_vat_number: 0
UPDATE master_data.tax_code SET kind = 'intra_community', exemption_reason = 'owed there',
    changed_at = changed_at - interval '1 day'
    WHERE company_id = :c AND code = 'S19';
UPDATE receivables.invoice SET customer = customer || '{"tax_number": "ATU12345675"}' WHERE company_id = :c;

-- bank_details_change_when_another_says_yes: 2
-- also no other
DELETE FROM foundation.approval a USING master_data.bank_details_change c WHERE c.company_id = :c
    AND c.status = 'effective' AND a.process_id = c.company_id || '/bank_details_change/' || c.id;

-- bank_details_change_when_another_says_yes: 2
ALTER TABLE master_data.bank_details_change DISABLE TRIGGER refuse_other_bank_details;
ALTER TABLE master_data.bank_details_change DROP CONSTRAINT bank_details_change_four_eyes;
UPDATE master_data.bank_details_change SET requested_by = approved_by WHERE company_id = :c AND status = 'effective';

-- bank_details_change_when_another_says_yes: 2
ALTER TABLE master_data.bank_details_change DISABLE TRIGGER refuse_other_bank_details;
UPDATE master_data.bank_details_change SET wait_hours = 24 WHERE company_id = :c AND status = 'effective';

-- bank_details_change_when_another_says_yes: 2
ALTER TABLE master_data.bank_details_change DISABLE TRIGGER refuse_other_bank_details;
UPDATE master_data.bank_details_change SET content_hash = 'another' WHERE company_id = :c AND status = 'effective';

-- money_goes_where_it_was_changed_to: 1
-- also no other
ALTER TABLE master_data.supplier DISABLE TRIGGER refuse_unasked_bank_details;
UPDATE master_data.supplier SET bank_accounts = '[]' WHERE company_id = :c AND code = 'MOVED';

-- money_goes_where_it_was_changed_to: 1
ALTER TABLE payroll.pay_agreement DISABLE TRIGGER refuse_unasked_accounts;
UPDATE payroll.pay_agreement SET accounts = '[]' WHERE company_id = :c || '-US' AND code = 'E-2/1';
