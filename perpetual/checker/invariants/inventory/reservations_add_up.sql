-- What an order line wants is reserved, short, issued or released, and no part is less than nothing.
SELECT company_id AS company, order_id || ', line ' || line_number AS document, wanted_quantity,
    reserved_quantity, short_quantity, issued_quantity, released_quantity
FROM inventory.reservation
WHERE wanted_quantity <> reserved_quantity + short_quantity + issued_quantity + released_quantity
    OR least(reserved_quantity, short_quantity, issued_quantity, released_quantity) < 0
