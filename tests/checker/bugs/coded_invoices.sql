-- coded_invoices_are_posted_as_they_say: 1
-- also no other
UPDATE payables.coded_invoice_line SET non_deductible_amount = tax_amount
    WHERE invoice_id = (SELECT id FROM payables.coded_invoice WHERE company_id = :c AND status = 'posted'
        ORDER BY number LIMIT 1);

-- coded_invoices_are_posted_as_they_say: 1
UPDATE payables.coded_invoice SET reverse_charge = false, total_amount = net_amount + tax_amount
    WHERE company_id = :c AND reverse_charge;

-- coded_invoices_are_posted_as_they_say: 1
UPDATE payables.coded_invoice SET status = 'reversed' WHERE company_id = :c AND reverse_charge;

-- coded_invoices_are_approved: 1
-- also no other
UPDATE payables.coded_invoice SET status = 'entered' WHERE company_id = :c AND status = 'rejected';

-- coded_invoices_are_posted_as_they_say: 1
UPDATE payables.coded_invoice SET normal_number = (
        SELECT normal_number FROM payables.supplier_invoice i WHERE i.company_id = :c
            AND i.supplier_code = 'GROVE' AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
        ORDER BY i.number LIMIT 1)
    WHERE company_id = :c AND reverse_charge;
