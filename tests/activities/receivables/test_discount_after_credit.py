"""Cash discount of what is left when an invoice was credited more than once before it was paid."""

from datetime import date

from tests.activities.receivables.test_credit_notes import IN_TIME
from tests.builders.finance import Accountant, a_line, figures


async def test_after_two_credit_notes_the_rest_keeps_its_discount(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(4, "100", tax_code="T19"), payment_terms_code="DISC")
    for _ in range(2):
        await accountant.take_back(invoice, (1, 1), credited_on=date(2026, 3, 5))

    paid = await accountant.receive("214.20", invoice_id=invoice.invoice_id, received_on=IN_TIME)

    # Of 238.00 ten per cent, 23.80.
    assert [paid.settled[0].discount_amount, paid.settled[0].open_amount] == figures("23.80", 0)
    await accountant.everything_agrees()
