-- The orders that are in the middle of a command: their process is alive, and has taken a step of it that
-- another must follow; it finishes one command before it takes the next. What two domains know of such an
-- order may differ until then. Every invariant may name this table: it is read in the same snapshot.
under_way AS (
    SELECT c.company_id, c.order_id, c.command
    FROM (
        SELECT company_id, company_id || '/order_to_cash/' || order_id AS process_id, order_id,
            'shipment ' || number AS command, 'sales.record_fulfilment' AS ends_with, id AS per,
            recorded_at AS began_at
        FROM inventory.shipment s
        -- One that was taken back does not wait for its order to take note of it.
        WHERE NOT EXISTS (SELECT FROM ledger.reversal v WHERE v.document_id = s.id)
        UNION ALL
        SELECT company_id, process_id, order_id, 'invoice ' || number, 'sales.record_fulfilment', shipment_id,
            posted_at
        FROM receivables.invoice WHERE order_id IS NOT NULL
        UNION ALL
        -- Of a collective invoice the order hears whenever it comes to it, also after other commands.
        SELECT s.company_id, s.process_id, s.order_id, 'invoice ' || i.number, 'sales.record_fulfilment',
            s.invoice_id, 'infinity'
        FROM receivables.invoice_order s JOIN receivables.invoice i ON i.id = s.invoice_id
        UNION ALL
        SELECT company_id, company_id || '/order_to_cash/' || order_id, order_id,
            'amendment of version ' || version, 'sales.confirm_order', amendment_id, amended_at
        FROM sales.sales_order_version
    ) AS c
        JOIN foundation.process p ON p.id = c.process_id AND p.outcome IS NULL
        LEFT JOIN foundation.operation o ON o.key = c.process_id || '/' || c.ends_with || '/' || c.per
    WHERE o.key IS NULL AND NOT EXISTS (
        SELECT FROM foundation.operation later
        WHERE later.company_id = c.company_id AND later.process_id = c.process_id
            AND later.recorded_at > c.began_at AND later.name = c.ends_with)
)
