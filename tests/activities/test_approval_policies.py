"""Who is asked is found by policy: of today, in the company's currency, once for a process."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities.approvals import find_levels
from activities.identity import put_approval_policy
from activities.master_data import put_company, put_exchange_rate
from domains.identity.messages import PutApprovalPolicy
from domains.identity.rules import UnknownRole
from domains.identity.rules.policies import AmbiguousPolicy
from domains.master_data.messages import PutCompany, PutExchangeRate
from domains.master_data.rules.rates import NoExchangeRate
from foundation.database.connections import Database
from foundation.process.approval_messages import FindLevels, LevelsFound
from foundation.values.messages import Call, Caller
from tests.days import TIME_ZONE, TODAY

APART = {"category": "", "cost_centre": ""}
LEVELS = [
    {"number": 2, "role": "finance director", "remind_after_days": 3},
    {"number": 1, "role": "credit manager", "escalate_to": "finance director"},
]


def once(caller: Caller) -> Call:
    """A call that is like no other."""
    return Call.direct(caller, str(uuid4()))


@pytest.fixture(autouse=True)
async def in_euros(database: Database, caller: Caller) -> None:
    """The company keeps its books in euros."""
    del database
    company = PutCompany(code=caller.company, name="Euros", currency="EUR", country="DE", time_zone=TIME_ZONE)
    await put_company(once(caller), company)


async def put(caller: Caller, code: str, from_amount: str = "0", **more: Any) -> None:
    """A policy for payments."""
    wanted = {"kind": "payment_run", "levels": LEVELS, "valid_from": TODAY} | more
    policy = PutApprovalPolicy.model_validate({"code": code, "from_amount": from_amount} | wanted)
    await put_approval_policy(once(caller), policy)


async def found(
    caller: Caller, amount: str | None, currency: str | None = "EUR", **about: str
) -> LevelsFound:
    """Who is asked."""
    wanted = {"kind": "payment_run"} | APART | about
    ask = FindLevels(amount=None if amount is None else Decimal(amount), currency=currency, **wanted)
    return await find_levels(once(caller), ask)


async def test_the_levels_are_those_of_the_policy_with_its_version_and_band(caller: Caller) -> None:
    await put(caller, "PAY", "100.00")

    asked = await found(caller, "100.00")

    assert (asked.policy, asked.policy_version, asked.why) == ("PAY", 1, "PAY: payment_run from 100.00 EUR")
    assert [(level.number, level.role, level.escalate_to) for level in asked.levels] == [
        (2, "finance director", None),
        (1, "credit manager", "finance director"),
    ]
    assert [level.remind_after for level in asked.levels] == [timedelta(days=3), timedelta(days=2)]
    for other in (await found(caller, "99.99"), await found(caller, "100.00", kind="credit")):
        assert other == LevelsFound()


async def test_the_escalation_of_a_mild_policy_decides_nothing_that_a_strict_one_asks(caller: Caller) -> None:
    director = {"number": 1, "role": "finance director"}
    for code, from_amount, more in (("ALL", "10000", {}), ("OFFICE", "0", {"escalate_to": "buyer"})):
        about = {"kind": "purchase_requisition", "category": "office" if code == "OFFICE" else ""}
        await put(caller, code, from_amount, levels=[director | more], **about)

    asked = await found(caller, "50000", kind="purchase_requisition", category="office")

    (only,) = asked.levels
    assert (only.role, only.escalate_to, only.policy) == ("finance director", None, "OFFICE")
    assert (
        only.why
        == asked.why
        == (
            "OFFICE: purchase_requisition from 0.00 EUR, category office; "
            "ALL: purchase_requisition from 10,000.00 EUR"
        )
    )


async def test_an_amount_in_another_currency_is_converted_and_its_sign_does_not_count(caller: Caller) -> None:
    await put(caller, "PAY", "100.00")
    with pytest.raises(NoExchangeRate):
        await found(caller, "125.00", "USD")
    # A process that knows what it comes to in the company's currency needs no rate.
    ask = FindLevels(
        kind="payment_run", amount=Decimal(125), currency="USD", base_amount=Decimal(-100), **APART
    )
    assert (await find_levels(once(caller), ask)).policy == "PAY"
    rate = PutExchangeRate(currency="USD", valid_from=TODAY, rate=Decimal("1.25"))
    await put_exchange_rate(once(caller), rate)

    # 124.994 dollars are 99.9952 euros, which is 100.00 rounded half-up.
    for amount, policy in (("125", "PAY"), ("-125", "PAY"), ("124.994", "PAY"), ("124.99", None)):
        assert (await found(caller, amount, "USD")).policy == policy


async def test_without_an_amount_only_the_lowest_band_counts(caller: Caller) -> None:
    await put(caller, "PAY", "0.01")
    assert (await found(caller, None, None)).policy is None
    await put(caller, "ALL")
    assert (await found(caller, None, None)).policy == "ALL"


async def test_a_policy_begins_on_its_day_in_the_company(caller: Caller) -> None:
    await put(caller, "TOMORROW", valid_from=TODAY + timedelta(days=2))
    assert (await found(caller, "1")).policy is None


async def test_a_process_that_asks_again_is_answered_the_same_whatever_the_policy_says_now(
    caller: Caller,
) -> None:
    await put(caller, "PAY")
    call = once(caller)
    ask = FindLevels(kind="payment_run", amount=Decimal(1), currency="EUR", **APART)
    before = await find_levels(call, ask)
    await put(caller, "PAY", levels=[{"role": "viewer"}, {"role": "operator"}])

    assert await find_levels(call, ask) == before
    assert [level.role for level in (await found(caller, "1")).levels] == ["viewer", "operator"]


async def test_the_operation_itself_refuses_what_no_policy_may_say(caller: Caller) -> None:
    await put(caller, "PAY")
    with pytest.raises(AmbiguousPolicy):
        await put(caller, "OTHER")
    with pytest.raises(UnknownRole):
        await put(caller, "OTHER", "1", levels=[{"role": "nobody"}, {"role": "viewer"}])


@pytest.mark.parametrize("change", ["blocked = false", "from_amount = -1", "levels = '[]'"])
async def test_the_table_refuses_a_second_of_the_same_band_and_one_that_asks_nobody(
    database: Database, caller: Caller, change: str
) -> None:
    await put(caller, "PAY")
    await put(caller, "OTHER", blocked=True)

    with pytest.raises(PostgresError, match="approval_policy_"):
        async with database.write(caller.company, "a tester") as tx:
            await tx.execute(text(f"UPDATE identity.approval_policy SET {change} WHERE code = 'OTHER'"))
