-- A supplier is told once of a payment, when the file that orders it is written: by an advice that is kept, and one mail.
SELECT m.company_id AS company, min(m.document) AS document, count(*) AS mails, 1 AS advices
FROM automation.outgoing_message m WHERE m.letter = 'remittance_advice'
GROUP BY m.company_id, m.about_id HAVING count(*) > 1
UNION ALL
SELECT coalesce(v.company_id, a.company_id), coalesce(p.end_to_end_id, a.name), 0, count(a.id)
FROM banking.payment_advice v
    LEFT JOIN banking.payment_run_payment p ON p.id = v.payment_id
    LEFT JOIN banking.payment_run r ON r.id = p.run_id
    FULL JOIN (SELECT * FROM foundation.attachment WHERE document_type = 'remittance_advice') AS a
        ON a.document_id = v.payment_id AND a.company_id = v.company_id
GROUP BY coalesce(v.company_id, a.company_id), coalesce(p.end_to_end_id, a.name), v.payment_id, r.status
HAVING count(a.id) <> 1 OR v.payment_id IS NULL OR r.status <> 'posted'
