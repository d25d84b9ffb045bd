-- orders_are_at_their_status: 3
UPDATE sales.sales_order SET status = 'held' WHERE company_id = :c AND status = 'confirmed';

-- orders_are_at_their_status: 3
UPDATE sales.sales_order SET status = 'cancelled' WHERE company_id = :c AND status = 'confirmed';

-- orders_are_at_their_status: 0
UPDATE sales.sales_order SET status = 'confirmed' WHERE company_id = :c AND status = 'cancelled';

-- orders_are_at_their_status: 10
UPDATE sales.sales_order SET status = 'closed' WHERE company_id = :c AND status = 'confirmed';

-- orders_are_at_their_status: 0
UPDATE foundation.operation SET request = request - 'short' WHERE company_id = :c AND name = 'sales.close_order';

-- orders_are_at_their_status: 0
UPDATE foundation.operation SET request = request || '{"short": true}' WHERE company_id = :c
    AND name = 'sales.close_order';
UPDATE sales.sales_order_line l SET delivered_quantity = quantity - 1, billed_quantity = quantity - 1
    FROM sales.sales_order o WHERE o.id = l.order_id AND o.company_id = :c AND o.status = 'closed';

-- orders_are_at_their_status: 1
ALTER TABLE sales.sales_order_line DROP CONSTRAINT sales_order_line_billed_as_delivered;
UPDATE sales.sales_order_line l SET delivered_quantity = 0.5, billed_quantity = 0 FROM sales.sales_order o
    WHERE o.id = l.order_id AND o.company_id = :c AND o.status NOT IN ('confirmed', 'delivered', 'closed', 'cancelled',
    'rejected');

-- orders_are_at_their_status: 1
ALTER TABLE sales.sales_order_line DROP CONSTRAINT sales_order_line_billed_as_delivered;
UPDATE sales.sales_order_line l SET delivered_quantity = 0, billed_quantity = 0.5 FROM sales.sales_order o
    WHERE o.id = l.order_id AND o.company_id = :c AND o.status NOT IN ('confirmed', 'delivered', 'closed', 'cancelled',
    'rejected');

-- orders_are_at_their_status: 1
ALTER TABLE sales.sales_order_line DROP CONSTRAINT sales_order_line_billed_as_delivered;
UPDATE sales.sales_order_line l SET delivered_quantity = 0.5, billed_quantity = 0.5 FROM sales.sales_order o
    WHERE o.id = l.order_id AND o.company_id = :c AND o.status NOT IN ('confirmed', 'delivered', 'closed', 'cancelled',
    'rejected');

-- shipments_are_billed_once: 0
UPDATE sales.sales_order SET status = 'confirmed' WHERE company_id = :c AND invoicing = 'order';

-- shipments_are_billed_once: 2
DELETE FROM receivables.invoice i USING sales.sales_order o WHERE o.id = i.order_id AND o.company_id = :c
    AND o.invoicing = 'order';

-- shipments_are_billed_once: 0
DELETE FROM receivables.invoice i USING sales.sales_order o WHERE o.id = i.order_id AND o.company_id = :c
    AND o.invoicing = 'order';
UPDATE sales.sales_order SET status = 'confirmed' WHERE company_id = :c AND invoicing = 'order';

-- shipments_are_billed_once: 0
DELETE FROM receivables.invoice i USING sales.sales_order o WHERE o.id = i.order_id AND o.company_id = :c
    AND o.invoicing = 'order';
UPDATE inventory.goods_return r SET order_id = o.id FROM sales.sales_order o WHERE r.company_id = :c
    AND o.company_id = :c AND o.invoicing = 'order';

-- shipments_are_billed_once: 0
UPDATE sales.sales_order SET invoicing = 'order' WHERE company_id = :c AND invoicing = 'shipment';

-- shipments_are_billed_once: 8
UPDATE receivables.invoice SET shipment_id = NULL WHERE company_id = :c;
DELETE FROM foundation.operation WHERE company_id = :c AND name = 'sales.record_fulfilment';

-- invoices_have_their_shipment: 4
UPDATE receivables.invoice_line SET delivered_on = delivered_on + 1
    WHERE company_id = :c AND shipment_id IS NOT NULL;

-- invoices_have_their_shipment: 4
UPDATE receivables.invoice_line SET shipment_number = 'other'
    WHERE company_id = :c AND shipment_id IS NOT NULL;

-- invoices_have_their_shipment: 4
UPDATE receivables.invoice_line SET shipment_id = gen_random_uuid()
    WHERE company_id = :c AND shipment_id IS NOT NULL;

-- invoices_have_their_shipment: 4
UPDATE receivables.invoice_line SET order_id = gen_random_uuid() WHERE company_id = :c AND shipment_id IS NOT NULL;

-- invoices_have_their_shipment: 4
DELETE FROM receivables.invoice_order WHERE company_id = :c;
UPDATE receivables.invoice_line SET shipment_number = 'other' WHERE company_id = :c AND shipment_id IS NOT NULL;

-- nobody_waits_for_what_has_come: 7
UPDATE foundation.process p SET stage = 'waiting for payment', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'closed';

-- nobody_waits_for_what_has_come: 1
UPDATE foundation.process p SET stage = 'waiting for payment', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'delivered';

-- nobody_waits_for_what_has_come: 8
UPDATE foundation.process p SET stage = 'waiting for payment', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'confirmed';

-- nobody_waits_for_what_has_come: 8
UPDATE foundation.process p SET stage = 'waiting for stock', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'closed';

-- nobody_waits_for_what_has_come: 20
UPDATE foundation.process p SET stage = 'waiting for stock', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'delivered';

-- nobody_waits_for_what_has_come: 7
UPDATE foundation.process p SET stage = 'waiting for stock', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'confirmed';

-- nobody_waits_for_what_has_come: 8
UPDATE foundation.process p SET stage = 'waiting for the collective invoice', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'closed';

-- nobody_waits_for_what_has_come: 19
UPDATE foundation.process p SET stage = 'waiting for the collective invoice', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'delivered';

-- nobody_waits_for_what_has_come: 9
UPDATE foundation.process p SET stage = 'waiting for the collective invoice', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'confirmed';

-- nobody_waits_for_what_has_come: 0
UPDATE foundation.process p SET stage = 'waiting for stock', outcome = NULL FROM sales.sales_order o
    WHERE p.id = o.company_id || '/order_to_cash/' || o.id AND o.company_id = :c AND o.status = 'closed';
UPDATE foundation.process SET outcome = 'closed' WHERE company_id = :c;

-- credit_is_committed_as_open: 1
UPDATE receivables.billing_due SET invoice_id = gen_random_uuid()
    WHERE company_id = :c AND invoice_id IS NULL;

-- credit_is_committed_as_open: 1
UPDATE receivables.billing_due SET withdrawn_quantity = quantity
    WHERE company_id = :c AND invoice_id IS NULL;

-- credit_is_committed_as_open: 1
UPDATE receivables.billing_due SET completes_order = true, invoice_id = gen_random_uuid()
    WHERE company_id = :c AND invoice_id IS NULL;

-- credit_is_committed_as_open: 0
UPDATE receivables.billing_due SET completes_order = true
    WHERE company_id = :c AND invoice_id IS NULL;

-- credit_is_committed_as_open: 1
DELETE FROM receivables.invoice WHERE company_id = :c;

-- credit_is_committed_as_open: 7
ALTER TABLE sales.sales_order_line DROP CONSTRAINT sales_order_line_billed_as_delivered;
UPDATE sales.sales_order_line SET billed_quantity = quantity WHERE company_id = :c AND quantity > 1;
