"""Payments: what they settle, and what becomes of the rest; with figures that others have published."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from domains.ledger.rules.payments import NothingOnAccount, NothingOpen
from domains.master_data.messages import DiscountTax, Instalment, InstalmentKind
from foundation.values.errors import Invalid, NotFound
from tests.builders.finance import Accountant, a_line, amounts, figures

IN_TIME, LATE = date(2026, 3, 12), date(2026, 3, 13)
"""The last day for a cash discount on an invoice of 2 March with ten days, and the day after."""


async def test_payments_in_parts_and_a_small_rest_written_off_as_published(accountant: Accountant) -> None:
    # PyPI trytond-account-invoice 8.2.x, scenario_invoice.rst: 240 paid by 120, 20 and 99; 1 is written off.
    await accountant.open(small_difference_limit="1.00")
    order_id = uuid4()
    await accountant.bill(a_line(1, "240"), order_id=order_id)

    paid = [await accountant.receive(amount, order_id=order_id) for amount in ("120", "20", "99")]

    assert [one.order_open_amount for one in paid] == figures("120.00", "100.00", "0.00")
    assert paid[2].settled[0].written_off_amount == 1
    assert await accountant.turnover("receivable") == (Decimal(240), Decimal(240))
    credited = [
        -line.amount
        for entry in await accountant.entries("payment")
        for line in entry.lines
        if line.account_code == "1200"
    ]
    assert credited == figures("120.00", "20.00", "100.00")
    await accountant.everything_agrees()


@pytest.mark.parametrize(
    ("limit", "written_off", "on_account"), [("10.00", "-10.00", "0"), ("0.05", "0", "10.00")]
)
async def test_too_much_is_written_off_or_kept_as_published(
    limit: str, written_off: str, on_account: str, accountant: Accountant
) -> None:
    # PyPI trytond-account-invoice 8.2.x, scenario_invoice_overpayment.rst: 110 for 100.
    await accountant.open(small_difference_limit=limit)
    invoice = await accountant.bill(a_line(1, "100"))

    paid = await accountant.receive("110", invoice_id=invoice.invoice_id)

    balances = await accountant.balances()
    assert "receivable" not in balances
    assert balances.get("small_differences", 0) == Decimal(written_off)
    assert balances.get("customer_on_account", 0) == -Decimal(on_account)
    assert (paid.settled[0].written_off_amount, paid.on_account_amount) == (
        Decimal(written_off),
        Decimal(on_account),
    )
    await accountant.everything_agrees()


async def test_the_realised_exchange_gain_is_as_published(accountant: Accountant) -> None:
    # PyPI trytond-account-invoice 8.2.x, scenario_invoice_alternate_currency_rate_change.rst:
    # 400 / 1.2 is 333.33, and 400 / 1.1 is 363.64.
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.10", date(2026, 3, 10))
    invoice = await accountant.bill(a_line(1, "400"), currency="USD")

    paid = await accountant.receive("400", currency="USD", invoice_id=invoice.invoice_id)

    balances = await accountant.balances()
    assert "receivable" not in balances
    assert balances["exchange_gain"] == Decimal("-30.31")
    assert paid.exchange_difference == Decimal("30.31")
    await accountant.everything_agrees()


# odoo/odoo addons/account/tests/test_early_payment_discount.py @01b87f1: 10 % within ten days (figures only).
PUBLISHED_DISCOUNTS = [
    ([("1000", "UNTAXED")], "900", "100", "0"),
    ([("1500", "T15")], "1552.50", "150", "22.50"),
    ([("1500", "T15-FIXED")], "1552.55", "150.00", "22.50"),
    ([("50", "T15-FIXED")], "51.80", "5.00", "0.75"),
    ([("1000", "T15"), ("2000", "UNTAXED")], "2835.00", "300", "15.00"),
]


@pytest.mark.parametrize(("lines", "pays", "net", "tax"), PUBLISHED_DISCOUNTS)
async def test_a_cash_discount_is_split_into_net_and_tax_as_published(
    lines: list[tuple[str, str]], pays: str, net: str, tax: str, accountant: Accountant
) -> None:
    invoice = await accountant.bill(
        *(a_line(1, price, tax_code=code, line_number=at) for at, (price, code) in enumerate(lines, 1)),
        payment_terms_code="DISC",
    )

    paid = await accountant.receive(pays, invoice_id=invoice.invoice_id, received_on=IN_TIME)

    assert [paid.settled[0].open_amount, paid.on_account_amount] == figures(0, 0)
    assert paid.settled[0].discount_amount == Decimal(net) + Decimal(tax)
    balances = await accountant.balances()
    assert "receivable" not in balances
    assert balances["discount_granted"] == Decimal(net)
    assert (await accountant.turnover("tax_payable"))[0] == Decimal(tax)
    await accountant.everything_agrees()


async def test_tax_always_on_the_discounted_base_as_published(accountant: Accountant) -> None:
    # The same source, mode `mixed`: 1000 with 15 % and 0.05 each is 135.05 tax, whether or not it is taken.
    await accountant.terms(
        "MIXED",
        instalments=(Instalment(days=30),),
        discount_percent="10",
        discount_days=10,
        discount_tax=DiscountTax.ALWAYS,
    )
    invoice = await accountant.bill(a_line(1, "1000", tax_code="T15-FIXED"), payment_terms_code="MIXED")

    paid = await accountant.receive("1035.05", invoice_id=invoice.invoice_id, received_on=IN_TIME)

    assert [invoice.tax_amount, invoice.total_amount] == figures("135.05", "1135.05")
    assert paid.settled[0].open_amount == 0
    assert (await accountant.balances())["discount_granted"] == 100
    assert await accountant.turnover("tax_payable") == (Decimal(0), Decimal("135.05"))


async def test_one_payment_takes_the_discounts_of_two_invoices_as_published(accountant: Accountant) -> None:
    # The same source, in a batch: 1000 and 2000 paid by 2700.
    order_id = uuid4()
    for amount in ("1000", "2000"):
        await accountant.bill(a_line(1, amount), payment_terms_code="DISC", order_id=order_id)

    paid = await accountant.receive("2700", order_id=order_id, received_on=IN_TIME)

    assert [settled.discount_amount for settled in paid.settled] == figures("100", "200")
    assert [paid.order_open_amount, paid.on_account_amount] == figures(0, 0)
    assert (await accountant.balances())["discount_granted"] == 300
    await accountant.everything_agrees()


async def test_a_discount_taken_too_late_stays_open(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "1000"), payment_terms_code="DISC")

    paid = await accountant.receive("900", invoice_id=invoice.invoice_id, received_on=LATE)

    assert paid.settled[0].open_amount == 100
    assert (await accountant.invoice(invoice.invoice_id)).open_amount == 100


async def test_a_discount_in_another_currency_realises_what_the_rate_made_of_the_rest(
    accountant: Accountant,
) -> None:
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.10", date(2026, 3, 10))
    invoice = await accountant.bill(
        a_line(1, "1000", tax_code="T19"), currency="USD", payment_terms_code="DISC"
    )

    paid = await accountant.receive(
        "1071", currency="USD", invoice_id=invoice.invoice_id, received_on=IN_TIME
    )

    # The receivable was 1190 / 1.2 = 991.67 and the money is 1071 / 1.1 = 973.64; given up, at the invoice's
    # rate, were 100 / 1.2 = 83.33 and tax of 19 / 1.2 = 15.83.
    assert paid.exchange_difference == Decimal("81.13")
    balances = await accountant.balances()
    assert [balances[role] for role in ("bank", "discount_granted", "exchange_gain")] == figures(
        "973.64", "83.33", "-81.13"
    )
    await accountant.everything_agrees()


async def test_euros_for_an_invoice_in_dollars_go_through_exchange_clearing(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.25", date(2026, 3, 10))
    invoice = await accountant.bill(a_line(1, "1200"), currency="USD")

    paid = await accountant.receive("960", invoice_id=invoice.invoice_id)

    first, second = await accountant.entries("payment")
    assert (first.purpose, first.currency, amounts(first)) == (
        "payment",
        "EUR",
        {"1400": Decimal(960), "1480": Decimal(-960)},
    )
    assert (second.purpose, second.currency) == ("settlement", "USD")
    assert amounts(second) == {"1480": Decimal(1200), "1200": Decimal(-1200), "6800": Decimal(0)}
    assert [paid.settled[0].open_amount, paid.exchange_difference] == figures(0, -40)
    balances = await accountant.balances()
    assert balances == {"bank": Decimal(960), "revenue": Decimal(-1000), "exchange_loss": Decimal(40)}
    await accountant.everything_agrees()


async def test_too_many_euros_for_an_invoice_in_dollars_stay_on_account_in_euros(
    accountant: Accountant,
) -> None:
    await accountant.rate("USD", "1.25")
    invoice = await accountant.bill(a_line(1, "100"), currency="USD")

    paid = await accountant.receive("100", invoice_id=invoice.invoice_id)

    assert [paid.settled[0].settled_amount, paid.on_account_amount] == figures(100, 20)
    assert (await accountant.balances())["customer_on_account"] == -20
    await accountant.everything_agrees()


async def test_the_oldest_due_is_paid_first(accountant: Accountant) -> None:
    order_id = uuid4()
    await accountant.terms("SOON", instalments=(Instalment(days=5),))
    late = await accountant.bill(a_line(1, "100"), order_id=order_id)
    soon = await accountant.bill(a_line(1, "100"), order_id=order_id, payment_terms_code="SOON")

    paid = await accountant.receive("150", order_id=order_id)

    assert [(one.invoice_id, one.open_amount) for one in paid.settled] == [
        (soon.invoice_id, Decimal(0)),
        (late.invoice_id, Decimal(50)),
    ]


async def test_instalments_are_paid_in_their_order(accountant: Accountant) -> None:
    half = Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal(50), days=10)
    await accountant.terms("HALVES", instalments=(half, Instalment(days=30)))
    invoice = await accountant.bill(a_line(1, "100"), payment_terms_code="HALVES")

    await accountant.receive("70", invoice_id=invoice.invoice_id)

    items = (await accountant.invoice(invoice.invoice_id)).open_items
    assert [item.open_amount for item in items] == figures("0", "30")
    await accountant.everything_agrees()


async def test_money_that_names_nothing_waits_on_account_and_is_used_later(accountant: Accountant) -> None:
    money = await accountant.receive("150")
    invoice = await accountant.bill(a_line(1, "100"))

    used = await accountant.allocate(money, invoice)

    assert (money.settled, money.on_account_amount) == ((), Decimal(150))
    assert [used.settled[0].open_amount, used.on_account_amount] == figures(0, 50)
    assert await accountant.balances() == {
        "bank": Decimal(150),
        "customer_on_account": Decimal(-50),
        "revenue": Decimal(-100),
    }
    await accountant.everything_agrees()
    other = await accountant.bill(a_line(1, "100"))
    part = await accountant.allocate(money, other, amount=Decimal(20))
    assert [part.settled[0].open_amount, part.on_account_amount] == figures(80, 30)
    await accountant.everything_agrees()


async def test_money_on_account_in_another_currency_realises_the_difference_to_the_invoice_s_rate(
    accountant: Accountant,
) -> None:
    await accountant.rate("USD", "1.25")
    await accountant.rate("USD", "1.00", date(2026, 3, 20))
    money = await accountant.receive("100", currency="USD")
    invoice = await accountant.bill(a_line(1, "100"), currency="USD", invoiced_on=date(2026, 3, 21))

    used = await accountant.allocate(money, invoice)

    # Worth 80 when it came and 100 when it was billed: we are owed 100 and had got 80.
    assert used.exchange_difference == -20
    assert await accountant.balances() == {
        "bank": Decimal(80),
        "revenue": Decimal(-100),
        "exchange_loss": Decimal(20),
    }
    await accountant.everything_agrees()


async def test_a_discount_counts_from_the_day_the_money_came(accountant: Accountant) -> None:
    money = await accountant.receive("900", received_on=IN_TIME)
    invoice = await accountant.bill(a_line(1, "1000"), payment_terms_code="DISC")

    used = await accountant.allocate(money, invoice, allocated_on=date(2026, 5, 1))

    assert [used.settled[0].discount_amount, used.settled[0].open_amount] == figures(100, 0)


async def test_what_cannot_be_settled_is_refused_and_nothing_is_posted(accountant: Accountant) -> None:
    await accountant.customer("C2")
    invoice = await accountant.bill(a_line(1, "100"))
    money = await accountant.receive("100", invoice_id=invoice.invoice_id)
    of_another = await accountant.receive("50", customer_code="C2")
    before = await accountant.balances()

    with pytest.raises(NothingOpen):
        await accountant.receive("1", invoice_id=invoice.invoice_id)
    with pytest.raises(NotFound):
        await accountant.receive("1", invoice_id=uuid4())
    with pytest.raises(NotFound, match="C2"):
        await accountant.receive("1", invoice_id=invoice.invoice_id, customer_code="C2")
    with pytest.raises(NotFound, match="GHOST"):
        await accountant.receive("1", customer_code="GHOST")
    with pytest.raises(NothingOnAccount):
        await accountant.allocate(money, invoice)
    with pytest.raises(NotFound, match="C2"):
        await accountant.allocate(of_another, invoice)
    with pytest.raises(Invalid, match="account_code"):
        await accountant.receive("1", account_code="4000")
    unpaid = await accountant.bill(a_line(1, "100"), customer_code="C2")
    before = await accountant.balances()
    with pytest.raises(Invalid, match="EUR"):
        await accountant.allocate(of_another, unpaid, amount=Decimal("0.005"))
    with pytest.raises(Invalid, match="EUR"):
        await accountant.receive("0.001")

    assert await accountant.balances() == before
    await accountant.everything_agrees()


async def test_money_can_come_into_another_bank_account(accountant: Accountant) -> None:
    await accountant.receive("10", account_code="1450")
    await accountant.receive("20", account_code="1410")

    assert await accountant.balances() == {
        "cash": Decimal(10),
        "1410": Decimal(20),
        "customer_on_account": Decimal(-30),
    }


async def test_a_credit_note_does_not_take_part_in_a_payment(accountant: Accountant) -> None:
    order_id = uuid4()
    await accountant.bill(a_line(-1, "30"), order_id=order_id)
    invoice = await accountant.bill(a_line(1, "100"), order_id=order_id)

    paid = await accountant.receive("100", order_id=order_id)

    assert [settled.invoice_id for settled in paid.settled] == [invoice.invoice_id]
    assert paid.order_open_amount == -30
    await accountant.everything_agrees()
