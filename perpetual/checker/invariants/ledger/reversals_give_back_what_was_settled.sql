-- What a reversed document settled is given back, once; what it had opened is open no more.
SELECT r.company_id AS company, r.number || ' of ' || r.document_number AS document,
    i.document_number AS of_document, s.amount AS settled, b.amount AS given_back, NULL::numeric AS still_open
FROM ledger.reversal r
    JOIN ledger.settlement s ON s.company_id = r.company_id AND s.source_type = r.document_type
        AND s.source_id = r.document_id
    LEFT JOIN ledger.settlement b ON b.reverses_id = s.id AND b.source_type = 'reversal' AND b.source_id = r.id
    LEFT JOIN ledger.open_item i ON i.id = s.open_item_id
WHERE (b.open_item_id = s.open_item_id AND b.company_id = s.company_id AND b.amount = -s.amount
    AND b.base_amount = -s.base_amount AND coalesce(b.quantity, 0) = -coalesce(s.quantity, 0)
    AND b.discount_amount = -s.discount_amount AND b.written_off_amount = -s.written_off_amount
    AND b.exchange_difference = -s.exchange_difference
    AND b.money_id IS NOT DISTINCT FROM s.money_id AND b.settled_on = r.reversed_on) IS NOT TRUE
UNION ALL
SELECT r.company_id, r.number || ' of ' || r.document_number, i.document_number, NULL, NULL, i.open_amount
FROM ledger.reversal r
    JOIN ledger.open_item i ON i.company_id = r.company_id AND i.document_type = r.document_type
        AND i.document_id = r.document_id
WHERE i.open_amount <> 0 OR i.base_open_amount <> 0 OR i.open_quantity <> 0
UNION ALL
-- Nothing else gives back, and a reversal closes nothing but what its document had opened.
SELECT b.company_id, b.source_number, i.document_number, s.amount, b.amount, NULL
FROM ledger.settlement b
    LEFT JOIN ledger.reversal r ON r.id = b.source_id AND r.company_id = b.company_id
    LEFT JOIN ledger.settlement s ON s.id = b.reverses_id AND s.company_id = b.company_id
        AND s.source_type = r.document_type AND s.source_id = r.document_id
    LEFT JOIN ledger.open_item i ON i.id = b.open_item_id
WHERE (b.source_type = 'reversal' OR b.reverses_id IS NOT NULL)
    AND (b.source_type <> 'reversal' OR r.id IS NULL OR CASE WHEN b.reverses_id IS NULL
        THEN (i.document_type = r.document_type AND i.document_id = r.document_id) IS NOT TRUE
        ELSE s.id IS NULL END)
