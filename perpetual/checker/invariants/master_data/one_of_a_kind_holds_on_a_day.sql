-- No two changes of a record, rates of a currency or prices of an item begin on one day, and none ends before it begins.
SELECT company_id AS company, what || ' ' || code AS document, of_item AS item, valid_from, valid_to,
    count(*) AS times
FROM (
    SELECT company_id, 'tax code' AS what, code, NULL AS of_item, NULL::numeric AS min_quantity, NULL AS unit,
        valid_from, NULL::date AS valid_to
    FROM master_data.tax_code_change
    UNION ALL SELECT company_id, 'payment terms', code, NULL, NULL, NULL, valid_from, NULL
    FROM master_data.payment_terms_change
    UNION ALL SELECT company_id, 'item', code, NULL, NULL, NULL, valid_from, NULL FROM master_data.item_change
    UNION ALL SELECT company_id, 'rate of', currency, NULL, NULL, NULL, valid_from, NULL
    FROM master_data.exchange_rate
    UNION ALL SELECT company_id, 'price list', code, NULL, NULL, NULL, valid_from, valid_to
    FROM master_data.price_list
    UNION ALL SELECT l.company_id, 'price list', l.price_list_code, l.item_code, l.min_quantity,
        coalesce(l.unit, i.unit), l.valid_from, l.valid_to
    FROM master_data.price_list_line l
        LEFT JOIN master_data.item i ON i.company_id = l.company_id AND i.code = l.item_code
) AS v
GROUP BY company_id, what, code, of_item, min_quantity, unit, valid_from, valid_to
HAVING count(*) > 1 OR valid_to < valid_from
