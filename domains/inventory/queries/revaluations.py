"""Revaluations, as they are read."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from domains.inventory.tables import Revaluation
from domains.ledger.queries.documents import reversal_of
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class RevaluationView(Message):
    """What is on hand of an item got another unit cost; values in the company's currency."""

    revaluation_id: UUID
    revaluation_number: str
    item_code: str
    revalued_on: date
    quantity: ShownQuantity
    unit_cost: ShownQuantity
    value_before: ShownAmount
    value: ShownAmount
    currency: str
    reason: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


_REVALUATIONS = select(
    *columns_for(
        Revaluation,
        RevaluationView,
        revaluation_id=Revaluation.id,
        revaluation_number=Revaluation.number,
        reversed_by=reversal_of("revaluation", Revaluation.id),
    )
)
REVALUATIONS = Listing(
    name="revaluations",
    about="Revaluations, the newest first.",
    view=RevaluationView,
    rows=_REVALUATIONS,
    filters=(equal(Revaluation.item_code, "item"), *between(Revaluation.revalued_on)),
    sorts=named(Revaluation.revalued_on, Revaluation.number),
    order="-revalued_on",
    unique=(Revaluation.id,),
)


async def revaluation(tx: Transaction, revaluation_id: UUID) -> RevaluationView:
    """One revaluation. Refuses: NotFound."""
    found = await tx.existing(
        _REVALUATIONS.where(Revaluation.id == revaluation_id), f"revaluation {revaluation_id}"
    )
    return RevaluationView(**found._asdict())
