"""Credit notes: what was billed is taken back, whatever was paid, discounted, written off or converted."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from domains.ledger.rules.journal import NoAccountFor, NotPostable, PeriodLocked
from domains.ledger.rules.payments import MoreThanOnAccount, NothingOnAccount
from domains.ledger.rules.taxes import NamedByTax
from domains.master_data.messages import Instalment, InstalmentKind
from domains.receivables.rules.credit_notes import CreditedTooMuch
from foundation.values.days import TooEarly
from foundation.values.errors import Conflict, Invalid, NotFound
from tests.builders.finance import Accountant, a_line, figures

IN_TIME = date(2026, 3, 12)


async def test_a_full_credit_note_turns_the_ledger_round_as_published(accountant: Accountant) -> None:
    # PyPI trytond-account-invoice 8.2.x, scenario_invoice.rst: 5 at 40 with 10 % tax, 1 at 20 without: 240.
    invoice = await accountant.bill(a_line(5, "40", tax_code="T10"), a_line(1, "20", line_number=2))

    credited = await accountant.take_back(invoice)

    assert (credited.credit_note_number, credited.invoice_number) == ("CN-2026-000001", "INV-2026-000001")
    assert [credited.net_amount, credited.tax_amount, credited.total_amount] == figures(220, 20, 240)
    assert [await accountant.turnover(role) for role in ("receivable", "revenue", "tax_payable")] == [
        (Decimal(240), Decimal(240)),
        (Decimal(220), Decimal(220)),
        (Decimal(20), Decimal(20)),
    ]
    assert credited.settled is not None
    assert (credited.settled.settled_amount, credited.settled.open_amount) == (Decimal(240), Decimal(0))
    await accountant.everything_agrees()


async def test_a_return_of_some_lowers_what_is_open_the_latest_due_first(accountant: Accountant) -> None:
    half = Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal(50), days=10)
    await accountant.terms("HALVES", instalments=(half, Instalment(days=30)))
    invoice = await accountant.bill(a_line(10, "10"), payment_terms_code="HALVES")

    await accountant.take_back(invoice, (1, 6))

    items = (await accountant.invoice(invoice.invoice_id)).open_items
    assert [item.open_amount for item in items] == figures(40, 0)
    assert await accountant.balances() == {"receivable": Decimal(40), "revenue": Decimal(-40)}
    await accountant.everything_agrees()


async def test_freight_is_credited_with_everything_and_not_with_some(accountant: Accountant) -> None:
    freight = a_line(1, "5", line_number=1, is_freight=True, tax_code="T19")
    invoice = await accountant.bill(a_line(2, "50", tax_code="T19"), freight)

    first = await accountant.take_back(invoice, (1, 2))
    second = await accountant.take_back(invoice)

    assert [first.total_amount, second.total_amount] == figures("119.00", "5.95")
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


async def test_what_was_paid_is_put_on_account_and_goes_back(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(4, "25", tax_code="T19"))
    await accountant.receive("119", invoice_id=invoice.invoice_id)

    credited = await accountant.take_back(invoice, (1, 1))
    refunded = await accountant.refund(credit_note_id=credited.credit_note_id)

    assert (credited.settled, credited.on_account_amount) == (None, Decimal("29.75"))
    assert (refunded.refund_number, refunded.amount) == ("RF-2026-000001", Decimal("29.75"))
    assert await accountant.balances() == {
        "bank": Decimal("89.25"),
        "revenue": Decimal(-75),
        "tax_payable": Decimal("-14.25"),
    }
    await accountant.everything_agrees()


async def test_of_a_part_payment_first_what_is_open_and_then_what_was_paid_is_credited(
    accountant: Accountant,
) -> None:
    invoice = await accountant.bill(a_line(10, "10"))
    await accountant.receive("70", invoice_id=invoice.invoice_id)

    credited = await accountant.take_back(invoice, (1, 5))

    assert credited.settled is not None
    assert [credited.settled.settled_amount, credited.settled.open_amount] == figures(30, 0)
    assert credited.on_account_amount == 20
    await accountant.everything_agrees()


async def test_of_a_discount_that_was_taken_the_share_is_reversed(accountant: Accountant) -> None:
    # 10 % of 1500 and of its 15 % tax, as in odoo's test_early_payment_discount.py: 1725 paid by 1552.50.
    invoice = await accountant.bill(a_line(3, "500", tax_code="T15"), payment_terms_code="DISC")
    await accountant.receive("1552.50", invoice_id=invoice.invoice_id, received_on=IN_TIME)

    credited = await accountant.take_back(invoice, (1, 1))

    assert [credited.total_amount, credited.on_account_amount] == figures("575.00", "517.50")
    assert credited.discount_reversed_amount == Decimal("57.50")
    assert await accountant.balances() == {
        "bank": Decimal("1552.50"),
        "customer_on_account": Decimal("-517.50"),
        "revenue": Decimal(-1000),
        "tax_payable": Decimal("-135.00"),
        "discount_granted": Decimal("100.00"),
    }
    rest = await accountant.take_back(invoice)
    assert [rest.on_account_amount, rest.discount_reversed_amount] == figures("1035.00", "115.00")
    assert await accountant.balances() == {
        "bank": Decimal("1552.50"),
        "customer_on_account": Decimal("-1552.50"),
    }
    await accountant.everything_agrees()


async def test_a_return_before_payment_leaves_the_rest_its_discount(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(4, "100", tax_code="T19"), payment_terms_code="DISC")
    await accountant.take_back(invoice, (1, 1), credited_on=date(2026, 3, 5))

    paid = await accountant.receive("321.30", invoice_id=invoice.invoice_id, received_on=IN_TIME)

    # Of 357.00 ten per cent, 35.70.
    assert [paid.settled[0].discount_amount, paid.settled[0].open_amount] == figures("35.70", 0)
    credited = await accountant.take_back(invoice)
    assert [credited.on_account_amount, credited.discount_reversed_amount] == figures("321.30", "35.70")
    assert await accountant.balances() == {
        "bank": Decimal("321.30"),
        "customer_on_account": Decimal("-321.30"),
    }
    await accountant.everything_agrees()


@pytest.mark.parametrize(("paid", "written_off"), [("99", "1"), ("101", "-1")])
async def test_what_was_written_off_is_reversed(paid: str, written_off: str, accountant: Accountant) -> None:
    await accountant.open(small_difference_limit="1.00")
    invoice = await accountant.bill(a_line(2, "50"))
    await accountant.receive(paid, invoice_id=invoice.invoice_id)

    half = await accountant.take_back(invoice, (1, 1))
    rest = await accountant.take_back(invoice)

    assert half.on_account_amount + rest.on_account_amount == Decimal(paid)
    assert half.written_off_reversed_amount == Decimal(written_off) / 2
    assert await accountant.balances() == {"bank": Decimal(paid), "customer_on_account": -Decimal(paid)}
    await accountant.everything_agrees()


async def test_in_another_currency_the_money_is_worth_what_it_was_when_it_came(
    accountant: Accountant,
) -> None:
    # The invoice of test_payments: 1190 at 1.2 paid with discount at 1.1, a gain of 81.13.
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.10", date(2026, 3, 10))
    await accountant.rate("USD", "1.00", date(2026, 3, 22))
    lines = (a_line(7, "100", tax_code="T19"), a_line(3, "100", tax_code="T7", line_number=2))
    invoice = await accountant.bill(*lines, currency="USD", payment_terms_code="DISC")
    paid = invoice.total_amount * 9 / 10
    payment = await accountant.receive(
        paid, currency="USD", invoice_id=invoice.invoice_id, received_on=IN_TIME
    )
    before = await accountant.balances()

    credits = [await accountant.take_back(invoice, (1, 3)), await accountant.take_back(invoice, (2, 1))]
    credits.append(await accountant.take_back(invoice))

    assert sum(one.exchange_difference_reversed for one in credits) == payment.exchange_difference
    assert sum(one.on_account_amount for one in credits) == paid
    assert await accountant.balances() == {
        "bank": before["bank"],
        "customer_on_account": -before["bank"],
    }
    await accountant.everything_agrees()
    for one in credits:
        await accountant.refund(credit_note_id=one.credit_note_id)
    # The customer gets its dollars back, which cost more by now.
    after = await accountant.balances()
    assert after == {"bank": before["bank"] - paid, "exchange_loss": paid - before["bank"]}
    await accountant.everything_agrees()


async def test_euros_for_dollars_come_back_as_dollars(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.25", date(2026, 3, 10))
    invoice = await accountant.bill(a_line(3, "400"), currency="USD")
    await accountant.receive("960", invoice_id=invoice.invoice_id)

    credits = [await accountant.take_back(invoice, (1, 1)) for _ in range(3)]

    assert [one.exchange_difference_reversed for one in credits] == figures("-13.33", "-13.34", "-13.33")
    assert await accountant.balances() == {"bank": Decimal(960), "customer_on_account": Decimal(-960)}
    await accountant.everything_agrees()


async def test_dollars_on_account_for_an_invoice_in_euros_stay_a_loss(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.25")
    await accountant.rate("USD", "1.00", date(2026, 3, 20))
    money = await accountant.receive("100", currency="USD")
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.allocate(money, invoice)

    credited = await accountant.take_back(invoice, credited_on=date(2026, 4, 2))

    # Worth 80 when they came, they were taken for 100 euros; and 100 euros are what the customer has now.
    assert credited.exchange_difference_reversed == 0
    assert await accountant.balances() == {
        "bank": Decimal(80),
        "exchange_loss": Decimal(20),
        "customer_on_account": Decimal(-100),
    }
    await accountant.everything_agrees()


async def test_what_is_on_account_from_a_credit_note_pays_another_invoice_and_can_be_credited_again(
    accountant: Accountant,
) -> None:
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.receive("100", invoice_id=invoice.invoice_id)
    credited = await accountant.take_back(invoice)
    other = await accountant.bill(a_line(1, "60"), invoiced_on=date(2026, 3, 21))

    used = await accountant.allocate(credited, other)

    assert (used.payment_id, used.credit_note_id) == (None, credited.credit_note_id)
    assert [used.settled[0].settled_amount, used.on_account_amount] == figures(60, 40)
    again = await accountant.take_back(other, credited_on=date(2026, 4, 2))
    assert again.on_account_amount == 60
    assert await accountant.balances() == {"bank": Decimal(100), "customer_on_account": Decimal(-100)}
    await accountant.everything_agrees()


async def test_the_entry_is_one_and_names_both_documents(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "100", tax_code="T19"))
    credited = await accountant.take_back(invoice)

    (entry,) = await accountant.entries("credit_note")
    assert (entry.purpose, entry.posted_on) == ("credit_note", credited.credited_on)
    assert entry.text == "Credit note CN-2026-000001 for INV-2026-000001 of 2026-03-02: Goods came back"
    assert entry.source == f"/v1/credit-notes/{credited.credit_note_id}"


async def test_more_than_was_billed_is_refused_line_by_line(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(2, "50"), a_line(3, "10", line_number=2))
    await accountant.take_back(invoice, (1, 1))

    with pytest.raises(CreditedTooMuch) as refused:
        await accountant.take_back(invoice, (1, "1.5"), (2, 3), (9, 1))

    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("lines.0.quantity", "of order line 1 only 1 is billed and not credited yet"),
        ("lines.2.quantity", "of order line 9 only 0 is billed and not credited yet"),
    ]
    await accountant.everything_agrees()


async def test_content_when_nothing_is_left(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(2, "50"))
    await accountant.take_back(invoice)
    before = await accountant.entries()

    again = await accountant.take_back(invoice)

    assert (again.credit_note_number, again.total_amount, again.settled) == ("", Decimal(0), None)
    assert await accountant.entries() == before


async def test_the_same_key_credits_once(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(2, "50"))
    credit_note_id = uuid4()

    first = await accountant.take_back(invoice, (1, 1), key="once", credit_note_id=credit_note_id)
    second = await accountant.take_back(invoice, (1, 1), key="once", credit_note_id=credit_note_id)

    assert second == first
    with pytest.raises(Conflict):
        await accountant.take_back(invoice, (1, 2), key="once", credit_note_id=credit_note_id)
    assert (await accountant.invoice(invoice.invoice_id)).open_amount == 50


async def test_the_invoice_may_be_in_a_closed_period_but_not_the_credit_note(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.year(2026, locked_through=date(2026, 3, 31))

    with pytest.raises(PeriodLocked):
        await accountant.take_back(invoice, credited_on=date(2026, 3, 31))
    credited = await accountant.take_back(invoice, credited_on=date(2026, 4, 1))

    assert (credited.invoiced_on, credited.credited_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert await accountant.balances(until=date(2026, 3, 31)) == {
        "receivable": Decimal(100),
        "revenue": Decimal(-100),
    }
    await accountant.everything_agrees()


async def test_what_cannot_be_credited_is_refused(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "100", tax_code="T7"))
    below = await accountant.bill(a_line(-1, "100"))
    ghost = invoice.model_copy(update={"invoice_id": uuid4()})

    with pytest.raises(NotFound):
        await accountant.take_back(ghost)
    with pytest.raises(TooEarly, match="credited_on"):
        await accountant.take_back(invoice, credited_on=date(2026, 3, 1))
    with pytest.raises(CreditedTooMuch):
        await accountant.take_back(below)
    with pytest.raises(NamedByTax):
        await accountant.account("2210", kind="liability", blocked=True)
    await accountant.account("1200", role="receivable", blocked=True)
    with pytest.raises(NoAccountFor):
        await accountant.take_back(invoice)

    assert await accountant.entries("credit_note") == []


# Refunds


async def test_money_on_account_goes_back_in_parts(accountant: Accountant) -> None:
    money = await accountant.receive("150")

    first = await accountant.refund(payment_id=money.payment_id, amount=Decimal(40), account_code="1450")
    with pytest.raises(MoreThanOnAccount, match=r"only 110\.00 EUR"):
        await accountant.refund(payment_id=money.payment_id, amount=Decimal("110.01"))
    rest = await accountant.refund(payment_id=money.payment_id)
    nothing = await accountant.refund(payment_id=money.payment_id)

    assert [first.amount, rest.amount] == figures(40, 110)
    assert (nothing.refund_number, nothing.amount) == ("", Decimal(0))
    with pytest.raises(NothingOnAccount):
        await accountant.refund(payment_id=money.payment_id, amount=Decimal(1))
    assert await accountant.balances() == {"bank": Decimal(40), "cash": Decimal(-40)}
    await accountant.everything_agrees()


async def test_a_refund_in_another_currency_realises_what_the_rate_made_of_it(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.25")
    await accountant.rate("USD", "1.60", date(2026, 3, 20))
    money = await accountant.receive("100", currency="USD")

    refunded = await accountant.refund(payment_id=money.payment_id, amount=Decimal(50))

    # 50 dollars were 40.00 and cost 31.25 now.
    assert refunded.exchange_difference == Decimal("8.75")
    assert await accountant.balances() == {
        "bank": Decimal("48.75"),
        "customer_on_account": Decimal(-40),
        "exchange_gain": Decimal("-8.75"),
    }
    await accountant.everything_agrees()


async def test_what_cannot_be_refunded_is_refused(accountant: Accountant) -> None:
    money = await accountant.receive("150")

    with pytest.raises(NotFound):
        await accountant.refund(payment_id=uuid4())
    with pytest.raises(NotFound):
        await accountant.refund(credit_note_id=uuid4())
    with pytest.raises(Invalid):
        await accountant.refund()
    with pytest.raises(Invalid, match="account_code"):
        await accountant.refund(payment_id=money.payment_id, account_code="4000")
    with pytest.raises(Invalid, match="amount"):
        await accountant.refund(payment_id=money.payment_id, amount=Decimal("0.001"))
    await accountant.account("1450", role="cash", blocked=True)
    with pytest.raises(NotPostable):
        await accountant.refund(payment_id=money.payment_id, account_code="1450")
    await accountant.year(2026, locked_through=date(2026, 3, 31))
    with pytest.raises(PeriodLocked):
        await accountant.refund(payment_id=money.payment_id)

    assert await accountant.balances() == {"bank": Decimal(150), "customer_on_account": Decimal(-150)}
