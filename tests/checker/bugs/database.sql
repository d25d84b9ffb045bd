-- posted_tables_refuse_changes: 1
-- also no other
ALTER TABLE receivables.invoice DISABLE TRIGGER refuse_change;

-- posted_tables_refuse_changes: 1
DROP TRIGGER right_lines ON ledger.journal_line;

-- posted_tables_refuse_changes: 1
ALTER TABLE foundation.operation ENABLE REPLICA TRIGGER refuse_change;

-- row_security_is_forced: 1
-- also no other
ALTER TABLE receivables.invoice NO FORCE ROW LEVEL SECURITY;

-- row_security_is_forced: 1
ALTER TABLE sales.sales_order DISABLE ROW LEVEL SECURITY;

-- row_security_is_forced: 1
DROP POLICY company ON inventory.stock;

-- row_security_is_forced: 1
ALTER POLICY company ON master_data.customer USING (true);

-- row_security_is_forced: 1
ALTER ROLE perpetual_app BYPASSRLS;

-- constraints_hold: 1
-- also no other
ALTER TABLE receivables.invoice DROP CONSTRAINT invoice_company_id_shipment_id_key;

-- constraints_hold: 1
ALTER TABLE inventory.stock DROP CONSTRAINT stock_reserved_on_hand, ADD CONSTRAINT stock_reserved_on_hand
    CHECK (reserved <= on_hand) NOT VALID;

-- posted_rows_are_as_written: 1
-- also no other
UPDATE ledger.journal_line SET text = 'changed' WHERE company_id = :c AND line_number = 2 AND entry_id =
    (SELECT id FROM ledger.journal_entry WHERE company_id = :c AND number = 'JE-2026-000004');

-- posted_rows_are_as_written: 1
UPDATE receivables.invoice SET customer_reference = 'changed' WHERE company_id = :c AND number =
    'INV-2026-000002';

-- posted_rows_are_as_written: 1
UPDATE ledger.payment SET reference = 'changed' WHERE company_id = :c AND number = 'PAY-2026-000001';

-- posted_rows_are_as_written: 1
UPDATE ledger.reversal SET reason = 'changed' WHERE company_id = :c AND number = 'RV-2026-000002';

-- posted_rows_are_as_written: 1
UPDATE ledger.journal_entry SET transaction_id = '7' WHERE company_id = :c AND number = 'JE-2026-000004';

-- posted_tables_refuse_changes: 1
DROP TRIGGER guard ON ledger.open_item;

-- posted_tables_refuse_changes: 1
ALTER TABLE inventory.shipment_line DISABLE TRIGGER with_head;

-- posted_tables_refuse_changes: 2
ALTER TABLE foundation.approval DISABLE TRIGGER refuse_second_voice, DISABLE TRIGGER refuse_other_question;

-- posted_tables_refuse_changes: 1
ALTER TABLE ledger.fiscal_year DISABLE TRIGGER note_moved_lock;

-- the_application_only_adds: 1
-- also no other
GRANT UPDATE ON ledger.open_item TO perpetual_app;

-- the_application_only_adds: 1
GRANT INSERT ON foundation.operation TO PUBLIC;

-- the_application_only_adds: 1
GRANT INSERT (operation_key) ON inventory.stock_move TO perpetual_app;

-- documents_are_of_their_operation: 38
-- also no other
UPDATE inventory.shipment SET operation_key = NULL WHERE company_id = :c;

-- documents_are_of_their_operation: 39
UPDATE ledger.journal_entry SET operation_key = 'another' WHERE company_id = :c AND source_type = 'invoice';

-- documents_are_of_their_operation: 39
UPDATE receivables.invoice SET transaction_id = pg_current_xact_id() WHERE company_id = :c;
