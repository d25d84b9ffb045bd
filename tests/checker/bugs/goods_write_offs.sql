-- goods_write_offs_are_posted_as_they_say: 1
-- also posted_rows_are_as_written
UPDATE payables.goods_write_off SET total_amount = total_amount + 1
    WHERE id = (SELECT id FROM payables.goods_write_off WHERE company_id = :c ORDER BY number LIMIT 1);

-- goods_write_offs_are_posted_as_they_say: 1
UPDATE payables.goods_write_off_line SET stock_quantity = stock_quantity + 1
    WHERE write_off_id = (SELECT id FROM payables.goods_write_off WHERE company_id = :c ORDER BY number LIMIT 1);

-- goods_write_offs_are_approved: 1
-- also no other
UPDATE foundation.approval SET status = 'withdrawn', decided_by = NULL
    WHERE company_id = :c AND process_id = (SELECT company_id || '/goods_write_off/' || id
        FROM payables.goods_write_off WHERE company_id = :c ORDER BY number LIMIT 1);

-- goods_write_offs_are_posted_as_they_say: 1
UPDATE payables.goods_write_off SET supplier_code = 'PLANTATION'
    WHERE id = (SELECT id FROM payables.goods_write_off WHERE company_id = :c ORDER BY number LIMIT 1);
