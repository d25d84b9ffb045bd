-- nothing_is_under_way
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'sales.record_fulfilment';

-- nobody_waits_for_what_has_come
UPDATE finance.open_item SET open_amount = 0, base_open_amount = 0 WHERE company_id = :c AND invoice_id IS
    NOT NULL;

-- nobody_waits_for_what_has_come
UPDATE inventory.reservation SET short_quantity = 0, reserved_quantity = reserved_quantity + short_quantity
    WHERE company_id = :c;
