"""Invoices: what is charged, taxed, posted and owed; with figures that others have published."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from asyncpg import UniqueViolationError

from domains.ledger.rules.journal import NoAccountFor
from domains.ledger.rules.taxes import NamedByTax
from domains.master_data.messages import Instalment, InstalmentKind
from domains.master_data.rules.rates import NoExchangeRate
from domains.receivables.messages import PostInvoice
from foundation.values.errors import Invalid, NotFound
from tests.builders.finance import A_DAY, CUSTOMER, Accountant, a_line, amounts, figures

# PyPI trytond-account-invoice 8.2.x, account_invoice/tests/scenario_invoice.rst (figures only).
SOLD = (a_line(5, "40", tax_code="T10"), a_line(1, "20", line_number=2))
# PyPI trytond-account-stock-anglo-saxon 8.2.x, scenario_account_stock_anglo_saxon.rst (figures only).
ANGLO_SAXON = (a_line(2, "10"), a_line(3, "10", line_number=2))


async def test_an_invoice_posts_receivable_revenue_and_tax_as_published(accountant: Accountant) -> None:
    posted = await accountant.bill(*SOLD)

    assert [posted.net_amount, posted.tax_amount, posted.total_amount] == figures("220.00", "20.00", "240.00")
    assert await accountant.balances() == {
        "receivable": Decimal("240.00"),
        "revenue": Decimal("-220.00"),
        "tax_payable": Decimal("-20.00"),
    }
    view = await accountant.invoice(posted.invoice_id)
    taxed = {tax.tax_code: [tax.base_amount, tax.tax_amount] for tax in view.taxes}
    assert taxed == {"T10": figures("200.00", "20.00"), "UNTAXED": figures("20.00", "0")}


async def test_the_same_with_negative_quantities_credits_it_in_full_as_published(
    accountant: Accountant,
) -> None:
    await accountant.bill(*SOLD)

    credited = await accountant.bill(*(line.model_copy(update={"quantity": -line.quantity}) for line in SOLD))

    assert [await accountant.turnover(role) for role in ("receivable", "revenue", "tax_payable")] == [
        (Decimal(amount), Decimal(amount)) for amount in ("240.00", "220.00", "20.00")
    ]
    (tax, _) = (await accountant.invoice(credited.invoice_id)).taxes
    assert [tax.base_amount, tax.tax_amount] == figures("-200.00", "-20.00")
    await accountant.everything_agrees()


async def test_goods_are_received_delivered_and_billed_as_published(accountant: Accountant) -> None:
    # Received 4 at 4 and 5 at 6, which is 46; delivered 2 and 3. One of the two goods is at standard cost
    # there, 5 instead of 4; we keep averages, so that 2 × 4 + 3 × 6 leaves at 26 instead of 28.
    await accountant.goods_came("46.00")
    assert await accountant.balances() == {
        "inventory": Decimal("46.00"),
        "goods_received_not_invoiced": Decimal("-46.00"),
    }

    await accountant.goods_left("26.00")
    await accountant.bill(*ANGLO_SAXON)

    balances = await accountant.balances()
    assert [
        balances[role] for role in ("receivable", "revenue", "cost_of_goods_sold", "inventory")
    ] == figures("50.00", "-50.00", "26.00", "20.00")


async def test_freight_has_its_own_account_and_a_tax_may_have_one(accountant: Accountant) -> None:
    await accountant.bill(
        a_line(1, "100", tax_code="T19"),
        a_line(2, "50", tax_code="T7", line_number=2),
        a_line(1, "10", tax_code="T19", line_number=3, is_freight=True),
    )

    assert await accountant.balances() == {
        "receivable": Decimal("237.90"),
        "revenue": Decimal("-200.00"),
        "freight_revenue": Decimal("-10.00"),
        "tax_payable": Decimal("-20.90"),
        "2210": Decimal("-7.00"),
    }


async def test_prices_with_tax_in_them_give_the_same_gross(accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(3, "1.19", tax_code="T19"), prices_include_tax=True)

    assert [posted.net_amount, posted.tax_amount, posted.total_amount] == figures("3.00", "0.57", "3.57")


@pytest.mark.parametrize(("tax_code", "reason"), [("EXPORT", "Export"), ("REVERSE", "The customer owes")])
async def test_exempt_sales_carry_no_tax_and_say_why(
    tax_code: str, reason: str, accountant: Accountant
) -> None:
    await accountant.customer(CUSTOMER, tax_number="DE123456788")

    posted = await accountant.bill(a_line(1, "100", tax_code=tax_code))

    (tax,) = (await accountant.invoice(posted.invoice_id)).taxes
    assert tax.exemption_reason.startswith(reason)
    assert [tax.base_amount, tax.tax_amount] == figures("100.00", "0")
    assert await accountant.balances() == {"receivable": Decimal(100), "revenue": Decimal(-100)}


async def test_tax_is_rounded_per_document_or_per_line_as_the_company_does(accountant: Accountant) -> None:
    lines = [a_line(1, "0.13", tax_code="T19", line_number=number) for number in (1, 2, 3)]

    per_document = await accountant.bill(*lines)
    await accountant.open(tax_rounding="line")
    per_line = await accountant.bill(*lines)

    assert [per_document.tax_amount, per_line.tax_amount] == figures("0.07", "0.06")


async def test_instalments_are_open_items_that_add_up(accountant: Accountant) -> None:
    await accountant.terms(
        "THIRDS",
        instalments=(
            Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal("33.333"), days=10),
            Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal("33.333"), days=20),
            Instalment(days=30),
        ),
    )

    posted = await accountant.bill(a_line(1, "100"), payment_terms_code="THIRDS")

    items = (await accountant.invoice(posted.invoice_id)).open_items
    assert [item.amount for item in items] == figures("33.33", "33.33", "33.34")
    assert [item.due_on for item in items] == [date(2026, 3, day) for day in (12, 22)] + [date(2026, 4, 1)]
    assert posted.due_on == date(2026, 4, 1)


async def test_an_invoice_in_another_currency_balances_in_both(accountant: Accountant) -> None:
    await accountant.rate("USD", "1.1234567")

    posted = await accountant.bill(
        a_line(1, "33.33", tax_code="T19"),
        a_line(1, "33.33", tax_code="T7", line_number=2),
        a_line(1, "0.05", line_number=3, is_freight=True),
        currency="USD",
    )

    (entry,) = await accountant.entries()
    assert sum(line.amount for line in entry.lines) == 0
    assert sum(line.base_amount for line in entry.lines) == 0
    # 33.33 × 2 + 0.05 and tax 6.33 + 2.33 are 75.37; in euros 67.09, and what rounding leaves over apart.
    assert [posted.total_amount, entry.lines[0].base_amount] == figures("75.37", "67.09")
    await accountant.everything_agrees()


async def test_an_invoice_keeps_who_the_customer_was(accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "1"))

    await accountant.customer("C1", name="Renamed", address="Moved")

    assert (await accountant.invoice(posted.invoice_id)).customer["name"] == "Customer C1"


async def test_numbers_have_no_gap_and_begin_anew_every_year(accountant: Accountant) -> None:
    await accountant.year(2027)

    first = await accountant.bill(a_line(1, "1"))
    with pytest.raises(Invalid):
        await accountant.bill(a_line(1, "1", tax_code="GHOST"))
    second = await accountant.bill(a_line(1, "1"))
    next_year = await accountant.bill(a_line(1, "1"), invoiced_on=date(2027, 1, 2))

    assert [one.invoice_number for one in (first, second, next_year)] == [
        "INV-2026-000001",
        "INV-2026-000002",
        "INV-2027-000001",
    ]
    await accountant.everything_agrees()


async def test_a_shipment_is_billed_once(accountant: Accountant) -> None:
    shipment_id = uuid4()
    await accountant.bill(a_line(1, "1"), shipment_id=shipment_id)

    with pytest.raises(UniqueViolationError, match="invoice_company_id_shipment_id_key"):
        await accountant.bill(a_line(1, "1"), shipment_id=shipment_id)

    await accountant.everything_agrees()


async def test_an_invoice_over_nothing_has_no_entry(accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "0"))

    assert posted.total_amount == 0
    assert await accountant.entries() == []


async def test_what_is_missing_is_named(accountant: Accountant) -> None:
    with pytest.raises(NotFound, match="GHOST"):
        await accountant.bill(a_line(1, "1"), customer_code="GHOST")
    with pytest.raises(NotFound, match="GHOST"):
        await accountant.bill(a_line(1, "1"), payment_terms_code="GHOST")
    with pytest.raises(NoExchangeRate, match="USD"):
        await accountant.bill(a_line(1, "1"), currency="USD")
    await accountant.account("4000", kind="income", role=None)
    with pytest.raises(NoAccountFor, match="revenue"):
        await accountant.bill(a_line(1, "1"))


async def test_a_blocked_account_is_not_posted_to(accountant: Accountant) -> None:
    with pytest.raises(NamedByTax, match="T7 is posted to account 2210"):
        await accountant.account("2210", kind="liability", blocked=True)
    await accountant.account("1200", role="receivable", blocked=True)
    with pytest.raises(NoAccountFor, match="receivable"):
        await accountant.bill(a_line(1, "100"))


def test_an_invoice_needs_a_line() -> None:
    with pytest.raises(ValueError, match="lines"):
        PostInvoice(
            invoice_id=uuid4(),
            process_id="",
            order_id=uuid4(),
            order_number="",
            customer_code="C1",
            invoiced_on=A_DAY,
            currency="EUR",
            payment_terms_code="NET30",
            lines=(),
        )


async def test_the_entry_names_its_invoice(accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "100"))

    (entry,) = await accountant.entries("invoice")
    assert entry.text == f"Invoice {posted.invoice_number} to Customer C1 for SO-000001"
    assert entry.source == f"/v1/invoices/{posted.invoice_id}"
    assert amounts(entry) == {"1200": Decimal(100), "4000": Decimal(-100)}
    assert entry.lines[0].party_code == "C1"
