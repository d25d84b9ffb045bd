-- The orders that are in the middle of a command: their process is alive, and has taken a step of it that
-- another must follow. What two domains know of such an order may differ until it has.
-- Every invariant may name this table: it is read in the same snapshot.
WITH under_way AS (
    SELECT s.company_id, s.order_id, 'shipment ' || s.number AS command
    FROM inventory.shipment s
        JOIN foundation.process p
            ON p.id = s.company_id || '/order_to_cash/' || s.order_id AND p.outcome IS NULL
    WHERE NOT EXISTS (
        SELECT FROM foundation.operation o WHERE o.key = p.id || '/sales.record_fulfilment/' || s.id)
    UNION
    SELECT i.company_id, i.order_id, 'invoice ' || i.number
    FROM finance.invoice i
        JOIN foundation.process p ON p.id = i.process_id AND p.outcome IS NULL
    WHERE NOT EXISTS (
        SELECT FROM foundation.operation o WHERE o.key = p.id || '/sales.record_fulfilment/' || i.shipment_id)
    UNION
    SELECT v.company_id, v.order_id, 'amendment of version ' || v.version
    FROM sales.sales_order_version v
        JOIN foundation.process p
            ON p.id = v.company_id || '/order_to_cash/' || v.order_id AND p.outcome IS NULL
    WHERE NOT EXISTS (
        SELECT FROM foundation.operation o
        WHERE o.key = p.id || '/sales.confirm_order/' || v.amendment_id)
)
