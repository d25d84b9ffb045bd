-- Another price than was ordered, or more than has come, is billed only as far as it is tolerated, or was accepted.
WITH line AS (
    SELECT i.company_id, i.id, i.number, i.supplier_code, i.invoiced_on, i.currency, i.rate, i.recorded_at,
        n.line_number, n.item_code, n.matched_quantity AS there,
        n.ordered_price * (100 - n.ordered_discount_percent) / 100 AS ordered,
        n.quantity - coalesce(c.quantity, 0) AS quantity,
        CASE WHEN n.is_stocked THEN n.stock_quantity - coalesce(c.stock_quantity, 0)
            ELSE n.quantity - coalesce(c.quantity, 0) END AS wanted,
        n.quantity * n.unit_price * (100 - n.discount_percent) / 100 - coalesce(c.net_amount, 0) AS amount
    FROM payables.supplier_invoice i
        JOIN payables.supplier_invoice_line n ON n.invoice_id = i.id
        LEFT JOIN (
            SELECT h.invoice_id, d.line_number, sum(d.quantity) AS quantity,
                sum(d.stock_quantity) AS stock_quantity, sum(d.net_amount) AS net_amount
            FROM payables.supplier_credit h JOIN payables.supplier_credit_line d ON d.credit_id = h.id
            GROUP BY h.invoice_id, d.line_number
        ) AS c ON c.invoice_id = i.id AND c.line_number = n.line_number
), tolerated AS (
    SELECT l.*, t.price_percent, t.price_amount, t.quantity_percent, t.quantity_amount, t.changed_at
    FROM line l
        LEFT JOIN LATERAL (
            SELECT * FROM master_data.matching_tolerance t
            WHERE t.company_id = l.company_id AND t.valid_from <= l.invoiced_on
                AND coalesce(t.supplier_code, l.supplier_code) = l.supplier_code
                AND coalesce(t.item_code, l.item_code) = l.item_code
            ORDER BY t.supplier_code IS NOT NULL DESC, t.item_code IS NOT NULL DESC, t.valid_from DESC LIMIT 1
        ) AS t ON true
    -- What is tolerated may be written down anew, also for a day that is past.
    WHERE NOT EXISTS (
        SELECT FROM master_data.matching_tolerance t
        WHERE t.company_id = l.company_id AND t.changed_at >= l.recorded_at)
), differing AS (
    SELECT company_id, id, number, line_number, 'price' AS code, ordered AS was, amount / quantity AS is_now,
        price_percent AS percent, price_amount * rate AS amount, abs(amount / quantity - ordered) AS difference
    -- Less than one unit of the currency may be rounding, in one without minor units.
    FROM tolerated WHERE quantity <> 0 AND abs(amount - quantity * ordered) >= 1
    UNION ALL
    SELECT company_id, id, number, line_number, 'quantity', there, wanted, quantity_percent, quantity_amount,
        wanted - there
    FROM tolerated WHERE wanted > there
)
SELECT d.company_id AS company, d.number AS document, d.line_number, d.code, d.was, d.is_now
FROM differing d
WHERE ((d.percent IS NULL AND d.amount IS NULL) OR d.difference > d.was * d.percent / 100 + 0.000001
        OR d.difference > d.amount + 0.000001)
    AND NOT EXISTS (
        SELECT FROM foundation.operation o CROSS JOIN jsonb_to_recordset(o.request -> 'accepted')
            AS a (line_number integer, code text)
        WHERE o.company_id = d.company_id AND o.name = 'payables.post_or_block_supplier_invoice'
            AND o.request ->> 'invoice_id' = d.id::text AND o.answer ->> 'status' = 'posted' AND a.line_number = d.line_number AND a.code = d.code)
