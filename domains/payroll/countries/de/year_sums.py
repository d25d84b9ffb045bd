"""What a payment adds to the year, by which names, and what later payments read of it.

A payment may be one of several in its month: what is due is that of the month with it, less that of the
month before it. So the sums of each month are kept as well, `month_03_…` for March.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.contributions import InsuredMonth
from domains.payroll.countries.de.one_off_pay import InsuredYear
from foundation.values.money import ZERO

TAXABLE_REGULAR, TAXABLE_ONE_OFF = "taxable_regular", "taxable_one_off"
INSURED_DAYS, HEALTH_BASE, PENSION_BASE = "insured_days", "health_base", "pension_base"
MARCH_CLAUSE_HEALTH, MARCH_CLAUSE_PENSION = "march_clause_health", "march_clause_pension"
"""One-off pay of this year that counts in the year before."""
DEFERRED_PAY = "deferred_pay"


@dataclass(frozen=True)
class MonthSums:
    """What was paid in a month: how often, what is taxed and what contributory of regular pay, for how many
    days, what counted of one-off pay, and the additional rate of the fund. Euros, and per cent.
    """

    payments: Decimal = ZERO
    taxed: Decimal = ZERO
    regular: Decimal = ZERO
    days: Decimal = ZERO
    one_off_health: Decimal = ZERO
    one_off_pension: Decimal = ZERO
    additional_percent: Decimal = ZERO

    def insured(self, month: date, *, is_midi_job: bool) -> InsuredMonth:
        """The month as contributions see it."""
        return InsuredMonth(
            month=month,
            regular=self.regular,
            days=int(self.days),
            one_off_health=self.one_off_health,
            one_off_pension=self.one_off_pension,
            is_midi_job=is_midi_job,
        )

    def less(self, before: "MonthSums", month: int) -> dict[str, Decimal]:
        """What was added to a month, by the names of the sums."""
        return {
            _name(month, one.name): getattr(self, one.name) - getattr(before, one.name)
            for one in fields(MonthSums)
        }


def _name(month: int, of: str) -> str:
    return f"month_{month:02}_{of}"


def month_sums(sums: Mapping[str, Decimal], month: int) -> MonthSums:
    """The sums of a month of the year, 1 to 12."""
    return MonthSums(*(sums.get(_name(month, one.name), ZERO) for one in fields(MonthSums)))


def last_paid_month(sums: Mapping[str, Decimal], before: int = 13) -> int | None:
    """The last month of the year with days that count, before a month; None when there is none."""
    return next((month for month in range(before - 1, 0, -1) if month_sums(sums, month).days), None)


def insured_year(sums: Mapping[str, Decimal]) -> InsuredYear:
    """What was subject to contributions in the year."""
    return InsuredYear(
        days=int(sums.get(INSURED_DAYS, ZERO)),
        health=sums.get(HEALTH_BASE, ZERO),
        pension=sums.get(PENSION_BASE, ZERO),
    )
