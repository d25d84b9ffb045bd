-- purchase_orders_add_up: 1
-- also no other
UPDATE procurement.purchase_order_line SET net_amount = net_amount + 1
    WHERE company_id = :c AND line_number = 1 AND item_code = 'APPLE' AND received_quantity = 3;

-- received_is_what_was_taken_in: 1
-- also no other
UPDATE procurement.purchase_order_line SET received_quantity = received_quantity + 1
    WHERE company_id = :c AND received_quantity = 3;
