-- closed_periods_are_the_sum_of_their_lines: 1
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET credit = credit + 1 WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 28
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET starts_on = starts_on - 400 WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 36
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET ends_on = ends_on + 400 WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 1
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET fiscal_year = '2027' WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 1
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET company_id = 'OTHER' WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 2
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.period_balance SET account_code = account_code || '9' WHERE company_id = :c AND account_code = '1400';

-- closed_periods_are_the_sum_of_their_lines: 28
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.fiscal_year SET starts_on = '2026-03-02' WHERE company_id = :c AND code = '2026';

-- closed_periods_are_the_sum_of_their_lines: 28
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.fiscal_year SET ends_on = '2026-03-30' WHERE company_id = :c AND code = '2026';

-- closed_periods_are_the_sum_of_their_lines: 1
UPDATE ledger.fiscal_year SET locked_through = '2026-03-31' WHERE company_id = :c;
SELECT set_config('perpetual.company', :c, true), ledger.keep_period_balances('2026');
UPDATE ledger.journal_line SET base_amount = 0.5 WHERE company_id = :c AND account_code = '1400'
    AND posted_on BETWEEN '2026-03-01' AND '2026-03-31';

-- series_have_no_gaps: 1
ALTER TABLE ledger.payment DROP CONSTRAINT payment_company_id_number_key;
UPDATE ledger.payment SET number = 'PAY-2026-000002' WHERE company_id = :c AND number = 'PAY-2026-000001';

-- series_have_no_gaps: 1
ALTER TABLE ledger.payment DROP CONSTRAINT payment_company_id_number_key;
UPDATE ledger.payment SET number = 'PAY-2026-000000' WHERE company_id = :c AND number = 'PAY-2026-000001';

-- series_have_no_gaps: 1
ALTER TABLE ledger.payment DROP CONSTRAINT payment_company_id_number_key;
UPDATE ledger.payment SET number = 'PAY-2026-000002' WHERE company_id = :c AND number = 'PAY-2026-000003';
UPDATE foundation.number_series SET last_number = last_number - 1 WHERE company_id = :c AND series = 'PAY';

-- series_have_no_gaps: 0
DELETE FROM ledger.payment WHERE company_id = :c AND number = 'PAY-2026-000001';
INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, request_hash, request,
    answer)
    VALUES ('a key', :c, 'process.skip_numbers', 'applied', 'a', 'b', '', '{}',
    '{"series": "PAY", "fiscal_year": "2026", "first": 1, "last": 1}');

-- series_have_no_gaps: 1
DELETE FROM ledger.payment WHERE company_id = :c AND number = 'PAY-2026-000001';
INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, request_hash, request,
    answer)
    VALUES ('a key', :c, 'process.skip_other', 'applied', 'a', 'b', '', '{}',
    '{"series": "PAY", "fiscal_year": "2026", "first": 1, "last": 1}');

-- series_have_no_gaps: 1
DELETE FROM ledger.payment WHERE company_id = :c AND number = 'PAY-2026-000001';
INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, request_hash, request,
    answer)
    VALUES ('a key', :c, 'process.skip_numbers', 'applied', 'a', 'b', '', '{}',
    '{"series": "PAY", "fiscal_year": "", "first": 1, "last": 1}');

-- series_have_no_gaps: 0
INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, request_hash, request,
    answer)
    VALUES ('a key', :c, 'process.skip_numbers', 'applied', 'a', 'b', '', '{}',
    '{"series": "PAY", "fiscal_year": "", "first": 1, "last": 1}');

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_line l SET base_amount = base_amount + 1 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'shipment' AND l.base_amount > 0;

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_line l SET base_amount = base_amount - 1 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'shipment' AND l.base_amount < 0;

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_line l SET base_amount = 0.5 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'shipment' AND l.base_amount > 0;

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_line l SET base_amount = -0.5 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'shipment' AND l.base_amount < 0;

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_entry SET source_type = 'other' WHERE company_id = :c AND source_type = 'shipment';

-- shipments_are_posted_at_cost: 38
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE company_id = :c AND source_type = 'shipment';

-- settlements_have_their_documents: 45
UPDATE ledger.settlement SET source_type = 'refund'
    WHERE company_id = :c AND money_id IS NOT NULL;

-- settlements_have_their_documents: 48
UPDATE ledger.settlement SET source_id = gen_random_uuid()
    WHERE company_id = :c AND money_id IS NOT NULL;

-- settlements_have_their_documents: 48
UPDATE ledger.settlement SET money_type = 'refund'
    WHERE company_id = :c AND money_id IS NOT NULL;

-- settlements_have_their_documents: 48
UPDATE ledger.settlement SET source_number = 'other'
    WHERE company_id = :c AND money_id IS NOT NULL;

-- settlements_have_their_documents: 48
UPDATE ledger.settlement SET money_id = gen_random_uuid()
    WHERE company_id = :c AND money_id IS NOT NULL;

-- settlements_have_their_documents: 33
UPDATE ledger.payment SET party_code = 'NOBODY' WHERE company_id = :c;

-- settlements_have_their_documents: 33
UPDATE ledger.payment SET company_id = 'OTHER' WHERE company_id = :c;

-- settlements_have_their_documents: 13
UPDATE receivables.credit_note SET customer_code = 'NOBODY' WHERE company_id = :c;

-- settlements_have_their_documents: 13
UPDATE receivables.credit_note SET company_id = 'OTHER' WHERE company_id = :c;

-- settlements_have_their_documents: 0
UPDATE receivables.invoice SET customer_code = 'NOBODY' WHERE company_id = :c;

-- settlements_have_their_documents: 0
UPDATE receivables.invoice SET company_id = 'OTHER' WHERE company_id = :c;

-- settlements_have_their_documents: 9
UPDATE ledger.open_item SET party_type = 'supplier' WHERE company_id = :c AND document_type = 'payment';
