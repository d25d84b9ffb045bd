-- A purchase order that has ended waits for no goods, and nothing of worth that has come for it is to be invoiced.
SELECT p.company_id AS company, p.document, p.outcome, o.status, i.document_number AS receipt, i.open_quantity
FROM foundation.process p
    LEFT JOIN procurement.purchase_order o ON o.company_id = p.company_id AND o.number = p.document
    LEFT JOIN ledger.open_item i ON i.company_id = p.company_id AND i.order_id = o.id
        AND i.side = 'goods_received' AND i.open_quantity > 0 AND i.base_open_amount <> 0
WHERE p.type = 'procure_to_pay' AND p.outcome IN ('closed', 'cancelled') AND p.document IS NOT NULL
    AND (i.id IS NOT NULL OR (p.outcome = 'closed' AND o.status = 'cancelled')
        OR (p.outcome = 'cancelled' AND o.status <> 'cancelled'))
