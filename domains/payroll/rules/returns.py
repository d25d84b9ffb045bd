"""What an employer tells authorities of the wages it has paid: returns, statements, certificates as figures.

Which there are, a country's pack says, and what stands in them; how they are sent is no business of ours.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, runtime_checkable

from domains.payroll.messages.kinds import ReturnBasis, ReturnPeriod
from domains.payroll.rules.statutory import CountryPack, StatutoryLine, UnknownYear
from foundation.values.errors import Invalid, NotFound
from foundation.values.money import ZERO


@dataclass(frozen=True)
class PayslipFiled:
    """A payslip that stands, as its pack had computed it; or what an opening says was paid before.

    `paid_for` has the first and the last day that is paid for, and `paid_on` the day of payment; None of an
    opening. `added` is what it has added to the year, by the pack's names.
    """

    employee_code: str
    paid_for: tuple[date, date] | None
    paid_on: date | None
    lines: Sequence[StatutoryLine] = ()
    added: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ReturnFigure:
    """One figure: the number of its box or line, empty where it has none, and what it is called there."""

    number: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class PreparedReturn:
    """What one return says: of an employee, to a fund, or as a whole when `about` is empty.

    `to_pay` is what is to be paid with it, in the pack's currency; None when nothing is paid by it.
    """

    about: str
    figures: tuple[ReturnFigure, ...]
    to_pay: Decimal | None = None


@dataclass(frozen=True)
class ReturnKind:
    """One kind of return of a country: what it is called there, for how long it is, and how it is prepared.

    `due_on` gives the day by which it is to be there, and paid, from the first day of its period.
    """

    name: str
    law: str
    each: ReturnPeriod
    basis: ReturnBasis
    prepare: Callable[[date, Sequence[PayslipFiled]], Iterable[PreparedReturn]]
    due_on: Callable[[date], date]


@runtime_checkable
class FilesReturns(Protocol):
    """A pack that knows what an employer tells the authorities of its country."""

    @property
    def returns(self) -> Mapping[str, ReturnKind]:
        """Each by our name for it."""


def returns_of(pack: CountryPack) -> Mapping[str, ReturnKind]:
    """What employers of a country tell; nothing when its pack does not say."""
    return pack.returns if isinstance(pack, FilesReturns) else {}


def return_kind(pack: CountryPack, name: str) -> ReturnKind:
    """Refuses: NotFound, naming those that there are."""
    known = returns_of(pack)
    if name not in known:
        there_are = ", ".join(sorted(known)) or "none"
        raise NotFound(f"{pack.country} has no return {name}; there are: {there_are}")
    return known[name]


_PERIODS = {
    ReturnPeriod.MONTH: (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), 1, "a month, such as 2026-03"),
    ReturnPeriod.QUARTER: (re.compile(r"([0-9]{4})-Q([1-4])"), 3, "a quarter, such as 2026-Q1"),
    ReturnPeriod.YEAR: (re.compile(r"([0-9]{4})"), 12, "a year, such as 2026"),
}


def days_of(each: ReturnPeriod, period: str, pack: CountryPack) -> tuple[date, date]:
    """The first and the last day of a period. Refuses: Invalid; UnknownYear, both naming `period`."""
    form, months, example = _PERIODS[each]
    if (found := form.fullmatch(period)) is None:
        raise Invalid(f"period: it is {example}", errors=[("period", f"it is {example}")])
    year, number = int(found[1]), int(found[2]) if months < 12 else 1
    if year not in pack.years:
        why = f"the law of {year} is not known; known are {', '.join(map(str, sorted(pack.years)))}"
        raise UnknownYear(f"period: {why}", errors=[("period", why)])
    first = date(year, (number - 1) * months + 1, 1)
    return first, date.fromordinal(months_later(first, months).toordinal() - 1)


def months_later(first: date, months: int) -> date:
    """The first day of a month so many months after that of another."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def by_employee(payments: Iterable[PayslipFiled]) -> dict[str, dict[str, Decimal]]:
    """What was added up for each, in the order of their codes."""
    found: dict[str, dict[str, Decimal]] = {}
    for payment in payments:
        sums = found.setdefault(payment.employee_code, {})
        for name, amount in payment.added.items():
            sums[name] = sums.get(name, ZERO) + amount
    return dict(sorted(found.items()))
