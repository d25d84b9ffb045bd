-- No order is in the middle of a command. Only asked for with --at-rest, when nobody should be at work.
SELECT u.company_id AS company, coalesce(o.number, u.order_id::text) AS document, u.command
FROM under_way u LEFT JOIN sales.sales_order o ON o.id = u.order_id
