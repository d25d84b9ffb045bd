-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-04', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'another_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'cancelled', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', '2020-01-01',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', 'OTHER', 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
UPDATE receivables.billing_due SET withdrawn_quantity = quantity WHERE company_id = :c AND invoice_id IS NULL;

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
UPDATE foundation.process r SET started_at = d.listed_at FROM receivables.billing_due d
    WHERE r.id = 'a run' AND d.company_id = :c AND d.invoice_id IS NULL;

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.process (id, company_id, type, stage, party, started_by, correlation_id)
    SELECT 'an invoice', d.company_id, 'collective_invoice', 'at work', d.customer_code, 'a', 'b'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
-- also open_collective_invoices_have_a_live_process
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.process (id, company_id, type, stage, party, started_by, correlation_id)
    SELECT 'an invoice', d.company_id, 'collective_invoice', 'at work', 'NOBODY', 'a', 'b'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.process (id, company_id, type, stage, party, started_by, correlation_id)
    SELECT 'an invoice', 'OTHER', 'collective_invoice', 'at work', d.customer_code, 'a', 'b'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 0
ALTER TABLE foundation.run_item DROP CONSTRAINT run_item_of_company;
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.run_item (run_id, position, company_id, chunk, item_id, party, body, status)
    SELECT 'a run', 1, :c, 1, 'an item', d.customer_code, '{}', 'left'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
ALTER TABLE foundation.run_item DROP CONSTRAINT run_item_of_company;
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.run_item (run_id, position, company_id, chunk, item_id, party, body, status)
    SELECT 'another run', 1, :c, 1, 'an item', d.customer_code, '{}', 'left'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
ALTER TABLE foundation.run_item DROP CONSTRAINT run_item_of_company;
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.run_item (run_id, position, company_id, chunk, item_id, party, body, status)
    SELECT 'a run', 1, :c, 1, 'an item', 'NOBODY', '{}', 'left'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
ALTER TABLE foundation.run_item DROP CONSTRAINT run_item_of_company;
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO foundation.run_item (run_id, position, company_id, chunk, item_id, party, body, status)
    SELECT 'a run', 1, :c, 1, 'an item', d.customer_code, '{}', 'done'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 0
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT 'OTHER', d.customer_code, d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, 'NOBODY', d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, 'CHF', d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, 'OTHER',
    d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, d.payment_terms_code,
    NOT d.prices_include_tax, '2026-05', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-06', d.listed_at - interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 1
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- closed_months_are_billed: 2
INSERT INTO foundation.process (id, company_id, type, stage, document, outcome, started_by, correlation_id, started_at,
    closed_at) VALUES ('a run', :c, 'collective_invoice_run', 'done', '2026-05', 'closed', 'a', 'b', now() + interval '1 hour',
    now() + interval '2 hours');
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c AND type = 'collective_invoice';
INSERT INTO receivables.billed_month (company_id, customer_code, currency, payment_terms_code, prices_include_tax,
    month, billed_at) SELECT d.company_id, d.customer_code, d.currency, d.payment_terms_code,
    d.prices_include_tax, '2026-05', d.listed_at + interval '1 hour'
    FROM receivables.billing_due d WHERE d.company_id = :c AND d.invoice_id IS NULL AND d.completes_order;

-- open_collective_invoices_have_a_live_process: 0
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
DELETE FROM foundation.process WHERE company_id = :c AND type = 'collective_invoice';
UPDATE ledger.open_item i SET open_amount = 0 FROM receivables.invoice v WHERE i.document_id = v.id
    AND v.company_id = :c AND v.order_id IS NULL;
