-- A step's key says of which document it is, and never which run of its process took it.
SELECT o.company_id AS company, o.key AS document, o.name, o.process_id
FROM foundation.operation o
    LEFT JOIN (VALUES
        ('order_to_cash', 'order_id'), ('customer_return', 'return_id')
    ) AS m (type, field) ON m.type = split_part(o.process_id, '/', 2)
WHERE o.status = 'applied' AND o.process_id IS NOT NULL AND o.name NOT LIKE 'process.%'
    AND (NOT starts_with(o.key || '/', o.process_id || '/' || o.name || '/')
        OR o.process_id NOT LIKE o.company_id || '/%'
        -- An order that sends goods again credits what it does not send as the order that billed them.
        OR (o.request ->> m.field <> split_part(o.process_id, '/', 3) AND NOT EXISTS (
            SELECT FROM sales.sales_order s
            WHERE s.company_id = o.company_id AND s.id::text = split_part(o.process_id, '/', 3)
                AND s.replaces_order_id::text = o.request ->> m.field))
        -- Several steps by one operation are told apart by what they ask for. Some ask for no more than the
        -- whole order; they follow a step that does.
        OR (o.name IN ('inventory.post_goods_issue', 'receivables.post_invoice',
                'ledger.post_payment', 'ledger.allocate_payment', 'receivables.post_credit_note',
                'ledger.post_refund')
            AND EXISTS (
                SELECT FROM unnest(string_to_array(substr(o.key, length(o.process_id || o.name) + 3), '/')) AS x
                WHERE x <> '' AND position('"' || x || '"' IN o.request::text) = 0)))
