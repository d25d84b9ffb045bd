"""Journal entries: signed lines that add up to zero, in an open period, on accounts that may be posted to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domains.ledger.messages import AccountRole, EntryLine, Line, Party, Role
from foundation.values.days import DayRefused
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO, rounded


class Unbalanced(BusinessError):
    """Debits and credits of the entry differ."""


class NoFiscalYear(DayRefused):
    """The day is in no fiscal year; open one with POST /v1/fiscal-years."""


class PeriodLocked(DayRefused):
    """The day is in a period that has been closed."""


class NoAccountFor(BusinessError):
    """No account that is open has the role that a posting needs."""


class NotPostable(BusinessError):
    """An account that a document posts to is blocked, or there is no such account."""


@dataclass(frozen=True)
class Period:
    """A fiscal year, and how far it is locked."""

    fiscal_year: str
    locked_through: date | None


class AccountFacts(NamedTuple):
    """What a posting must know of an account."""

    kind: str
    blocked: bool
    subledger: str | None = None
    """Of a control account: whose documents alone post to it."""


@dataclass(frozen=True)
class EntryReferences:
    """What of a person's entry there is: its accounts, parties, and values of dimensions."""

    accounts: Mapping[str, AccountFacts]
    parties: frozenset[Party] = frozenset()
    dimensions: frozenset[tuple[str, str]] = frozenset()


def check_period(period: Period | None, on: date) -> str:
    """The fiscal year in which a day may be posted to. Refuses: NoFiscalYear, PeriodLocked."""
    if period is None:
        raise NoFiscalYear(f"{on} is in no fiscal year: open one with POST /v1/fiscal-years")
    if period.locked_through is not None and on <= period.locked_through:
        raise PeriodLocked(
            f"{on} is in a closed period: {period.fiscal_year} is locked through {period.locked_through}"
        )
    return period.fiscal_year


def account_of(accounts: Mapping[str, str], role: Role) -> str:
    """The account with a role. Refuses: NoAccountFor."""
    if role not in accounts:
        raise NoAccountFor(
            f"no account that is open has the role {role}: give one the role with PATCH /v1/accounts/…"
        )
    return accounts[role]


def check_postable(codes: Iterable[str], accounts: Mapping[str, AccountFacts]) -> None:
    """Every account must be there and open; `accounts` has all that are there. Refuses: NotPostable."""
    for code in sorted(codes):
        if code not in accounts:
            raise NotPostable(f"there is no account {code}: create it with POST /v1/accounts")
        if accounts[code].blocked:
            raise NotPostable(f"account {code} is blocked: open it with PATCH /v1/accounts/{code}")


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
    asked: Sequence[EntryLine],
    *,
    currency: str,
    base_currency: str,
    rate: Decimal,
    known: EntryReferences,
    account: Callable[[Role], str],
) -> list[Line]:
    """The lines of an entry that a person wrote, converted at the day's rate where no base amount is given.

    `rate` is units of the currency for one of the company's. Where every base amount comes from the rate,
    what their rounding leaves over is posted apart. Refuses: Invalid, field by field: accounts that there are
    not, are blocked, or are control accounts; unknown parties and dimensions; Unbalanced, NoAccountFor.
    """
    refusals = Refusals()
    lines: list[Line] = []
    for position, line in enumerate(asked):
        _check_line(refusals, f"lines.{position}", line, currency, base_currency, known)
        converted = rounded(line.amount / rate, base_currency)
        base = converted if line.base_amount is None else line.base_amount
        party = party_of(line)
        lines.append(Line(line.account_code, line.amount, base, line.text, party, line.dimensions))
    refusals.raise_if_any()
    _check_balance((line.amount for line in lines), currency)
    if currency != base_currency and all(line.base_amount is None for line in asked):
        difference = sum((line.base_amount for line in lines), ZERO)
        lines = balanced_in_base(lines, account(AccountRole.ROUNDING_DIFFERENCE)) if difference else lines
    _check_balance((line.base_amount for line in lines), base_currency)
    if not any(line.amount or line.base_amount for line in lines):
        raise Unbalanced("an entry needs at least two lines that move something")
    return lines


def party_of(line: EntryLine) -> Party | None:
    """Whom a line names, if it names anybody in full."""
    if line.party_type is None or line.party_code is None:
        return None
    return Party(line.party_type, line.party_code)


def _check_line(
    refusals: Refusals, where: str, line: EntryLine, currency: str, base_currency: str, known: EntryReferences
) -> None:
    facts = known.accounts.get(line.account_code)
    if facts is None:
        refusals.add(f"{where}.account_code", f"there is no account {line.account_code}")
    elif facts.blocked:
        refusals.add(f"{where}.account_code", f"account {line.account_code} is blocked")
    elif facts.subledger is not None:
        subledger = facts.subledger.replace("_", " ")
        why = (
            f"account {line.account_code} is a control account: only documents of the subledger "
            f"'{subledger}' post to it"
        )
        refusals.add(f"{where}.account_code", why)
    _check_names(refusals, where, line, known)
    _check_amounts(refusals, where, line, currency, base_currency)


def _check_names(refusals: Refusals, where: str, line: EntryLine, known: EntryReferences) -> None:
    if (line.party_type is None) is not (line.party_code is None):
        missing = "party_code" if line.party_code is None else "party_type"
        refusals.add(f"{where}.{missing}", "name a party by its type and its code, or leave both out")
    elif (party := party_of(line)) is not None and party not in known.parties:
        refusals.add(f"{where}.party_code", f"there is no {party.type} {party.code}")
    for dimension, code in line.dimensions.items():
        if (dimension, code) not in known.dimensions:
            refusals.add(f"{where}.dimensions.{dimension}", f"there is no {dimension} {code} that is open")


def _check_amounts(
    refusals: Refusals, where: str, line: EntryLine, currency: str, base_currency: str
) -> None:
    if line.amount != rounded(line.amount, currency):
        refusals.add(f"{where}.amount", f"{currency} has no amount as small as in {line.amount}")
    if line.base_amount is None:
        return
    if line.base_amount != rounded(line.base_amount, base_currency):
        refusals.add(
            f"{where}.base_amount", f"{base_currency} has no amount as small as in {line.base_amount}"
        )
    if currency == base_currency and line.base_amount != line.amount:
        refusals.add(f"{where}.base_amount", f"the same as the amount, or left out: both are in {currency}")


def _check_balance(amounts: Iterable[Decimal], currency: str) -> None:
    if difference := sum(amounts, ZERO):
        raise Unbalanced(f"debits and credits differ by {difference:f} {currency}; they must add up to zero")
