-- What a collective invoice charges is what was listed and not withdrawn, line by line.
SELECT coalesce(d.company_id, l.company_id) AS company,
    coalesce(i.number, l.invoice_id::text) || ', line ' || coalesce(l.line_number::text, '?') AS document,
    d.order_number, d.quantity - d.withdrawn_quantity AS due, l.quantity AS billed
FROM (SELECT * FROM receivables.billing_due WHERE invoice_id IS NOT NULL) AS d
    FULL JOIN (
        SELECT * FROM receivables.invoice_line WHERE shipment_id IS NOT NULL
    ) AS l ON l.invoice_id = d.invoice_id AND l.shipment_id = d.shipment_id
        AND l.order_line_number = d.line_number
    LEFT JOIN receivables.invoice i ON i.id = coalesce(d.invoice_id, l.invoice_id)
WHERE (d.quantity - d.withdrawn_quantity = l.quantity AND d.order_id = l.order_id AND d.unit_price = l.unit_price
    AND round(d.discount_percent, 6) = l.discount_percent AND d.tax_code = l.tax_code
    AND d.is_freight = l.is_freight AND d.delivered_on = l.delivered_on AND d.delivered_on <= i.invoiced_on
    AND d.customer_code = i.customer_code AND d.currency = i.currency
    AND d.payment_terms_code = i.payment_terms_code AND d.prices_include_tax = i.prices_include_tax) IS NOT TRUE
