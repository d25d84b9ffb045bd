"""Dunning: reminders of what is overdue, level by level, with fees and interest."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.process.run_messages import ListSome, RunProgress
from foundation.values.messages import Amount, Code, ComposedText, Message, Name, Percent, ShownAmount, Text


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


class ListOverdue(ListSome):
    """List who is to be reminded on a day, or may be: the parties behind `last`, by code."""

    on: date


class RemindCustomer(Message):
    """Do what is to be done for a customer on a day: begin to remind it, write a letter, or end it."""

    POSTED_ON = "today"

    customer_code: Code
    on: date
    """The day that the run is for: a dunning begins on it."""
    first_item_id: UUID | None = None
    """What has been overdue the longest, of a customer that is not reminded yet."""
    today: date
    """When it is done: a letter's date, up to which interest is counted, in an open period."""


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


class PostedLetter(Message):
    """A letter in one currency, as posted."""

    letter_id: UUID
    letter_number: str
    currency: str
    fee_amount: ShownAmount
    interest_amount: ShownAmount
    total_amount: ShownAmount


class CustomerReminded(Message):
    """What a customer's dunning waits for now, and the letters that were written, one for each currency."""

    customer_code: str
    dunning_id: UUID | None
    """None when nothing is overdue any more, and so none was begun."""
    state: DunningState
    level: int
    """Of the last letter; 0 before the first."""
    next_on: date | None
    """The day of the next letter, or the one after the promised day."""
    letters: tuple[PostedLetter, ...] = ()


class DisputeAsked(Message):
    """The customer disputes an invoice, or all of it: no letter speaks of it until it is resumed."""

    invoice_id: UUID | None = None
    reason: Annotated[Text, Field(min_length=1)]


class PromiseAsked(Message):
    """The customer promises to pay until a day, which is waited for."""

    until: date
    reason: Text = ""


class ReasonAsked(Message):
    """Why the dunning goes on, or ends."""

    reason: Annotated[Text, Field(min_length=1)]


class StopAsked(ReasonAsked):
    """Write no more letters."""

    stopped_on: date | None = None
    """Today when empty: what is overdue then is never reminded of again."""


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
    reason: ComposedText = ""


class DunningChanged(Message):
    """The dunning as it was changed."""

    dunning_id: UUID
    ended: bool = False


class DunningRunAsked(Message):
    """Begin to remind whoever is to be reminded on a day."""

    on: date | None = None
    """Today when empty."""


class DunningRunProgress(RunProgress):
    """How far a day's run has come, customer by customer."""

    on: date
