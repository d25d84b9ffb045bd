"""Budgets: committed within their amount, however many ask at once; handed on, and given back."""

import asyncio
import random
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities.ledger.budgets import put_budget, put_cost_centre
from domains.ledger.messages.budgets import BudgetPut, PutBudget, PutCostCentre
from domains.ledger.queries import budgets as queries
from domains.ledger.rules.budgets import BudgetExceeded, BudgetInUse, BudgetsOverlap, NoBudgetOnDay
from foundation.database.connections import database
from foundation.values.errors import Invalid
from tests.activities.ledger.test_many_at_once import at_once
from tests.activities.ledger.trip import ChangeTrip, PlanTrip, TripPlanned, book_trip, plan_trip, shorten_trip
from tests.builders.finance import Accountant

DAY, LATER = date(2026, 3, 2), date(2026, 3, 20)


async def budgeted(accountant: Accountant, amount: str = "100", **changes: Any) -> BudgetPut:
    """The workshop's budget of the year, unless it is said."""
    facts: dict[str, Any] = {"code": "SHOP-26", "name": "Workshop", "cost_centre": "SHOP"}
    facts |= {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "amount": Decimal(amount)}
    put = PutBudget(**facts | changes)
    await put_cost_centre(accountant.call(), PutCostCentre(code=put.cost_centre, name="Shop"))
    return await put_budget(accountant.call(), put)


async def planned(
    accountant: Accountant, *amounts: str, on: date = DAY, trip: UUID | None = None, key: str | None = None
) -> TripPlanned:
    """A trip of the workshop with legs that cost so much."""
    legs = {number: ("SHOP", Decimal(amount)) for number, amount in enumerate(amounts, start=1)}
    return await plan_trip(accountant.call(key), PlanTrip(trip_id=trip or uuid4(), on=on, legs=legs))


async def committed(accountant: Accountant, code: str = "SHOP-26", *, as_of: date | None = None) -> Decimal:
    """What is committed of a budget: as its row says, or at the end of a day, as the report does."""
    async with database().read(accountant.caller.company) as tx:
        if as_of is None:
            known = await queries.budget(tx, code)
            assert known is not None
            return known.committed_amount
        report = await queries.budget_report(tx, as_of)
        return next(one.committed_amount for one in report.budgets if one.code == code)


async def test_of_fifty_at_once_at_sixty_per_cent_one_passes(accountant: Accountant) -> None:
    await budgeted(accountant, "100")

    answers = await at_once([planned(accountant, "60") for _ in range(50)])

    assert len([answer for answer in answers if isinstance(answer, TripPlanned)]) == 1
    assert len([answer for answer in answers if isinstance(answer, BudgetExceeded)]) == 49
    assert await committed(accountant) == 60


async def test_whatever_is_asked_at_once_for_several_budgets_nobody_waits_in_a_circle(
    accountant: Accountant,
) -> None:
    codes = ["SHOP", "SALES", "STORE"]
    for code in codes:
        await budgeted(accountant, "100", code=f"{code}-26", cost_centre=code)
    chance = random.Random(7)  # No secret.

    def a_trip() -> PlanTrip:
        order = chance.sample(codes, k=3)
        return PlanTrip(
            trip_id=uuid4(),
            on=DAY,
            legs={number: (code, Decimal(7)) for number, code in enumerate(order, start=1)},
        )

    answers = await at_once([plan_trip(accountant.call(), a_trip()) for _ in range(40)])

    assert len([answer for answer in answers if isinstance(answer, TripPlanned)]) == 14
    assert len([answer for answer in answers if isinstance(answer, BudgetExceeded)]) == 26
    assert [await committed(accountant, f"{code}-26") for code in codes] == [98, 98, 98]


async def test_every_line_that_is_too_much_is_named_and_nothing_is_committed(accountant: Accountant) -> None:
    await budgeted(accountant, "100")

    with pytest.raises(
        BudgetExceeded, match="budget SHOP-26 of SHOP has 40 left, and 50 is needed"
    ) as refusal:
        await planned(accountant, "60", "50", "40", "1")

    assert [error.field for error in refusal.value.errors] == ["legs.2", "legs.4"]
    assert await committed(accountant) == 0


async def test_to_the_last_cent_is_within_and_a_cent_more_is_not(accountant: Accountant) -> None:
    await budgeted(accountant, "100")

    assert (await planned(accountant, "60", "40")).budgets == {1: "SHOP-26", 2: "SHOP-26"}
    with pytest.raises(BudgetExceeded):
        await planned(accountant, "0.01")


async def test_a_cost_centre_that_has_budgets_commits_nothing_on_a_day_without_one(
    accountant: Accountant,
) -> None:
    assert (await planned(accountant, "1000000")).budgets == {}, "it has none at all"
    await budgeted(accountant, "100", ends_on=date(2026, 3, 2))

    for day in (date(2025, 12, 31), date(2026, 3, 3)):
        with pytest.raises(NoBudgetOnDay, match=f"SHOP has no budget for {day}") as refusal:
            await planned(accountant, "60", "0", "1", on=day)
        assert [error.field for error in refusal.value.errors] == ["legs.1", "legs.3"]
    assert (await planned(accountant, "100", on=date(2026, 3, 2))).budgets == {1: "SHOP-26"}


async def test_twice_with_one_key_commits_once(accountant: Accountant) -> None:
    await budgeted(accountant, "100")
    trip = uuid4()

    answers = [await planned(accountant, "60", trip=trip, key="one key") for _ in range(2)]

    assert answers[0] == answers[1]
    assert await committed(accountant) == 60


async def test_what_follows_takes_it_over_and_gives_back_what_is_not_wanted(accountant: Accountant) -> None:
    await budgeted(accountant, "100")
    trip, ticket = uuid4(), uuid4()
    await planned(accountant, "50", "33.33", "10", trip=trip)

    some = ChangeTrip(trip_id=trip, on=LATER, wanted={2: Decimal("0.5"), 3: Decimal(1)})
    for _ in range(2):  # Twice is once.
        await shorten_trip(accountant.call(), some)
    assert await committed(accountant) == Decimal("26.67")  # 16.665 is kept as 16.67.
    every = ChangeTrip(trip_id=trip, ticket_id=ticket, on=LATER, wanted={2: Decimal(1), 3: Decimal(1)})
    await book_trip(accountant.call(), every)
    assert await committed(accountant) == Decimal("26.67")
    await shorten_trip(accountant.call(), ChangeTrip(trip_id=trip, on=LATER))
    assert await committed(accountant) == Decimal("26.67"), "the ticket has it"
    await shorten_trip(accountant.call(), ChangeTrip(trip_id=ticket, on=LATER))
    assert await committed(accountant) == Decimal("26.67"), "another kind of document has this id"


async def test_what_was_committed_on_a_day_stays_known(accountant: Accountant) -> None:
    await budgeted(accountant, "100")
    trip = uuid4()
    await planned(accountant, "60", trip=trip)
    await shorten_trip(accountant.call(), ChangeTrip(trip_id=trip, on=LATER))

    days = [date(2026, 3, 1), DAY, date(2026, 3, 19), LATER]
    assert [await committed(accountant, as_of=day) for day in days] == [0, 60, 60, 0]


async def test_a_budget_does_not_go_below_what_is_committed_also_at_once(accountant: Accountant) -> None:
    await budgeted(accountant, "100")

    lowered, _ = await asyncio.gather(
        budgeted(accountant, "59"), planned(accountant, "60"), return_exceptions=True
    )

    assert await committed(accountant) == (60 if isinstance(lowered, BudgetInUse) else 0)
    if isinstance(lowered, BudgetInUse):
        assert [error.field for error in lowered.errors] == ["amount"]
    assert (await budgeted(accountant, "60")).amount == 60


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"ends_on": date(2026, 3, 1)}, ["ends_on"]),
        ({"cost_centre": "SALES", "starts_on": date(2026, 3, 3)}, ["cost_centre", "starts_on"]),
        ({"amount": Decimal("59.99")}, ["amount"]),
    ],
)
async def test_what_is_committed_stays_in_its_budget(
    accountant: Accountant, changes: dict[str, Any], fields: list[str]
) -> None:
    await budgeted(accountant, "100")
    await planned(accountant, "60")

    with pytest.raises(BudgetInUse) as refusal:
        await budgeted(accountant, **changes)

    assert [error.field for error in refusal.value.errors] == fields


async def test_a_budget_is_ended_after_what_is_committed_and_another_follows(accountant: Accountant) -> None:
    await budgeted(accountant, "100")
    march, june = uuid4(), uuid4()
    await planned(accountant, "60", trip=march)
    await planned(accountant, "40", trip=june, on=date(2026, 6, 30))

    with pytest.raises(BudgetInUse, match="committed for 2026-06-30"):
        await budgeted(accountant, ends_on=date(2026, 6, 29))
    await shorten_trip(accountant.call(), ChangeTrip(trip_id=june, on=LATER))
    await budgeted(accountant, starts_on=DAY, ends_on=DAY)
    following = await budgeted(accountant, code="NEXT", starts_on=LATER)

    assert (await planned(accountant, "100", on=LATER)).budgets == {1: "NEXT"}
    assert following.starts_on == LATER
    assert await committed(accountant) == 60
    with pytest.raises(BudgetInUse) as refusal:
        await budgeted(accountant, cost_centre="SALES", starts_on=DAY, ends_on=DAY)
    assert [error.field for error in refusal.value.errors] == ["cost_centre"]


async def test_a_cost_centre_has_one_budget_on_a_day_also_at_once(accountant: Accountant) -> None:
    await budgeted(accountant, ends_on=date(2026, 6, 30))
    next_half: dict[str, Any] = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 12, 31)}

    with pytest.raises(BudgetsOverlap) as refusal:
        await budgeted(accountant, code="OTHER", starts_on=date(2026, 6, 30))
    assert [error.field for error in refusal.value.errors] == ["starts_on", "ends_on"]
    others = [budgeted(accountant, code=f"NEXT-{number}", **next_half) for number in range(8)]
    answers = await asyncio.gather(*others, return_exceptions=True)
    assert sum(isinstance(answer, BudgetPut) for answer in answers) == 1
    assert sum(isinstance(answer, BudgetsOverlap) for answer in answers) == 7


async def test_what_cannot_be_is_refused(accountant: Accountant) -> None:
    with pytest.raises(Invalid, match="ends_on: before the first day, 2026-01-01"):
        await budgeted(accountant, ends_on=date(2025, 12, 31))
    await put_cost_centre(accountant.call(), PutCostCentre(code="CLOSED", name="Closed", blocked=True))
    for code in ("CLOSED", "GHOST"):
        budget = {"name": "B", "starts_on": DAY, "ends_on": DAY, "amount": Decimal(1)}
        with pytest.raises(Invalid, match=f"there is no cost centre {code}"):
            await put_budget(accountant.call(), PutBudget(code="B", cost_centre=code, **budget))


COMMIT = """
    INSERT INTO ledger.budget_commitment (budget_code, document_type, document_id, line_number, amount,
        committed_on, wanted_on)
    VALUES ('SHOP-26', 'trip', '00000000-0000-4000-8000-000000000001', 1, {amount}, '2026-03-02', {wanted_on})
"""


def commit(amount: str, wanted_on: str = "2026-03-02") -> str:
    """A row that commits so much for a day."""
    return COMMIT.format(amount=amount, wanted_on=f"'{wanted_on}'")


SEEDED = {
    "committed_within": [commit("100.01")],
    "gives back more than": [commit("10"), commit("-10.01")],
    "commits_something": [commit("0")],
    "is not for 2027-01-01": [commit("10", "2027-01-01")],
    "something is committed for another day": [
        commit("10"),
        "UPDATE ledger.budget SET ends_on = '2026-03-01' WHERE code = 'SHOP-26'",
    ],
    "another one for some of its days": [
        """INSERT INTO ledger.budget (code, name, cost_centre, starts_on, ends_on, amount)
        VALUES ('B', 'B', 'SHOP', '2026-12-31', '2027-01-01', 1)"""
    ],
    "are only added|permission denied": ["UPDATE ledger.budget_commitment SET amount = 1"],
}


@pytest.mark.parametrize("why", SEEDED)
async def test_the_database_refuses_it_too(accountant: Accountant, why: str) -> None:
    await budgeted(accountant, "100")

    with pytest.raises(PostgresError, match=why):
        async with database().write(accountant.caller.company, "tests") as tx:
            for statement in SEEDED[why]:
                await tx.execute(text(statement))
