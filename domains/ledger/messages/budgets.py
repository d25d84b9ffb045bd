"""Cost centres, what may be spent for one in a period, and what of it is committed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Code, Message, Name, ShownAmount

COST_CENTRE = "cost_centre"
"""The dimension that cost centres are values of."""


class PutCostCentre(Message):
    """A cost centre: journal lines name it as the dimension `cost_centre`, and budgets are for one."""

    code: Code
    name: Name
    blocked: bool = False


class CostCentrePut(Message):
    """It is written down; whether it is new."""

    dimension: str = COST_CENTRE
    code: str
    created: bool


class PutBudget(Message):
    """What may be committed for a cost centre from a day to a day, in the company's currency."""

    code: Code
    name: Name
    cost_centre: Code
    starts_on: date
    ends_on: date
    """Both days belong to it."""
    amount: Annotated[ShownAmount, Field(ge=0, max_digits=18, decimal_places=4)]
    """Rounded half-up to the currency's minor unit."""


class BudgetPut(Message):
    """It is written down; whether it is new."""

    code: str
    cost_centre: str
    starts_on: date
    ends_on: date
    amount: ShownAmount
    committed_amount: ShownAmount
    created: bool


class BudgetChangedEvent(PublicEvent, name="ledger.budget_changed"):
    """A budget is new or was changed."""

    code: str
    cost_centre: str
    starts_on: date
    ends_on: date
    amount: ShownAmount
    committed_amount: ShownAmount
    created: bool


@dataclass(frozen=True)
class ToCommit:
    """What a line of a document is about to commit, in the company's currency."""

    line_number: int
    field: str
    """Where the request has the line: a refusal names it."""
    cost_centre: str
    on: date
    """The day on which it is wanted: it says which budget counts."""
    amount: Decimal
    day_field: str = ""
    """Where the request has that day, when it has one for the line."""


@dataclass(frozen=True)
class CommittedBy:
    """The document that commits: as budgets name it."""

    document_type: str
    document_id: UUID
