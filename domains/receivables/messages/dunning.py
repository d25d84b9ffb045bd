"""Dunning: reminders of what is overdue, level by level, with fees and interest."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.messages import Amount, Code, Message, Name, Percent, ShownAmount, Text


class LevelText(Message):
    """What a letter says, in one language."""

    language: Annotated[str, Field(pattern="^(de|en)$")]
    title: Name
    text: Text


class DunningLevel(Message):
    """One level: when its letter is due, what it costs, what it says."""

    days_overdue: Annotated[int, Field(ge=1, le=3650)]
    """Of the item that is overdue the longest."""
    min_days_since_last_letter: Annotated[int, Field(ge=1, le=365)] = 7
    days_to_pay: Annotated[int, Field(ge=0, le=365)] = 7
    """From the letter's day; its fee and interest fall due then."""
    fee_amount: Annotated[Amount, Field(ge=0)] = Decimal(0)
    """Once per letter, in the company's currency."""
    interest_percent: Percent = Decimal(0)
    """Per year, on what is overdue, actual days/365."""
    texts: Annotated[tuple[LevelText, ...], Field(min_length=1)]
    """The first is for customers whose language is not among them."""


class PutDunningProcedure(Message):
    """How customers are reminded. Without levels they are not: so some are left out."""

    code: Code
    name: Name
    is_default: bool = False
    """For every customer that no procedure names."""
    customers: tuple[Code, ...] = ()
    """Those that it is for."""
    levels: Annotated[tuple[DunningLevel, ...], Field(max_length=9)] = ()


class LoadDunningProcedure(Message):
    """Load a procedure of three levels; one that is there already stays as it is."""

    template: Annotated[str, Field(pattern="^standard$")] = "standard"


class DunningProcedurePut(Message):
    """The procedure is written."""

    code: str
    created: bool


class FindOverdue(Message):
    """Which customers are to be reminded from a day on; so many at once, after the one given."""

    on: date
    after: str = ""


class OverdueCustomer(Message):
    """A customer with something overdue, and with no dunning that runs."""

    customer_code: str
    first_item_id: UUID
    """What has been overdue the longest."""


class OverdueFound(Message):
    """Some of the customers, by code; `is_all` when there are no more after them."""

    customers: tuple[OverdueCustomer, ...]
    is_all: bool


class BeginDunning(Message):
    """Begin to remind a customer, unless it is being reminded."""

    dunning_id: UUID
    customer_code: Code
    process_id: str
    begun_on: date
    """The day that the run was scheduled for."""


class DunningBegun(Message):
    """Whether it was begun; not when another dunning of the customer runs."""

    dunning_id: UUID
    begun: bool


class ReviewDunning(Message):
    """What is to be done on a day."""

    dunning_id: UUID
    on: date


class DunningState(StrEnum):
    """What a dunning waits for, or that it is over."""

    DUE = "due"
    WAITING = "waiting"
    PROMISED = "promised"
    DISPUTED = "disputed"
    LAST_LEVEL = "last_level"
    PAID = "paid"
    EXCLUDED = "excluded"
    ENDED = "ended"


class DunningReview(Message):
    """Where a dunning stands: what is due next, and on which day; amounts in the company's currency."""

    state: DunningState
    level: int
    """Of the last letter; 0 before the first."""
    next_on: date | None = None
    """The day of the next letter, or the one after the promised day."""
    overdue_amount: ShownAmount = Decimal(0)
    currency: str = ""
    outcome: str = ""
    """How it ended, when it has."""


class PostDunningLetter(Message):
    """Write the next level's letter, if it is due still."""

    dunning_id: UUID
    scheduled_on: date
    """The day it was due by the procedure: there is one letter for it, whenever it is written."""
    written_on: date
    """The letter's date: interest is counted up to it, and it must be in an open period."""


class PostedLetter(Message):
    """A letter in one currency, as posted."""

    letter_id: UUID
    letter_number: str
    currency: str
    fee_amount: ShownAmount
    interest_amount: ShownAmount
    total_amount: ShownAmount


class DunningLettersPosted(Message):
    """The letters of a level, one per currency; none when nothing was due any more."""

    level: int
    letters: tuple[PostedLetter, ...]


class DisputeAsked(Message):
    """The customer disputes an invoice, or all of it: no letter speaks of it until it is resumed."""

    invoice_id: UUID | None = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class PromiseAsked(Message):
    """The customer promises to pay until a day, which is waited for."""

    until: date
    reason: Text = ""


class ReasonAsked(Message):
    """Why the dunning goes on, or ends."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class DisputeDunning(DisputeAsked):
    """The dispute, and which dunning it stops."""

    dunning_id: UUID


class PromiseDunning(PromiseAsked):
    """The promise, and which dunning waits for it."""

    dunning_id: UUID
    on: date
    """The day it was made."""


class ResumeDunning(ReasonAsked):
    """Disputes and promises are over."""

    dunning_id: UUID


class EndDunning(Message):
    """No more letters. What was overdue and is not paid is never reminded of again when it is stopped."""

    dunning_id: UUID
    ended_on: date
    outcome: Annotated[str, Field(pattern="^(paid|excluded|stopped)$")]
    reason: Text = ""


class DunningChanged(Message):
    """The dunning as it was changed."""

    dunning_id: UUID
    ended: bool = False


class DunningRunAsked(Message):
    """Begin to remind whoever is to be reminded on a day."""

    on: date | None = None
    """Today when empty."""


class DunningRunProgress(Message):
    """How many dunnings a day's run has begun so far, and whether it is done."""

    on: date
    begun: int
    is_done: bool


class DunningProgress(Message):
    """Where a dunning stands, for whoever just did something to it."""

    dunning_id: UUID
    stage: str
    waiting_on: str | None
    level: int
    next_on: date | None
