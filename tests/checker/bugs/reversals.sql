-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET amount = amount - 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET quantity = coalesce(quantity, 0) + 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET discount_amount = discount_amount + 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET written_off_amount = written_off_amount + 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET exchange_difference = exchange_difference + 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET money_id = gen_random_uuid(), money_type = 'payment'
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET settled_on = settled_on + 1
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET open_item_id = gen_random_uuid()
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 40
UPDATE ledger.settlement SET source_id = gen_random_uuid()
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 40
UPDATE ledger.settlement SET source_type = 'payment'
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET company_id = 'OTHER'
    WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET open_amount = 1 FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET open_amount = 1, document_type = 'other' FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET base_open_amount = 1 FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET base_open_amount = 1, document_type = 'other' FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 5
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET open_quantity = 1 FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c AND i.quantity IS NOT NULL;

-- reversals_give_back_what_was_settled: 5
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET open_quantity = 1, document_type = 'other' FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c AND i.quantity IS NOT NULL;

-- reversals_give_back_what_was_settled: 6
DELETE FROM ledger.reversal WHERE company_id = :c AND document_type IN ('payment', 'allocation');

-- reversals_give_back_what_was_settled: 20
UPDATE ledger.settlement SET source_type = 'other' WHERE company_id = :c AND source_type <> 'reversal';

-- reversals_give_back_what_was_settled: 0
UPDATE ledger.settlement b SET reverses_id = s.id FROM ledger.settlement s
    WHERE b.company_id = :c AND s.company_id = :c AND b.source_type = 'reversal' AND s.source_type = 'invoice';

-- reversals_give_back_what_was_settled: 39
UPDATE ledger.settlement SET reverses_id = NULL WHERE company_id = :c AND source_type = 'reversal';

-- reversals_give_back_what_was_settled: 9
UPDATE ledger.settlement s SET reverses_id = id WHERE company_id = :c AND source_type = 'credit_note'
    AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = s.id);

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET document_type = 'other' FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 10
ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount,
    DROP CONSTRAINT open_item_settled_in_both;
UPDATE ledger.open_item i SET document_id = gen_random_uuid() FROM ledger.reversal r
    WHERE r.document_id = i.document_id AND r.company_id = :c;

-- reversals_give_back_what_was_settled: 30
DELETE FROM ledger.open_item i USING ledger.settlement b WHERE i.id = b.open_item_id AND b.company_id = :c
    AND b.source_type = 'reversal';
DELETE FROM ledger.settlement WHERE company_id = :c AND reverses_id IS NOT NULL;

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_entry SET currency = 'CHF'
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_entry SET posted_on = posted_on + 1
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_entry SET purpose = 'other'
    WHERE company_id = :c AND source_type = 'reversal' AND purpose <> 'sold since';

-- reversals_mirror_their_document: 61
UPDATE ledger.journal_entry SET reverses_id = gen_random_uuid()
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 60
UPDATE ledger.journal_entry SET reverses_id = NULL
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_entry SET company_id = 'OTHER'
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 60
UPDATE ledger.journal_entry SET source_type = 'other'
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 61
UPDATE ledger.journal_entry SET source_id = gen_random_uuid()
    WHERE company_id = :c AND source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET account_code = '9999' FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET line_number = line_number + 100 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET amount = amount + 1 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET base_amount = base_amount + 1 FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 30
UPDATE ledger.journal_line l SET dimensions = '{"a": "b"}' FROM ledger.journal_entry e
    WHERE e.id = l.entry_id AND e.company_id = :c AND e.source_type = 'reversal';

-- reversals_mirror_their_document: 31
UPDATE ledger.journal_entry e SET posted_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE e.company_id = :c AND e.source_type = r.document_type AND e.source_id = r.document_id;

-- reversals_mirror_their_document: 0
UPDATE ledger.journal_entry e SET posted_on = r.reversed_on FROM ledger.reversal r
    WHERE e.company_id = :c AND e.source_type = r.document_type AND e.source_id = r.document_id;

-- reversals_mirror_their_document: 64
UPDATE ledger.reversal SET document_type = 'other' WHERE company_id = :c;

-- reversals_mirror_their_document: 31
DELETE FROM ledger.reversal WHERE company_id = :c;

-- reversals_mirror_their_document: 61
ALTER TABLE ledger.journal_entry DROP CONSTRAINT journal_entry_reverses_id_key;
UPDATE ledger.journal_entry e SET reverses_id = o.id FROM ledger.journal_entry o WHERE e.company_id = :c
    AND e.source_type = 'reversal' AND o.company_id = :c AND o.number = 'JE-2026-000001';

-- reversals_mirror_their_document: 4
UPDATE ledger.payment d SET received_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 0
UPDATE ledger.payment d SET received_on = r.reversed_on FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 1
UPDATE ledger.allocation d SET allocated_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 0
UPDATE ledger.allocation d SET allocated_on = r.reversed_on FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 1
UPDATE ledger.refund d SET refunded_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 0
UPDATE ledger.refund d SET refunded_on = r.reversed_on FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 4
UPDATE inventory.stock_receipt d SET received_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 0
UPDATE inventory.stock_receipt d SET received_on = r.reversed_on FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 1
UPDATE inventory.revaluation d SET revalued_on = r.reversed_on + 1 FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 0
UPDATE inventory.revaluation d SET revalued_on = r.reversed_on FROM ledger.reversal r
    WHERE r.document_id = d.id AND d.company_id = :c;

-- reversals_mirror_their_document: 2
UPDATE ledger.reversal SET reversed_on = '2026-03-01' WHERE company_id = :c AND document_type = 'manual';
