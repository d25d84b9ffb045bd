-- Nothing is settled before it is owed: a settlement takes effect on the later of the days of money and document.
SELECT s.company_id AS company, s.source_number AS document, i.document_number AS settled, i.document_on,
    s.settled_on
FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
WHERE s.settled_on < i.document_on
