-- reversals_mirror_their_document: 1
UPDATE inventory.revaluation SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.revaluation
    WHERE company_id = :c ORDER BY number DESC, item_code DESC, recorded_at DESC LIMIT 1);

-- reversals_mirror_their_document: 2
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'manual' ORDER BY number, recorded_at LIMIT 1);

-- reversals_mirror_their_document: 1
UPDATE ledger.reversal SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.reversal
    WHERE company_id = :c ORDER BY number, document_number, posted_at LIMIT 1);

-- reversals_give_back_what_was_settled: 2
UPDATE ledger.reversal SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.reversal
    WHERE company_id = :c AND document_type = 'allocation' ORDER BY number, document_number, posted_at LIMIT 1);

-- reversals_give_back_what_was_settled: 1
UPDATE ledger.settlement SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.settlement
    WHERE company_id = :c AND source_type = 'reversal' ORDER BY source_number, id LIMIT 1);

-- orders_are_at_their_status: 1
DELETE FROM sales.sales_order_line WHERE ctid = (SELECT ctid FROM sales.sales_order_line
    WHERE company_id = :c ORDER BY line_number, item_code, order_id LIMIT 1);

-- orders_are_at_their_status: 1
UPDATE sales.sales_order SET status = 'closed' WHERE ctid = (SELECT ctid FROM sales.sales_order
    WHERE company_id = :c AND status = 'cancelled' ORDER BY number, customer_code, placed_at LIMIT 1);

-- orders_are_at_their_status: 1
UPDATE sales.sales_order SET status = 'cancelled' WHERE ctid = (SELECT ctid FROM sales.sales_order
    WHERE company_id = :c AND status = 'confirmed' ORDER BY number, customer_code, placed_at LIMIT 1);

-- shipments_are_billed_once: 1
DELETE FROM receivables.invoice WHERE ctid = (SELECT ctid FROM receivables.invoice
    WHERE company_id = :c ORDER BY number, order_number, shipment_number LIMIT 1);

-- credit_notes_add_up: 1
DELETE FROM ledger.open_item WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'credit_note' ORDER BY account_code, document_number, id LIMIT 1);

-- credit_notes_add_up: 1
DELETE FROM receivables.credit_note_line WHERE ctid = (SELECT ctid FROM receivables.credit_note_line
    WHERE company_id = :c ORDER BY line_number, credit_note_id LIMIT 1);

-- credit_notes_add_up: 1
DELETE FROM receivables.credit_note_tax WHERE ctid = (SELECT ctid FROM receivables.credit_note_tax
    WHERE company_id = :c ORDER BY line_number, credit_note_id LIMIT 1);

-- credit_notes_add_up: 1
UPDATE ledger.open_item SET document_type = document_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'credit_note' ORDER BY account_code, document_number, id LIMIT 1);

-- credit_notes_add_up: 1
UPDATE ledger.settlement SET open_item_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM ledger.settlement
    WHERE company_id = :c ORDER BY source_number, id LIMIT 1);

-- credit_notes_add_up: 1
UPDATE ledger.settlement SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.settlement
    WHERE company_id = :c ORDER BY source_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET customer_code = customer_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET currency = currency || 'x' WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET payment_terms_code = payment_terms_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET prices_include_tax = NOT prices_include_tax WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET order_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET delivered_on = delivered_on - 400 WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET unit_price = unit_price + 1 WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET discount_percent = discount_percent + 1 WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET tax_code = tax_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 1
UPDATE receivables.billing_due SET is_freight = NOT is_freight WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c AND NOT is_freight ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- due_is_billed_as_listed: 2
UPDATE receivables.billing_due SET invoice_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- figures_are_as_answered: 1
UPDATE inventory.goods_return SET number = number || 'x' WHERE ctid = (SELECT ctid FROM inventory.goods_return
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- refunds_have_their_money: 2
UPDATE ledger.open_item SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code DESC, document_number DESC, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.settlement SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.settlement
    WHERE company_id = :c AND source_type = 'refund' ORDER BY source_number, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.allocation SET id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM ledger.allocation
    WHERE company_id = :c ORDER BY money_number, document_number, posted_at, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.allocation SET money_type = money_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.allocation
    WHERE company_id = :c ORDER BY money_number, document_number, posted_at, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.allocation SET party_type = party_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.allocation
    WHERE company_id = :c ORDER BY money_number, document_number, posted_at, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.allocation SET currency = currency || 'x' WHERE ctid = (SELECT ctid FROM ledger.allocation
    WHERE company_id = :c ORDER BY money_number, document_number, posted_at, id LIMIT 1);

-- refunds_have_their_money: 1
UPDATE ledger.open_item SET amount = amount + 1 WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'credit_note' ORDER BY account_code, document_number, id LIMIT 1);

-- invoices_have_their_shipment: 1
UPDATE inventory.shipment SET order_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM inventory.shipment
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- settlements_have_their_documents: 4
UPDATE ledger.open_item SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code DESC, document_number DESC, id LIMIT 1);

-- moves_have_their_document: 1
UPDATE inventory.goods_return SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.goods_return
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- moves_have_their_document: 1
UPDATE inventory.stock_move SET kind = 'return' WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- shipments_cost_what_was_moved: 1
UPDATE inventory.shipment SET id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM inventory.shipment
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- shipments_cost_what_was_moved: 1
UPDATE inventory.shipment_line SET line_number = line_number + 1 WHERE ctid = (SELECT ctid FROM inventory.shipment_line
    WHERE company_id = :c ORDER BY line_number, item_code, shipment_id LIMIT 1);

-- shipments_cost_what_was_moved: 1
UPDATE inventory.shipment_line SET item_code = item_code || 'x' WHERE ctid = (SELECT ctid FROM inventory.shipment_line
    WHERE company_id = :c ORDER BY line_number, item_code, shipment_id LIMIT 1);

-- shipments_cost_what_was_moved: 1
UPDATE inventory.stock_move SET kind = 'reversal' WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c AND kind = 'issue' ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- invoices_are_posted: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'invoice' ORDER BY number, recorded_at LIMIT 1);

-- invoices_are_posted: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'invoice' ORDER BY number, recorded_at LIMIT 1);

-- invoices_are_posted: 1
UPDATE ledger.journal_entry SET purpose = purpose || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'invoice' ORDER BY number, recorded_at LIMIT 1);

-- invoices_are_posted: 1
UPDATE ledger.journal_line SET amount = amount + 1 WHERE ctid = (SELECT ctid FROM ledger.journal_line
    WHERE company_id = :c AND party_type = 'customer' ORDER BY line_number, account_code, entry_id LIMIT 1);

-- invoices_are_posted: 1
UPDATE ledger.journal_line SET base_amount = base_amount + 1 WHERE ctid = (SELECT ctid FROM ledger.journal_line
    WHERE company_id = :c AND party_type = 'customer' ORDER BY line_number, account_code, entry_id LIMIT 1);

-- series_have_no_gaps: 1
UPDATE foundation.number_series SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM foundation.number_series
    WHERE company_id = :c ORDER BY last_number, series, fiscal_year LIMIT 1);

-- closed_orders_owe_nothing: 1
UPDATE ledger.open_item SET open_amount = open_amount + 1 WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- lines_have_their_head: 2
UPDATE receivables.credit_note SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM receivables.credit_note
    WHERE company_id = :c ORDER BY number, invoice_number, order_number LIMIT 1);

-- lines_have_their_head: 1
UPDATE ledger.open_item SET document_type = 'invoice' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type <> 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- returns_are_worth_what_was_moved: 1
UPDATE inventory.goods_return SET scrapped_value = scrapped_value + 1 WHERE ctid = (SELECT ctid FROM inventory.goods_return
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- returns_are_worth_what_was_moved: 1
UPDATE inventory.goods_return SET adjustment_value = adjustment_value + 1 WHERE ctid = (SELECT ctid FROM inventory.goods_return
    WHERE company_id = :c ORDER BY number, order_number, customer_code LIMIT 1);

-- returns_are_worth_what_was_moved: 1
UPDATE inventory.goods_return_line SET quantity = quantity + 1 WHERE ctid = (SELECT ctid FROM inventory.goods_return_line
    WHERE company_id = :c ORDER BY line_number, item_code, return_id LIMIT 1);

-- entries_stand_in_their_year: 271
UPDATE ledger.fiscal_year SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.fiscal_year
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- entries_stand_in_their_year: 1
UPDATE ledger.journal_line SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_line
    WHERE company_id = :c ORDER BY line_number, account_code, entry_id LIMIT 1);

-- entries_stand_in_their_year: 271
UPDATE ledger.fiscal_year SET code = code || 'x' WHERE ctid = (SELECT ctid FROM ledger.fiscal_year
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- collective_deliveries_are_listed: 1
UPDATE receivables.billing_due SET is_freight = NOT is_freight WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c AND NOT is_freight ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- collective_deliveries_are_listed: 1
UPDATE receivables.billing_due SET invoice_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code, order_number, shipment_number, id LIMIT 1);

-- collective_deliveries_are_listed: 1
UPDATE receivables.billing_due SET line_number = line_number + 1 WHERE ctid = (SELECT ctid FROM receivables.billing_due
    WHERE company_id = :c ORDER BY customer_code DESC, order_number DESC, shipment_number DESC, id LIMIT 1);

-- requests_have_their_effect: 1
UPDATE inventory.reservation SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.reservation
    WHERE company_id = :c ORDER BY line_number, item_code, order_id LIMIT 1);

-- requests_have_their_effect: 1
UPDATE receivables.credit_commitment SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM receivables.credit_commitment
    WHERE company_id = :c ORDER BY customer_code, order_id LIMIT 1);

-- no_more_comes_back_than_left: 1
UPDATE inventory.goods_return_line SET quantity = quantity + 1 WHERE ctid = (SELECT ctid FROM inventory.goods_return_line
    WHERE company_id = :c ORDER BY quantity DESC, return_id, line_number LIMIT 1);

-- receipts_are_worth_what_was_moved: 1
UPDATE inventory.stock_move SET quantity = quantity + 1 WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- receipts_are_worth_what_was_moved: 1
UPDATE inventory.stock_move SET value = value + 1 WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- receipts_are_worth_what_was_moved: 1
UPDATE inventory.stock_receipt SET id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM inventory.stock_receipt
    WHERE company_id = :c ORDER BY number, recorded_at LIMIT 1);

-- receipts_are_worth_what_was_moved: 1
UPDATE inventory.stock_receipt_line SET value = value + 1 WHERE ctid = (SELECT ctid FROM inventory.stock_receipt_line
    WHERE company_id = :c ORDER BY line_number, item_code, receipt_id LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET customer_code = customer_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET currency = currency || 'x' WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET payment_terms_code = payment_terms_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET prices_include_tax = NOT prices_include_tax WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- collective_invoices_are_of_their_month: 1
UPDATE receivables.billed_month SET invoice_id = NULL WHERE ctid = (SELECT ctid FROM receivables.billed_month
    WHERE company_id = :c ORDER BY customer_code, billed_at, currency, payment_terms_code, prices_include_tax, month LIMIT 1);

-- layers_are_the_value: 1
UPDATE inventory.cost_layer SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.cost_layer
    WHERE company_id = :c ORDER BY line_number DESC, item_code DESC, receipt_id LIMIT 1);

-- layers_are_the_value: 1
UPDATE inventory.cost_layer SET remaining_value = remaining_value + 1 WHERE ctid = (SELECT ctid FROM inventory.cost_layer
    WHERE company_id = :c ORDER BY line_number DESC, item_code DESC, receipt_id LIMIT 1);

-- credit_notes_are_posted: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'credit_note' ORDER BY number, recorded_at LIMIT 1);

-- credit_notes_are_posted: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'credit_note' ORDER BY number, recorded_at LIMIT 1);

-- credit_notes_are_posted: 1
UPDATE receivables.credit_note SET customer_code = customer_code || 'x' WHERE ctid = (SELECT ctid FROM receivables.credit_note
    WHERE company_id = :c ORDER BY number, invoice_number, order_number LIMIT 1);

-- dimensions_are_known: 1
UPDATE ledger.dimension_value SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.dimension_value
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- dimensions_are_known: 1
UPDATE ledger.dimension_value SET dimension = dimension || 'x' WHERE ctid = (SELECT ctid FROM ledger.dimension_value
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- dimensions_are_known: 1
UPDATE ledger.dimension_value SET code = code || 'x' WHERE ctid = (SELECT ctid FROM ledger.dimension_value
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- open_items_are_of_their_account: 1
UPDATE ledger.open_item SET account_code = account_code || 'x' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code, document_number, id LIMIT 1);

-- payments_are_posted: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'payment' ORDER BY number, recorded_at LIMIT 1);

-- payments_are_posted: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'payment' ORDER BY number, recorded_at LIMIT 1);

-- refunds_are_posted: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'refund' ORDER BY number, recorded_at LIMIT 1);

-- refunds_are_posted: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'refund' ORDER BY number, recorded_at LIMIT 1);

-- inventory_is_worth_what_the_ledger_says: 1
UPDATE inventory.item_valuation SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.item_valuation
    WHERE company_id = :c ORDER BY item_code LIMIT 1);

-- orders_add_up: 1
DELETE FROM sales.sales_order_line WHERE ctid = (SELECT ctid FROM sales.sales_order_line
    WHERE company_id = :c ORDER BY line_number, item_code, order_id LIMIT 1);

-- orders_add_up: 1
UPDATE sales.sales_order SET freight_amount = freight_amount + 1 WHERE ctid = (SELECT ctid FROM sales.sales_order
    WHERE company_id = :c ORDER BY number, customer_code, placed_at LIMIT 1);

-- orders_add_up: 1
UPDATE sales.sales_order SET prices_include_tax = NOT prices_include_tax WHERE ctid = (SELECT ctid FROM sales.sales_order
    WHERE company_id = :c AND status = 'delivered' ORDER BY number, customer_code, placed_at LIMIT 1);

-- others_are_told: 1
UPDATE foundation.inbox SET process_id = process_id || 'x' WHERE ctid = (SELECT ctid FROM foundation.inbox
    WHERE company_id = :c ORDER BY recorded_at, due_at, delivered_at, id LIMIT 1);

-- money_on_account_is_what_is_left: 1
UPDATE ledger.open_item SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code DESC, document_number DESC, id LIMIT 1);

-- parties_are_known: 176
UPDATE master_data.party SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM master_data.party
    WHERE company_id = :c ORDER BY code LIMIT 1);

-- payments_are_used_or_on_account: 1
UPDATE ledger.open_item SET document_type = document_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code DESC, document_number DESC, id LIMIT 1);

-- accepted_is_what_came_back: 1
UPDATE inventory.goods_return_line SET line_number = line_number + 1 WHERE ctid = (SELECT ctid FROM inventory.goods_return_line
    WHERE company_id = :c ORDER BY line_number, item_code, return_id LIMIT 1);

-- accepted_is_what_came_back: 1
UPDATE sales.sales_return_line SET is_stocked = NOT is_stocked WHERE ctid = (SELECT ctid FROM sales.sales_return_line
    WHERE company_id = :c ORDER BY line_number, item_code, return_id LIMIT 1);

-- on_hand_is_what_was_moved: 1
UPDATE inventory.stock SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.stock
    WHERE company_id = :c ORDER BY item_code, warehouse_code LIMIT 1);

-- on_hand_is_what_was_moved: 2
UPDATE inventory.stock SET warehouse_code = warehouse_code || 'x' WHERE ctid = (SELECT ctid FROM inventory.stock
    WHERE company_id = :c ORDER BY item_code, warehouse_code LIMIT 1);

-- reversals_move_back_what_was_moved: 1
UPDATE inventory.stock_move SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c AND kind = 'reversal' ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- reversals_move_back_what_was_moved: 1
UPDATE inventory.stock_move SET kind = 'issue' WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c AND kind = 'reversal' ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- reversals_move_back_what_was_moved: 1
UPDATE inventory.stock_move SET quantity = quantity + 1 WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c AND kind = 'reversal' ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- control_accounts_are_their_open_items: 1
UPDATE ledger.open_item SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND open_amount <> 0 ORDER BY account_code, document_number, id LIMIT 1);

-- instalments_add_up_to_the_invoice: 1
DELETE FROM ledger.open_item WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- instalments_add_up_to_the_invoice: 1
UPDATE ledger.open_item SET document_type = document_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- instalments_add_up_to_the_invoice: 1
UPDATE ledger.open_item SET base_amount = base_amount + 1 WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- locks_are_written_down: 2
UPDATE ledger.fiscal_year SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.fiscal_year
    WHERE company_id = :c ORDER BY code, version, changed_at LIMIT 1);

-- locks_are_written_down: 1
UPDATE ledger.period_lock SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.period_lock
    WHERE company_id = :c ORDER BY moved_at DESC, id LIMIT 1);

-- locks_are_written_down: 2
UPDATE ledger.period_lock SET locked_through = NULL WHERE ctid = (SELECT ctid FROM ledger.period_lock
    WHERE company_id = :c ORDER BY moved_at, id LIMIT 1);

-- no_more_is_credited_than_billed: 1
UPDATE receivables.credit_note_line SET line_number = line_number + 1 WHERE ctid = (SELECT max(ctid) FROM receivables.credit_note_line
    WHERE company_id = :c GROUP BY credit_note_id HAVING count(*) = 1 ORDER BY credit_note_id LIMIT 1);

-- no_more_is_credited_than_billed: 1
UPDATE receivables.credit_note_line SET invoice_id = gen_random_uuid() WHERE ctid = (SELECT ctid FROM receivables.credit_note_line
    WHERE company_id = :c ORDER BY line_number, credit_note_id LIMIT 1);

-- no_more_is_credited_than_billed: 1
UPDATE receivables.credit_note_line SET net_amount = net_amount + 1 WHERE ctid = (SELECT ctid FROM receivables.credit_note_line
    WHERE company_id = :c ORDER BY line_number, credit_note_id LIMIT 1);

-- moves_and_entries_are_of_one_operation: 1
UPDATE inventory.stock_move SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM inventory.stock_move
    WHERE company_id = :c AND kind = 'issue' ORDER BY item_code, line_number, recorded_at, id LIMIT 1);

-- moves_and_entries_are_of_one_operation: 1
UPDATE ledger.journal_line SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_line
    WHERE company_id = :c ORDER BY line_number, account_code, entry_id LIMIT 1);

-- receipts_are_posted_at_value: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c ORDER BY number, recorded_at LIMIT 1);

-- receipts_are_posted_at_value: 1
UPDATE ledger.journal_line SET company_id = 'OTHER' WHERE ctid = (SELECT l.ctid FROM ledger.journal_line l
    JOIN ledger.journal_entry e ON e.id = l.entry_id
    WHERE l.company_id = :c AND l.party_type = 'supplier' ORDER BY e.number, l.line_number LIMIT 1);

-- receipts_are_posted_at_value: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c ORDER BY number, recorded_at LIMIT 1);

-- returned_is_what_was_agreed: 1
DELETE FROM sales.sales_return WHERE ctid = (SELECT ctid FROM sales.sales_return
    WHERE company_id = :c ORDER BY number, recorded_at LIMIT 1);

-- returns_are_posted_at_value: 1
UPDATE ledger.journal_entry SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'goods_return' ORDER BY number, recorded_at LIMIT 1);

-- returns_are_posted_at_value: 1
UPDATE ledger.journal_entry SET source_type = source_type || 'x' WHERE ctid = (SELECT ctid FROM ledger.journal_entry
    WHERE company_id = :c AND source_type = 'goods_return' ORDER BY number, recorded_at LIMIT 1);

-- requests_are_numbered: 1
UPDATE foundation.command SET process_id = process_id || 'x' WHERE ctid = (SELECT ctid FROM foundation.command
    WHERE company_id = :c ORDER BY number DESC, recorded_at DESC, due_at DESC LIMIT 1);

-- requests_are_numbered: 1
UPDATE foundation.command SET process_id = process_id || 'x' WHERE ctid = (SELECT ctid FROM foundation.command
    WHERE company_id = :c AND kind = 'pay' ORDER BY number, recorded_at, due_at LIMIT 1);

-- settled_is_as_answered: 1
DELETE FROM ledger.open_item WHERE ctid = (SELECT ctid FROM ledger.open_item
    WHERE company_id = :c AND document_type = 'invoice' ORDER BY account_code, document_number, id LIMIT 1);

-- started_processes_stand_somewhere: 1
DELETE FROM foundation.process WHERE ctid = (SELECT ctid FROM foundation.process
    WHERE company_id = :c ORDER BY started_at, changed_at, closed_at, id LIMIT 1);

-- documents_are_of_their_operation: 2
UPDATE foundation.operation SET company_id = 'OTHER' WHERE ctid = (SELECT ctid FROM foundation.operation
    WHERE company_id = :c AND name = 'inventory.receive_stock' ORDER BY recorded_at, key LIMIT 1);
