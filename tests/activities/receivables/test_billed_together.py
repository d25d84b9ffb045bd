"""The billing due list and collective invoices: billed once, or withdrawn before, whoever comes first."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError, UniqueViolationError
from sqlalchemy import select

from activities.receivables import billed, billing_due, invoices
from domains.receivables.messages import (
    CollectiveInvoicePosted,
    DueQuantity,
    FindBilled,
    ListForBilling,
    ListMonths,
    MonthInTurn,
    OrderShare,
    PostCollectiveInvoice,
    WithdrawFromBilling,
    WithdrawnFromBilling,
)
from domains.receivables.queries import billing as queries
from domains.receivables.rules import collective as rules
from domains.receivables.tables.billing import BilledMonth, BillingDue
from domains.receivables.tables.invoices import InvoiceOrder
from foundation.database.connections import Database, database
from foundation.database.tables import RunItem
from tests.builders.finance import CUSTOMER, Accountant, a_line, figures

MARCH: dict[str, Any] = {
    "customer_code": CUSTOMER,
    "currency": "EUR",
    "payment_terms_code": "NET30",
    "prices_include_tax": False,
}


async def deliver(
    accountant: Accountant,
    *prices: str,
    order_id: UUID | None = None,
    on: date = date(2026, 3, 5),
    **more: Any,
) -> UUID:
    """Ten of each line left for an order and are due; gives the order."""
    order_id = order_id or uuid4()
    delivery: dict[str, Any] = {
        "order_id": order_id,
        "order_number": f"SO-{order_id.hex[:6]}",
        "process_id": f"{accountant.caller.company}/order_to_cash/{order_id}",
        "shipment_id": uuid4(),
        "delivered_on": on,
        "completes_order": True,
        "lines": tuple(
            a_line("10", price, line_number=number, tax_code="T19")
            for number, price in enumerate(prices, start=1)
        ),
    }
    await billing_due.list_billing_due(accountant.call(), ListForBilling(**MARCH | delivery | more))
    return order_id


async def bill(accountant: Accountant, month: str = "2026-03", **group: Any) -> CollectiveInvoicePosted:
    """A month is billed."""
    to_bill = MonthInTurn(**MARCH | {"month": month} | group)
    invoice_id = rules.invoice_id_of(accountant.caller.company, to_bill)
    post = PostCollectiveInvoice(
        **dict(to_bill),
        invoice_id=invoice_id,
        process_id=f"{accountant.caller.company}/collective_invoice/{invoice_id}",
    )
    return await invoices.post_collective_invoice(accountant.call(), post)


async def withdraw(
    accountant: Accountant, order_id: UUID, quantity: str, **more: Any
) -> WithdrawnFromBilling:
    """So many of an order's first line came back."""
    lines = (DueQuantity(order_line_number=1, quantity=Decimal(quantity)),)
    wanted = WithdrawFromBilling(order_id=order_id, lines=lines, **more)
    return await billing_due.withdraw_billing_due(accountant.call(), wanted)


async def shares(accountant: Accountant, invoice: CollectiveInvoicePosted) -> dict[UUID, OrderShare]:
    """What an invoice charges its orders."""
    assert invoice.invoice_id is not None
    async with database().read(accountant.caller.company) as session:
        _, found = await queries.orders_of_invoice(session, invoice.invoice_id, None)
    return {share.order_id: share for share in found}


async def test_a_month_is_one_invoice_whose_shares_add_up_to_the_cent_in_both_currencies(
    accountant: Accountant,
) -> None:
    await accountant.rate("USD", "1.37")
    orders = [await deliver(accountant, price, currency="USD") for price in ("0.33", "0.37", "0.41")]
    for order_id in orders:
        await accountant.may_order("100", order_id=order_id)

    invoice = await bill(accountant, currency="USD")

    charged = await shares(accountant, invoice)
    assert sum(share.invoice.total_amount for share in charged.values()) == invoice.total_amount
    assert invoice.total_amount == Decimal("13.21")
    assert charged.keys() == set(orders)
    # All that they held is an open item now.
    assert (await accountant.may_order("1")).exposure == Decimal("9.64")
    await accountant.everything_agrees()


async def test_a_line_is_billed_at_the_discount_that_was_agreed_however_long_it_is(
    accountant: Accountant,
) -> None:
    line = a_line("100000", "1", tax_code="T19", discount_percent=Decimal("10.8517407759"))
    await deliver(accountant, lines=(line,))

    assert (await bill(accountant)).net_amount == Decimal("89148.26")


async def test_a_month_is_billed_once_whoever_starts_it_again(
    accountant: Accountant, database: Database
) -> None:
    await deliver(accountant, "1.00")
    first = await bill(accountant)

    with pytest.raises(UniqueViolationError, match="billed_month_pkey"):
        await bill(accountant)
    await deliver(accountant, "2.00", on=date(2026, 3, 31))
    april = await bill(accountant, "2026-04")

    assert (first.total_amount, april.total_amount) == tuple(figures("11.90", "23.80"))
    async with database.read(accountant.caller.company) as session:
        months = await session.scalars(select(BilledMonth.month).order_by(BilledMonth.month))
    assert months == ["2026-03", "2026-04"]


async def test_a_month_waits_for_the_one_before_it_and_a_run_lists_both_in_their_order(
    accountant: Accountant, database: Database
) -> None:
    await deliver(accountant, "2.00", on=date(2026, 4, 1))
    await deliver(accountant, "1.00")
    await deliver(accountant, "1.00", on=date(2026, 5, 1))

    run_id = f"{accountant.caller.company}/collective_invoice_run/2026-04"
    ask = ListMonths(run_id=run_id, month="2026-04")
    listed = await billing_due.list_months_to_bill(accountant.call(), ask)
    assert (listed.items, listed.chunks, listed.last, listed.is_all) == (2, 1, "C1", True)
    async with database.read(accountant.caller.company) as session:
        items = await session.scalars(select(RunItem.body).order_by(RunItem.position))
    assert [(one["month"], one["after_months"]) for one in items] == [
        ("2026-03", []),
        ("2026-04", ["2026-03"]),
    ]
    with pytest.raises(rules.EarlierMonthIsDue, match="2026-03 of C1"):
        await bill(accountant, "2026-04", after_months=("2026-03",))
    march = await bill(accountant, "2026-03")
    april = await bill(accountant, "2026-04", after_months=("2026-03",))
    numbers = [march.invoice_number, april.invoice_number]

    assert numbers == sorted(numbers)
    await accountant.everything_agrees()


async def test_what_is_billed_is_not_withdrawn_and_what_is_withdrawn_is_not_billed(
    accountant: Accountant,
) -> None:
    order_id = await deliver(accountant, "1.00", "5.00")
    later = date(2026, 4, 2)
    await deliver(accountant, "1.00", order_id=order_id, on=later)

    taken = await withdraw(accountant, order_id, "4")
    invoice = await bill(accountant)
    again = await withdraw(accountant, order_id, "10")

    # The latest delivery first.
    assert (invoice.net_amount, taken.lines[0].quantity) == tuple(figures("60", "4"))
    assert again.lines[0].quantity == 6
    assert (await withdraw(accountant, order_id, "10")).lines == ()
    april = await bill(accountant, "2026-04")
    assert (april.invoice_id, april.invoice_number) == (None, "")
    found = await billed.find_billed(accountant.call(), FindBilled(order_id=order_id))
    assert found.is_collective
    assert [line.quantity for line in found.invoices[0].lines] == figures("10", "10")


async def test_an_order_that_came_back_wholly_sets_its_credit_free(accountant: Accountant) -> None:
    order_id = uuid4()
    await accountant.may_order("11.90", order_id=order_id)
    freight = a_line("1", "5", line_number=2, tax_code="T19", is_freight=True)
    await deliver(accountant, order_id=order_id, lines=(a_line("10", "1", tax_code="T19"), freight))

    await withdraw(accountant, order_id, "10")
    assert (await accountant.may_order("1")).exposure == Decimal("11.90")
    taken = await withdraw(accountant, order_id, "10", with_freight=True)

    assert (taken.with_freight, taken.lines) == (True, ())
    assert (await accountant.may_order("1")).exposure == Decimal("1")


async def test_billed_and_withdrawn_at_the_same_moment_a_quantity_is_one_of_both(
    accountant: Accountant,
) -> None:
    for month in range(1, 9):
        order_id = await deliver(accountant, "1.00", on=date(2026, month, 5))

        invoice, taken = await asyncio.gather(
            bill(accountant, f"2026-{month:02}"), withdraw(accountant, order_id, "10")
        )

        withdrawn = sum((line.quantity for line in taken.lines), Decimal(0))
        assert (invoice.net_amount, withdrawn) in [tuple(figures(10, 0)), tuple(figures(0, 10))]
    await accountant.everything_agrees()


async def test_a_credit_note_takes_back_one_orders_lines_and_all_of_them_the_whole_invoice(
    accountant: Accountant,
) -> None:
    first, second = await deliver(accountant, "0.33", "1.11"), await deliver(accountant, "0.37")
    invoice = await bill(accountant)
    charged = await shares(accountant, invoice)

    of_first: dict[str, Any] = {"order_id": first, "credited_on": date(2026, 4, 1)}
    with pytest.raises(rules.BilledTogether):
        await accountant.take_back(charged[first].invoice, credited_on=date(2026, 4, 1))
    part = await accountant.take_back(charged[first].invoice, (1, "3"), **of_first)
    rest = await accountant.take_back(charged[first].invoice, **of_first)
    other = await accountant.take_back(charged[second].invoice, **of_first | {"order_id": second})

    assert part.total_amount + rest.total_amount == charged[first].invoice.total_amount
    assert other.total_amount == charged[second].invoice.total_amount
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE receivables.billing_due SET invoice_id = NULL WHERE invoice_id IS NOT NULL",
        "UPDATE receivables.billing_due SET withdrawn_quantity = 1 WHERE invoice_id IS NOT NULL",
        "UPDATE receivables.billing_due SET withdrawn_quantity = 1 WHERE withdrawn_quantity = 2",
        "UPDATE receivables.billing_due SET withdrawn_quantity = 11 WHERE invoice_id IS NULL",
        "UPDATE receivables.billing_due SET unit_price = 0 WHERE invoice_id IS NULL",
        "UPDATE receivables.billed_month SET month = '2026-01'",
        "UPDATE receivables.invoice_order SET total_amount = 0",
        "INSERT INTO receivables.billed_month SELECT * FROM receivables.billed_month",
        "INSERT INTO receivables.billing_due SELECT * FROM receivables.billing_due",
        "DELETE FROM receivables.billing_due",
    ],
)
async def test_what_the_database_refuses(accountant: Accountant, statement: str) -> None:
    await deliver(accountant, "1.00")
    await bill(accountant)
    await withdraw(accountant, await deliver(accountant, "1.00", on=date(2026, 4, 1)), "2")

    with pytest.raises(PostgresError):
        await accountant.do(statement)


async def test_nobody_sees_what_another_company_bills(accountant: Accountant, database: Database) -> None:
    await deliver(accountant, "1.00")
    await bill(accountant)

    async with database.read("another company") as session:
        for table in (BillingDue, BilledMonth, InvoiceOrder):
            assert (await session.execute(select(table))).all() == []
        assert await queries.customers_to_bill(session, "2026-12", last="", at_most=9) == []
        assert await queries.months_to_bill(session, "2026-12", after="", last="Z") == []
