-- posted_tables_refuse_changes
ALTER TABLE receivables.invoice DISABLE TRIGGER refuse_change;

-- posted_tables_refuse_changes
DROP TRIGGER balanced ON ledger.journal_line;

-- posted_tables_refuse_changes
ALTER TABLE foundation.operation ENABLE REPLICA TRIGGER refuse_change;

-- row_security_is_forced
ALTER TABLE receivables.invoice NO FORCE ROW LEVEL SECURITY;

-- row_security_is_forced
ALTER TABLE sales.sales_order DISABLE ROW LEVEL SECURITY;

-- row_security_is_forced
DROP POLICY company ON inventory.stock;

-- row_security_is_forced
ALTER POLICY company ON master_data.customer USING (true);

-- row_security_is_forced
ALTER ROLE perpetual_app BYPASSRLS;

-- constraints_hold
ALTER TABLE receivables.invoice DROP CONSTRAINT invoice_company_id_shipment_id_key;

-- constraints_hold
ALTER TABLE inventory.stock DROP CONSTRAINT stock_reserved_on_hand, ADD CONSTRAINT stock_reserved_on_hand
    CHECK (reserved <= on_hand) NOT VALID;

-- posted_rows_are_as_written
UPDATE ledger.journal_line SET text = 'changed' WHERE company_id = :c AND line_number = 2 AND entry_id =
    (SELECT id FROM ledger.journal_entry WHERE company_id = :c AND number = 'JE-2026-000004');

-- posted_rows_are_as_written
UPDATE receivables.invoice SET customer_reference = 'changed' WHERE company_id = :c AND number =
    'INV-2026-000002';

-- posted_rows_are_as_written
UPDATE ledger.payment SET reference = 'changed' WHERE company_id = :c AND number = 'PAY-2026-000001';
