"""What the law of a country makes of pay: what the engine gives a country's pack, and what it gets back.

The engine knows no law, and a pack knows no contracts: it is given what somebody is paid for one period, line
by line, each with its treatment, and says what is withheld and what the employer owes beside it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from domains.payroll.messages.kinds import PayFrequency
from foundation.values.errors import BusinessError
from foundation.values.messages import Message


class UnknownCountry(BusinessError):
    """No pack knows the law of this country."""


class UnknownYear(BusinessError):
    """The country's pack does not know the law of this year."""


class UnknownTreatment(BusinessError):
    """The country's pack does not know how this kind of pay is treated."""


PERIODS_A_YEAR: Mapping[PayFrequency, int] = {
    PayFrequency.YEARLY: 1,
    PayFrequency.MONTHLY: 12,
    PayFrequency.SEMIMONTHLY: 24,
    PayFrequency.BIWEEKLY: 26,
    PayFrequency.WEEKLY: 52,
    PayFrequency.DAILY: 260,
}
"""As usual where a law says nothing else; a pack whose law counts otherwise, such as 360 days, says so."""


@dataclass(frozen=True)
class PayPeriod:
    """What is paid for, both days included, and when it is paid: the day decides by which year's law.

    `employed_from` and `employed_to` are the first and the last day of employment, wherever they lie: laws
    count the days of who joins or leaves within the period. None means that no such day is known. What is
    paid off-cycle is paid beside the regular pay of the period, which may be still to come.
    """

    starts_on: date
    ends_on: date
    paid_on: date
    frequency: PayFrequency
    employed_from: date | None = None
    employed_to: date | None = None
    is_off_cycle: bool = False


@dataclass(frozen=True)
class PayLine:
    """One line of what somebody is paid, before anything is withheld.

    What lowers what is taxed, such as deferred pay, is a line with a negative amount and a treatment of its
    own. The amount is in the pack's currency, rounded to its minor unit. `hours` and `rate`, money for an
    hour, are given where the law looks at them, as for premiums for night work.
    """

    code: str
    treatment: str
    amount: Decimal
    hours: Decimal | None = None
    rate: Decimal | None = None
    earned_in: date | None = None
    """The first day of the earlier period that it is paid for; None when it is this one."""


@dataclass(frozen=True)
class YearToDate:
    """What a pack has added up of the payments before this one, by its own names.

    `this_year` is the calendar year in which is paid, `last_year` the one before. What is missing is 0:
    nothing was paid by us, and no opening balance says else.
    """

    this_year: Mapping[str, Decimal] = field(default_factory=dict)
    last_year: Mapping[str, Decimal] = field(default_factory=dict)


class Bearer(StrEnum):
    """Who pays what the law asks for."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class StatutoryLine:
    """One amount that the law asks for: what, of what base, to whom, and why so much.

    `amount` is positive when it is paid to the authority, rounded as the law says. `rule` names the law and
    its version; `steps` are the figures on the way, in their order, as a payslip's reader would check them.
    """

    code: str
    bearer: Bearer
    authority: str
    base: Decimal
    amount: Decimal
    rule: str
    steps: tuple[tuple[str, Decimal], ...] = ()
    earned_in: date | None = None
    """The first day of the earlier period that owes it; None when it is this one. The engine says it."""


@dataclass(frozen=True)
class Statutory:
    """All that the law asks for with one payment, and what is to be added to the year to date."""

    lines: tuple[StatutoryLine, ...]
    added: Mapping[str, Decimal]

    def borne_by(self, bearer: Bearer) -> Decimal:
        """What the employee, or the employer, pays of it."""
        return sum((line.amount for line in self.lines if line.bearer is bearer), Decimal(0))


@runtime_checkable
class TaxesWhenEarned(Protocol):
    """A pack whose law looks at pay that is known late in the period in which it was earned.

    The engine gives it such pay as another payment of that period, with the sums of the year so far; what the
    law treats otherwise, and all of other packs, is among the lines of the payment with which it is paid.
    """

    def is_taxed_when_earned(self, treatment: str) -> bool:
        """Whether the law looks at such pay in the period in which it was earned."""


class CountryPack(Protocol):
    """The law of one country, in data by year and few functions.

    One more country is one more folder in `domains/payroll/countries` with a `PACK`, or a module elsewhere
    that its distribution names under the entry point `perpetual.payroll_countries`.
    """

    @property
    def country(self) -> str:
        """ISO 3166, two letters."""

    @property
    def currency(self) -> str:
        """ISO 4217: the currency of all its amounts."""

    @property
    def years(self) -> Collection[int]:
        """The calendar years whose law it knows."""

    @property
    def treatments(self) -> Mapping[str, str]:
        """How the law may treat a line of pay, each with a sentence of what it means."""

    @property
    def details(self) -> type[Message]:
        """What the law must know of a person, field by field, such as tax class or Form W-4."""

    def statutory(
        self, person: Message, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
    ) -> Statutory:
        """What is withheld and owed for one payment; `person` is one of its `details`.

        Refuses: UnknownYear, UnknownTreatment, and what its law does not allow, by name.
        """
