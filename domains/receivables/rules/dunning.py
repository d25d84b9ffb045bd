"""Dunning: when a letter is due, what it lists, and what it charges.

Only invoices make a letter due. Fees and interest of earlier letters are listed until they are paid, but bear
no interest themselves (German Civil Code, § 289) and do not keep a dunning going. Money on account counts as
if it had been used for what has been overdue the longest.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from uuid import UUID, uuid5

from domains.ledger.messages import AccountRole, Line, Role, customer
from domains.ledger.rules.journal import balanced_in_base
from domains.receivables.messages import (
    DunningLevel,
    DunningState,
    LevelText,
    PutDunningProcedure,
    ReceivablesRole,
)
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO, percent_of, rounded

A_DAY = timedelta(days=1)
DAYS_OF_A_YEAR = 365


class DunningIsOver(BusinessError):
    """The dunning has ended; nothing can be done to it any more."""

    status = 409


class NothingToDispute(BusinessError):
    """Nothing is open on the invoice, or it is not this customer's."""

    status = 409


class PositionKind(StrEnum):
    """What an open item is of."""

    INVOICE = "invoice"
    CHARGE = "charge"
    ON_ACCOUNT = "on_account"


@dataclass(frozen=True)
class OpenPosition:
    """An open item of the customer; money on account is negative."""

    item_id: UUID
    kind: PositionKind
    document_number: str
    document_on: date
    due_on: date
    currency: str
    open_amount: Decimal
    base_open_amount: Decimal
    hold: str | None = None
    """`disputed` or `stopped`: no letter speaks of it."""
    interest_until: date | None = None
    """The last day for which an earlier letter charged interest."""

    def is_overdue(self, on: date) -> bool:
        """Whether it is an invoice that should have been paid before a day."""
        return self.kind is PositionKind.INVOICE and self.due_on < on


@dataclass(frozen=True)
class Standing:
    """How far a dunning has come."""

    begun_on: date
    level: int = 0
    last_letter_on: date | None = None
    promised_until: date | None = None
    is_disputed: bool = False
    has_ended: bool = False


@dataclass(frozen=True)
class LetterLine:
    """What a letter says of an open item; `interest_from` is the first day that interest is charged for."""

    position: OpenPosition
    interest_from: date | None = None
    interest_until: date | None = None
    interest_amount: Decimal = ZERO


@dataclass(frozen=True)
class LetterFigures:
    """A letter in one currency, with all its figures."""

    currency: str
    rate: Decimal
    lines: tuple[LetterLine, ...]
    fee_amount: Decimal

    @property
    def interest_amount(self) -> Decimal:
        """The interest of all lines, each rounded by itself."""
        return sum((line.interest_amount for line in self.lines), ZERO)

    @property
    def charge_amount(self) -> Decimal:
        """What the letter itself adds to what is owed."""
        return self.fee_amount + self.interest_amount

    @property
    def overdue_amount(self) -> Decimal:
        """What is open of the invoices that it lists."""
        invoices = (line.position for line in self.lines if line.position.kind is PositionKind.INVOICE)
        return sum((position.open_amount for position in invoices), ZERO)

    @property
    def total_amount(self) -> Decimal:
        """What is to be paid: all lines, fee and interest."""
        return sum((line.position.open_amount for line in self.lines), self.charge_amount)


def check_procedure(
    procedure: PutDunningProcedure, *, known: Collection[str], elsewhere: Mapping[str, str]
) -> None:
    """Levels come one after the other, and a customer has one procedure. Refuses: Invalid."""
    refusals = Refusals()
    for position, (before, level) in enumerate(pairwise(procedure.levels), start=1):
        if level.days_overdue <= before.days_overdue:
            refusals.add(f"levels.{position}.days_overdue", "a level is due later than the one before it")
    for position, level in enumerate(procedure.levels):
        languages = [text.language for text in level.texts]
        if len(set(languages)) < len(languages):
            refusals.add(f"levels.{position}.texts", "one text for each language")
    for position, code in enumerate(procedure.customers):
        if code not in known:
            refusals.add(f"customers.{position}", f"there is no customer {code}")
        elif code in elsewhere:
            refusals.add(f"customers.{position}", f"{code} has the procedure {elsewhere[code]}")
        elif code in procedure.customers[:position]:
            refusals.add(f"customers.{position}", f"{code} is named twice")
    refusals.raise_if_any()


def text_in(level: DunningLevel, language: str) -> LevelText:
    """What a letter of the level says in a language; else in the first that there is."""
    return next((text for text in level.texts if text.language == language), level.texts[0])


def demanded(positions: Sequence[OpenPosition], on: date) -> list[OpenPosition]:
    """The overdue invoices that letters speak of, the oldest due first.

    None in a currency in which the customer has as much on account.
    """
    overdue = [position for position in positions if position.is_overdue(on) and position.hold is None]
    left = {currency: money for currency, money in _on_account(positions).items() if money}
    for position in overdue:
        if position.currency in left:
            left[position.currency] -= position.open_amount
    covered = [currency for currency, money in left.items() if money >= 0]
    still = (position for position in overdue if position.currency not in covered)
    return sorted(still, key=lambda position: (position.due_on, position.document_number))


def _on_account(positions: Iterable[OpenPosition]) -> dict[str, Decimal]:
    money: dict[str, Decimal] = {}
    for position in positions:
        if position.kind is PositionKind.ON_ACCOUNT:
            money[position.currency] = money.get(position.currency, ZERO) - position.open_amount
    return money


def review(
    levels: Sequence[DunningLevel], standing: Standing, positions: Sequence[OpenPosition], on: date
) -> tuple[DunningState, date | None]:
    """What a dunning waits for on a day, and until which day.

    The next letter is due when the oldest overdue item has reached the level's days, and so many days have
    passed since the last letter; after a promise, on the day that follows it.
    """
    if standing.has_ended:
        return DunningState.ENDED, None
    if not levels:
        return DunningState.EXCLUDED, None
    owed = demanded(positions, on)
    disputed = any(position.is_overdue(on) and position.hold == "disputed" for position in positions)
    if not owed and not disputed:
        return DunningState.PAID, None
    if standing.is_disputed or not owed:
        return DunningState.DISPUTED, None
    if standing.promised_until is not None and standing.promised_until >= on:
        return DunningState.PROMISED, standing.promised_until + A_DAY
    if standing.level >= len(levels):
        return DunningState.LAST_LEVEL, None
    next_on = next_letter_on(levels[standing.level], standing, owed[0].due_on)
    return (DunningState.DUE if next_on <= on else DunningState.WAITING), next_on


def dunning_id_of(first_item_id: UUID, on: date) -> UUID:
    """The dunning that a day's run begins for what has been overdue the longest."""
    return uuid5(first_item_id, f"dunning from {on}")


@dataclass(frozen=True)
class ShownStage:
    """Where a dunning stands, in words, and who is to do something."""

    stage: str
    waiting_on: str | None


def stage_of(
    standing: Standing, outcome: str | None, levels: int, *, all_disputed: bool, on: date
) -> ShownStage:
    """What a dunning waits for on a day, and on whom; `levels` is how many its procedure has."""
    if standing.has_ended:
        return ShownStage(outcome or "", None)
    if standing.is_disputed or all_disputed:
        return ShownStage("disputed", "accountant")
    if standing.promised_until is not None and standing.promised_until >= on:
        return ShownStage("promised to pay", "customer")
    if standing.level >= levels:
        return ShownStage("waiting for a decision", "accountant")
    reminded = f"reminded, level {standing.level}" if standing.level else "waiting for the first letter"
    return ShownStage(reminded, "customer")


def next_letter_on(level: DunningLevel, standing: Standing, oldest_due_on: date) -> date:
    """The day of the next letter."""
    days = [standing.begun_on, oldest_due_on + timedelta(days=level.days_overdue)]
    if standing.last_letter_on is not None:
        days.append(standing.last_letter_on + timedelta(days=level.min_days_since_last_letter))
    if standing.promised_until is not None:
        days.append(standing.promised_until + A_DAY)
    return max(days)


def letters(
    level: DunningLevel,
    positions: Sequence[OpenPosition],
    on: date,
    *,
    rates: Mapping[str, Decimal],
    own_currency: str,
) -> list[LetterFigures]:
    """The letters of a level, one for each currency in which something is overdue.

    The fee is charged once, in the customer's own currency if there is a letter in it; it is converted at
    the day's rate (units of the currency for one of the company's).
    """
    owed = demanded(positions, on)
    currencies = sorted({position.currency for position in owed})
    with_fee = own_currency if own_currency in currencies else next(iter(currencies), "")
    fees = {with_fee: level.fee_amount}
    return [
        LetterFigures(
            currency=currency,
            rate=rates[currency],
            lines=tuple(_lines(level, owed, positions, currency, on)),
            fee_amount=rounded(fees.get(currency, ZERO) * rates[currency], currency),
        )
        for currency in currencies
    ]


def _lines(
    level: DunningLevel,
    owed: Sequence[OpenPosition],
    positions: Sequence[OpenPosition],
    currency: str,
    on: date,
) -> Iterable[LetterLine]:
    credit = _on_account(positions).get(currency, ZERO)
    for position in owed:
        if position.currency == currency:
            covered = min(credit, position.open_amount)
            credit -= covered
            yield _with_interest(position, position.open_amount - covered, level.interest_percent, on)
    for kind in (PositionKind.CHARGE, PositionKind.ON_ACCOUNT):
        yield from (
            LetterLine(position)
            for position in sorted(positions, key=lambda one: (one.document_on, one.document_number))
            if position.kind is kind and position.currency == currency
        )


def _with_interest(position: OpenPosition, amount: Decimal, percent: Decimal, on: date) -> LetterLine:
    charged_until = max(position.due_on, position.interest_until or position.due_on)
    money = interest(amount, percent, (on - charged_until).days, position.currency)
    if not money:
        return LetterLine(position)
    return LetterLine(position, charged_until + A_DAY, on, money)


def interest(amount: Decimal, percent: Decimal, days: int, currency: str) -> Decimal:
    """Simple interest for so many days, actual/365, rounded half-up to the currency's minor unit.

    The day on which something is due does not count, the letter's day does (German Civil Code, § 187 (1)).
    """
    return rounded(percent_of(amount, percent) * max(days, 0) / DAYS_OF_A_YEAR, currency)


def postings(
    letter: LetterFigures, *, base_currency: str, customer_code: str, account: Callable[[Role], str]
) -> list[Line]:
    """The entry: what is charged, receivable against income; no tax, for both are damages and no price."""

    def base(amount: Decimal) -> Decimal:
        return rounded(amount / letter.rate, base_currency)

    if not letter.charge_amount:
        return []
    receivable = account(AccountRole.RECEIVABLE)
    lines = [
        Line(receivable, letter.charge_amount, base(letter.charge_amount), party=customer(customer_code)),
    ]
    for role, amount in (
        (ReceivablesRole.DUNNING_FEES, letter.fee_amount),
        (ReceivablesRole.INTEREST_INCOME, letter.interest_amount),
    ):
        if amount:
            lines.append(Line(account(role), -amount, -base(amount)))
    if letter.currency == base_currency:
        return lines
    return balanced_in_base(lines, account(AccountRole.ROUNDING_DIFFERENCE))
