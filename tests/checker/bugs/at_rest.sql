-- nothing_is_under_way: 51
-- also no other
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'sales.record_fulfilment';

-- nobody_waits_for_what_has_come: 21
-- also control_accounts_are_their_open_items, open_items_are_what_is_not_settled,
-- also receivables_are_open_items
UPDATE ledger.open_item SET open_amount = 0, base_open_amount = 0 WHERE company_id = :c AND
    document_type = 'invoice';

-- nobody_waits_for_what_has_come: 3
UPDATE inventory.reservation SET short_quantity = 0, reserved_quantity = reserved_quantity + short_quantity
    WHERE company_id = :c;

-- nobody_waits_for_what_has_come: 2
UPDATE receivables.billing_due SET withdrawn_quantity = quantity WHERE company_id = :c AND invoice_id IS NULL;

-- nobody_waits_for_what_has_come: 2
UPDATE ledger.open_item t SET open_amount = 0, base_open_amount = 0 FROM receivables.invoice i WHERE i.id =
    t.document_id AND i.company_id = :c AND i.order_id IS NULL;

-- nobody_waits_for_news: 48
-- also no other
UPDATE foundation.inbox SET delivered_at = NULL WHERE company_id = :c;

-- requests_are_answered: 105
-- also no other
UPDATE foundation.command c SET answered_at = NULL, answer = NULL, refusal = NULL FROM foundation.process p
    WHERE c.company_id = :c AND p.id = c.process_id AND p.outcome = 'closed';

-- requests_are_answered: 285
DELETE FROM foundation.process p USING foundation.command c WHERE c.company_id = :c AND p.id = c.process_id;
UPDATE foundation.command SET answered_at = NULL, answer = NULL, refusal = NULL WHERE company_id = :c;

-- requests_are_answered: 138
UPDATE foundation.command c SET answered_at = NULL, answer = NULL, refusal = NULL FROM foundation.process p
    WHERE c.company_id = :c AND p.id = c.process_id AND p.outcome IS NULL;
