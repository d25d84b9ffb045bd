-- A reversal mirrors all entries of its document line by line, once, and not before them.
-- Nothing else takes an entry back; what was sold of a landed cost before it was taken back is looked at by itself.
WITH lines AS (
    SELECT entry_id, count(*) AS lines, jsonb_agg(jsonb_build_array(line_number, account_code, trim_scale(amount),
        trim_scale(base_amount), party_type, party_code, dimensions) ORDER BY line_number) AS written,
        jsonb_agg(jsonb_build_array(line_number, account_code, trim_scale(-amount), trim_scale(-base_amount),
            party_type, party_code, dimensions) ORDER BY line_number) AS mirrored
    FROM ledger.journal_line
    WHERE entry_id IN (
        SELECT e.id FROM ledger.journal_entry e
            JOIN ledger.reversal r ON r.company_id = e.company_id
                AND (e.source_type = r.document_type AND e.source_id = r.document_id
                    OR e.source_type = 'reversal' AND e.source_id = r.id))
    GROUP BY entry_id
)
SELECT r.company_id AS company, r.number || ' of ' || r.document_number AS document, e.number AS entry,
    m.number AS mirror, e.posted_on, r.reversed_on, m.posted_on AS mirrored_on
FROM ledger.reversal r
    JOIN ledger.journal_entry e ON e.company_id = r.company_id AND e.source_type = r.document_type
        AND e.source_id = r.document_id
    LEFT JOIN ledger.journal_entry m ON m.reverses_id = e.id AND m.company_id = e.company_id
        AND m.source_type = 'reversal' AND m.source_id = r.id AND m.purpose = e.purpose
    LEFT JOIN lines l ON l.entry_id = e.id
    LEFT JOIN lines k ON k.entry_id = m.id
WHERE (m.currency = e.currency AND m.posted_on = r.reversed_on AND r.reversed_on >= e.posted_on
    AND k.written = l.mirrored) IS NOT TRUE
UNION ALL
SELECT m.company_id, m.number, e.number, m.number, e.posted_on, r.reversed_on, m.posted_on
FROM ledger.journal_entry m
    LEFT JOIN ledger.reversal r ON r.id = m.source_id AND r.company_id = m.company_id
    LEFT JOIN ledger.journal_entry e ON e.id = m.reverses_id AND e.company_id = m.company_id
        AND e.source_type = r.document_type AND e.source_id = r.document_id
WHERE (m.source_type = 'reversal' OR m.reverses_id IS NOT NULL)
    AND (m.source_type <> 'reversal' OR r.id IS NULL OR e.id IS NULL)
    AND NOT (m.reverses_id IS NULL AND r.document_type IS NOT DISTINCT FROM 'landed_cost' AND m.purpose = 'sold since')
UNION ALL
SELECT company_id, string_agg(number, ', ' ORDER BY number) || ' of ' || min(document_number), NULL, NULL, NULL,
    NULL, NULL
FROM ledger.reversal
GROUP BY company_id, document_type, document_id
HAVING count(*) > 1
UNION ALL
SELECT r.company_id, r.number || ' of ' || r.document_number, NULL, NULL, NULL, r.reversed_on, NULL
FROM ledger.reversal r
    LEFT JOIN (
        SELECT company_id, 'payment' AS type, id, received_on AS posted_on FROM ledger.payment
        UNION ALL SELECT company_id, 'allocation', id, allocated_on FROM ledger.allocation
        UNION ALL SELECT company_id, 'refund', id, refunded_on FROM ledger.refund
        UNION ALL SELECT company_id, 'supplier_payment', id, paid_on FROM ledger.supplier_payment
        UNION ALL SELECT company_id, 'supplier_invoice', id, posted_on FROM payables.supplier_invoice
        UNION ALL SELECT company_id, 'payslip', id, paid_on FROM payroll.payslip
        UNION ALL SELECT company_id, 'loan_movement', id, moved_on FROM payroll.loan_movement
        UNION ALL SELECT company_id, 'wage_payment', id, paid_on FROM banking.wage_payment
        UNION ALL SELECT company_id, 'stock_receipt', id, received_on FROM inventory.stock_receipt
        UNION ALL SELECT company_id, 'revaluation', id, revalued_on FROM inventory.revaluation
        UNION ALL SELECT company_id, 'credit_note', id, credited_on FROM receivables.credit_note
        UNION ALL SELECT company_id, 'dunning_letter', id, written_on FROM receivables.dunning_letter
        UNION ALL SELECT company_id, 'write_off', id, written_off_on FROM receivables.write_off
        UNION ALL SELECT company_id, 'shipment', id, shipped_on FROM inventory.shipment
        UNION ALL SELECT company_id, 'goods_return', id, received_on FROM inventory.goods_return
        UNION ALL SELECT company_id, 'vendor_return', id, returned_on FROM inventory.vendor_return
        UNION ALL SELECT company_id, 'supplier_debit_note', id, posted_on FROM payables.supplier_debit_note
        UNION ALL SELECT company_id, 'set_off', id, set_off_on FROM payables.set_off
        UNION ALL SELECT company_id, 'goods_write_off', id, written_off_on FROM payables.goods_write_off
        UNION ALL SELECT company_id, 'coded_invoice', id, posted_on FROM payables.coded_invoice
        UNION ALL SELECT company_id, 'stock_count', id, counted_on FROM inventory.stock_count
        UNION ALL SELECT company_id, 'scrapping', id, scrapped_on FROM inventory.scrapping
        UNION ALL SELECT company_id, 'stock_transfer', id, transferred_on FROM inventory.stock_transfer
        UNION ALL SELECT company_id, 'transfer_receipt', id, received_on FROM inventory.transfer_receipt
        UNION ALL SELECT company_id, 'write_down', id, written_on FROM inventory.write_down
        UNION ALL SELECT company_id, 'line_posting', id, posted_on FROM banking.line_posting
        UNION ALL SELECT company_id, 'price_correction', id, corrected_on FROM inventory.price_correction
        UNION ALL SELECT company_id, 'landed_cost', id, posted_on FROM inventory.landed_cost
        UNION ALL
        SELECT company_id, 'manual', source_id, posted_on FROM ledger.journal_entry WHERE source_type = 'manual'
    ) AS d ON d.company_id = r.company_id AND d.type = r.document_type AND d.id = r.document_id
WHERE d.id IS NULL OR r.reversed_on < d.posted_on
