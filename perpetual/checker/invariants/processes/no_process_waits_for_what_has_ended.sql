-- No process is alive whose order has ended, or is not there any more.
SELECT p.company_id AS company, coalesce(p.document, p.id) AS document, p.stage, p.waiting_on, o.status
FROM foundation.process p
    LEFT JOIN sales.sales_order o ON p.id = o.company_id || '/order_to_cash/' || o.id
WHERE p.type = 'order_to_cash' AND p.outcome IS NULL
    AND CASE WHEN o.id IS NULL THEN p.document IS NOT NULL
        ELSE o.status IN ('closed', 'cancelled', 'rejected') END
