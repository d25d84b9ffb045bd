"""Revaluations, as they are read."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from domains.inventory.queries.stock import sorting
from domains.inventory.tables import Revaluation
from domains.ledger.queries.documents import reversal_of
from domains.ledger.queries.filters import between, facts, matching
from foundation.database.connections import rows_of
from foundation.database.transaction import Row, Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount, ShownQuantity

_REVALUATIONS = select(
    *rows_of(Revaluation).c, reversal_of("revaluation", Revaluation.id).label("reversed_by")
)


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


def revaluations(
    *,
    item_code: str | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Revaluations, the newest first."""
    wanted = between(
        matching(_REVALUATIONS, {Revaluation.item_code: item_code}), Revaluation.revalued_on, since, until
    )
    columns = {"revalued_on": Revaluation.revalued_on, "number": Revaluation.number}
    return wanted.order_by(sorting(sort, columns, "-revalued_on"), Revaluation.id)


def revaluation_view(row: Row) -> RevaluationView:
    """One row of `revaluations`."""
    return RevaluationView(
        revaluation_id=row.id, revaluation_number=row.number, **facts(row, RevaluationView)
    )


async def revaluation(tx: Transaction, revaluation_id: UUID) -> RevaluationView:
    """One revaluation. Refuses: NotFound."""
    found = (await tx.execute(_REVALUATIONS.where(Revaluation.id == revaluation_id))).one_or_none()
    if found is None:
        raise NotFound(f"there is no revaluation {revaluation_id}")
    return revaluation_view(found)
