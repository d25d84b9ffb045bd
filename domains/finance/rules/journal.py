"""Journal entries: signed lines that add up to zero, in an open period, on accounts that may be posted to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domains.finance.messages import AccountRole, EntryLine
from foundation.errors import BusinessError, Refusals
from foundation.money import ZERO, rounded


class Unbalanced(BusinessError):
    """Debits and credits of the entry differ."""


class NoFiscalYear(BusinessError):
    """The day is in no fiscal year; open one with POST /v1/fiscal-years."""


class PeriodLocked(BusinessError):
    """The day is in a period that has been closed."""

    status = 409


class NoAccountFor(BusinessError):
    """No account has the role that a posting needs; give one the role with PATCH /v1/accounts."""


class NotReversible(BusinessError):
    """The entry was posted by a document, and is taken back by the document's own correction."""

    status = 409


@dataclass(frozen=True)
class Line:
    """One line as it is posted: debit positive, in the entry's currency and in the company's."""

    account_code: str
    amount: Decimal
    base_amount: Decimal
    text: str = ""
    party_code: str | None = None


@dataclass(frozen=True)
class Period:
    """A fiscal year, and how far it is locked."""

    fiscal_year: str
    locked_through: date | None


def check_period(period: Period | None, on: date) -> str:
    """The fiscal year in which a day may be posted to. Refuses: NoFiscalYear, PeriodLocked."""
    if period is None:
        raise NoFiscalYear(f"{on} is in no fiscal year: open one with POST /v1/fiscal-years")
    if period.locked_through is not None and on <= period.locked_through:
        raise PeriodLocked(
            f"{on} is in a closed period: {period.fiscal_year} is locked through {period.locked_through}"
        )
    return period.fiscal_year


def account_of(accounts: Mapping[str, str], role: AccountRole) -> str:
    """The account with a role. Refuses: NoAccountFor."""
    if role not in accounts:
        raise NoAccountFor(f"no account has the role {role}: give one the role with PATCH /v1/accounts/…")
    return accounts[role]


def without_zeros(lines: Iterable[Line]) -> list[Line]:
    """The lines that move anything."""
    return [line for line in lines if line.amount or line.base_amount]


def balanced_in_base(lines: Sequence[Line], account_code: str) -> list[Line]:
    """The lines, with what rounding into the company's currency left over on an account of its own."""
    difference = sum((line.base_amount for line in lines), ZERO)
    if not difference:
        return list(lines)
    return [*lines, Line(account_code, ZERO, -difference, "rounding of the exchange rate")]


def mirrored(lines: Iterable[Line]) -> list[Line]:
    """The lines that take an entry back."""
    return [replace(line, amount=-line.amount, base_amount=-line.base_amount) for line in lines]


def manual_lines(
    asked: Sequence[EntryLine], *, rate: Decimal, base_currency: str, known_accounts: Mapping[str, bool]
) -> list[Line]:
    """The lines of an entry that a person wrote, converted at the day's rate where no base amount is given.

    `known_accounts` tells of every account whether it is blocked. Refuses: Invalid, Unbalanced.
    """
    refusals = Refusals()
    lines: list[Line] = []
    for position, line in enumerate(asked):
        if line.account_code not in known_accounts:
            refusals.add(f"lines.{position}.account_code", f"there is no account {line.account_code}")
        elif known_accounts[line.account_code]:
            refusals.add(f"lines.{position}.account_code", f"account {line.account_code} is blocked")
        base = (
            line.base_amount if line.base_amount is not None else rounded(line.amount / rate, base_currency)
        )
        lines.append(Line(line.account_code, line.amount, base, line.text, line.party_code))
    refusals.raise_if_any()
    for amounts, what in (
        ([x.amount for x in lines], "the lines"),
        ([x.base_amount for x in lines], base_currency),
    ):
        if difference := sum(amounts, ZERO):
            raise Unbalanced(f"{what}: debits and credits differ by {difference:f}; they must add up to zero")
    if not any(line.amount or line.base_amount for line in lines):
        raise Unbalanced("an entry needs at least two lines that move something")
    return lines
