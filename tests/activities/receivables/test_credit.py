"""Credit: what a customer owes and will owe, against its limit."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from activities.receivables import credit
from domains.receivables.messages import ReleaseCredit
from foundation.values.errors import NotFound
from tests.builders.finance import Accountant, a_line, figures


@pytest.fixture
async def limited(accountant: Accountant) -> Accountant:
    """The customer has a limit of 1000."""
    await accountant.customer("C1", credit_limit="1000")
    return accountant


async def test_open_orders_count_against_the_limit(limited: Accountant) -> None:
    first = await limited.may_order("600")
    second = await limited.may_order("400")
    third = await limited.may_order("0.01")

    assert [first.within_limit, second.within_limit, third.within_limit] == [True, True, False]
    assert [first.exposure, second.exposure, third.exposure] == [0, 600, 1000]
    assert third.credit_limit == 1000


async def test_what_is_refused_commits_nothing(limited: Accountant) -> None:
    refused = await limited.may_order("1001")
    allowed = await limited.may_order("1000")

    assert (refused.within_limit, allowed.within_limit) == (False, True)


async def test_who_has_no_limit_may_order_anything(accountant: Accountant) -> None:
    asked = await accountant.may_order("1000000")

    assert (asked.within_limit, asked.credit_limit) == (True, None)


async def test_a_person_may_approve_what_is_over_the_limit_and_it_counts(limited: Accountant) -> None:
    order_id = uuid4()
    refused = await limited.may_order("1500", order_id=order_id)
    approved = await limited.may_order("1500", order_id=order_id, approved=True)
    later = await limited.may_order("1")

    assert (refused.within_limit, approved.within_limit) == (False, False)
    assert [approved.exposure, later.exposure] == figures(0, 1500)


async def test_what_is_billed_is_owed_and_no_more_committed(limited: Accountant) -> None:
    order_id = uuid4()
    await limited.may_order("600", order_id=order_id)

    await limited.bill(a_line(1, "200"), order_id=order_id)
    part = await limited.may_order("1000")
    await limited.bill(a_line(1, "399.99"), order_id=order_id, completes_order=True)
    whole = await limited.may_order("1000")

    # The cent that rounding left over is set free with the last invoice.
    assert [part.exposure, whole.exposure] == figures(600, "599.99")


async def test_more_may_be_billed_than_was_committed(limited: Accountant) -> None:
    order_id = uuid4()
    await limited.may_order("600", order_id=order_id)

    await limited.bill(a_line(1, "650"), order_id=order_id)

    assert (await limited.may_order("1000")).exposure == 650


async def test_payments_and_money_on_account_make_room(limited: Accountant) -> None:
    invoice = await limited.bill(a_line(1, "900"))
    await limited.receive("500", invoice_id=invoice.invoice_id)
    await limited.receive("100")

    assert (await limited.may_order("700")).exposure == 300


async def test_debts_in_another_currency_count_in_the_company_s(limited: Accountant) -> None:
    await limited.rate("USD", "1.25", date(2026, 1, 1))
    await limited.bill(a_line(1, "100"), currency="USD")

    assert (await limited.may_order("1")).exposure == 80


async def test_a_cancelled_order_gives_its_credit_back_once(limited: Accountant) -> None:
    order_id = uuid4()
    await limited.may_order("600", order_id=order_id)

    release = ReleaseCredit(order_id=order_id)
    first = await credit.release_credit(limited.call(), release)
    again = await credit.release_credit(limited.call(), release)
    unknown = await credit.release_credit(limited.call(), ReleaseCredit(order_id=uuid4()))

    assert [one.released_amount for one in (first, again, unknown)] == [600, 0, 0]
    assert (await limited.may_order("1000")).within_limit


async def test_another_customer_has_a_limit_of_its_own(limited: Accountant) -> None:
    await limited.customer("C2", credit_limit="10")
    await limited.may_order("1000")

    assert (await limited.may_order("10", customer_code="C2")).within_limit
    with pytest.raises(NotFound):
        await limited.may_order("10", customer_code="GHOST")


@pytest.mark.parametrize("is_known", [False, True])
async def test_of_fifty_orders_at_once_for_sixty_per_cent_of_the_limit_exactly_one_passes(
    is_known: bool, limited: Accountant
) -> None:
    if is_known:
        await limited.may_order("1001")
    turn = asyncio.Semaphore(16)

    async def order() -> bool:
        async with turn:
            return (await limited.may_order("600")).within_limit

    passed = await asyncio.gather(*(order() for _ in range(50)))

    assert sum(passed) == 1


async def test_an_order_that_asks_again_does_not_stand_in_its_own_way(limited: Accountant) -> None:
    order_id = uuid4()
    await limited.may_order("600", order_id=order_id)

    again = await limited.may_order("700", order_id=order_id)

    assert (again.within_limit, again.exposure) == (True, Decimal(0))
    assert (await limited.may_order("301")).exposure == 700
