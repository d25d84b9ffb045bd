"""A trip: a document that commits a budget, hands it on to its ticket, and gives it back."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from activities.ledger import posting
from domains.ledger.messages.budgets import CommittedBy, ToCommit
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.messages import Message


class PlanTrip(Message):
    """Legs of a trip, by their number, with the cost centre and the amount of each."""

    trip_id: UUID
    on: date
    legs: dict[int, tuple[str, Decimal]]


class TripPlanned(Message):
    """The budgets that the legs are of."""

    budgets: dict[int, str]


class ChangeTrip(Message):
    """From which day on; which share of each leg is still wanted."""

    trip_id: UUID
    ticket_id: UUID | None = None
    on: date
    wanted: dict[int, Decimal] = Field(default_factory=dict)


@operation("tests.plan_trip")
async def plan_trip(tx: Transaction, plan: PlanTrip) -> TripPlanned:
    """Commit what the legs will cost. Refuses: BudgetExceeded."""
    wanted = [
        ToCommit(number, f"legs.{number}", cost_centre, plan.on, amount)
        for number, (cost_centre, amount) in plan.legs.items()
    ]
    document = CommittedBy("trip", plan.trip_id)
    return TripPlanned(budgets=dict(await posting.commit_budgets(tx, document, wanted, on=plan.on)))


@operation("tests.book_trip")
async def book_trip(tx: Transaction, change: ChangeTrip) -> ChangeTrip:
    """The ticket takes over what the trip has committed, with numbers that are ten higher."""
    assert change.ticket_id is not None
    before, after = CommittedBy("trip", change.trip_id), CommittedBy("ticket", change.ticket_id)
    lines = {number: number + 10 for number in change.wanted}
    await posting.hand_commitments_on(tx, before, after, lines, on=change.on)
    return change


@operation("tests.shorten_trip")
async def shorten_trip(tx: Transaction, change: ChangeTrip) -> ChangeTrip:
    """Give back what is not wanted any more."""
    document = CommittedBy("trip", change.trip_id)
    await posting.give_commitments_back(tx, document, change.wanted, on=change.on)
    return change
