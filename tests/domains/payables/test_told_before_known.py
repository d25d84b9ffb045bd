"""What a purchase order is told of an invoice before it knows that it is posted."""

from decimal import Decimal
from uuid import uuid4

from domains.payables.messages import SupplierInvoicePosted
from tests.histories.samples import sample
from workflows.procure_to_pay.facts import PurchaseFacts


def test_an_invoice_that_was_paid_before_it_is_known_is_paid() -> None:
    posted = SupplierInvoicePosted.model_validate(sample(SupplierInvoicePosted))
    facts = PurchaseFacts(uuid4())

    facts.hear_open(posted.invoice_id, Decimal("1.50"))
    facts.hear_open(posted.invoice_id, Decimal(0))
    facts.bill(posted)

    assert facts.invoices[posted.invoice_id].open_amount == 0
    facts.hear_open(posted.invoice_id, Decimal("2.50"))
    assert facts.invoices[posted.invoice_id].open_amount == Decimal("2.50")
