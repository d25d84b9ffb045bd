"""One payment to one person, as far as both wage tax and contributions look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import (
    WHOLE_MONTH,
    DaysWithout,
    first_and_last,
    in_cents,
    insurance_days,
)
from domains.payroll.countries.de.contribution_rates import UPPER_LIMIT_OF_MIDI_JOBS
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.countries.de.earnings import Earned, MoreTakenThanPaid, earned
from domains.payroll.countries.de.mini_jobs import PayArea, pay_area
from domains.payroll.countries.de.year_sums import DEFERRED_PAY, MonthSums, month_sums
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PayLine, PayPeriod, YearToDate
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO


class OnlyPaidMonthly(BusinessError):
    """Contributions are computed by the month: other frequencies are not known."""


class NotOneMonth(BusinessError):
    """A pay period is a whole calendar month, also for who joins or leaves in it."""


class PaidInAnotherYear(BusinessError):
    """A month is taxed in the year in which it ends, so it is paid on a day of that year."""


class PayWithoutEmployment(BusinessError):
    """Regular pay is for a month with days of employment; what is paid later is one-off pay."""


class RegularPayNotGiven(BusinessError):
    """So little is paid that it may be a mini- or a midi-job, and what is regularly paid decides."""


@dataclass(frozen=True)
class GermanPayment:
    """One payment with its place in the year.

    `days` are the days of the month that count for contributions, and `area` says how they are taken.
    `before` is what was paid in the same month before it.
    """

    person: GermanyDetails
    period: PayPeriod
    earned: Earned
    this_year: Mapping[str, Decimal]
    last_year: Mapping[str, Decimal]
    before: MonthSums
    days: int
    area: PayArea

    @property
    def month(self) -> date:
        """The last day of the month that is paid for."""
        return self.period.ends_on

    @property
    def year(self) -> int:
        """The calendar year whose law decides."""
        return self.month.year

    @property
    def is_mini_job(self) -> bool:
        """Whether contributions are flat rates."""
        return self.area is PayArea.MINI_JOB

    @property
    def is_first(self) -> bool:
        """Whether nothing was paid in the month before."""
        return not self.before.payments

    @property
    def is_before_regular(self) -> bool:
        """Whether it is paid off-cycle, and the month's regular pay is still to come."""
        return self.period.is_off_cycle and not self.regular

    @property
    def taxed(self) -> Decimal:
        """Taxed regular pay of the month, with this payment."""
        return self.before.taxed + self.earned.taxed.regular

    @property
    def regular(self) -> Decimal:
        """Contributory regular pay of the month, with this payment."""
        return self.before.regular + self.earned.insured.regular

    @property
    def regular_of_whole_month(self) -> Decimal:
        """The same, raised to a whole month where only a part of it counts."""
        return in_cents(self.regular * WHOLE_MONTH / self.days) if self.days else self.regular

    def days_employed(self) -> int:
        """The calendar days of employment in the month."""
        first = max(self.period.starts_on, self.period.employed_from or self.period.starts_on)
        last = min(self.month, self.period.employed_to or self.month)
        return max((last - first).days + 1, 0)

    def is_whole_month(self) -> bool:
        """Whether employment lasts the whole month; unpaid days within it do not matter (R 39b.5 LStR)."""
        return self.days_employed() == self.month.day


def payment_of(
    person: GermanyDetails, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
) -> GermanPayment:
    """A payment, checked.

    Refuses: OnlyPaidMonthly, NotOneMonth, PaidInAnotherYear, PayWithoutEmployment, RegularPayNotGiven, and
    what `earned` refuses.
    """
    _check_period(period)
    month, this_year = period.ends_on, to_date.this_year
    paid = earned(lines, person, month.year, this_year.get(DEFERRED_PAY, ZERO))
    before = month_sums(this_year, month.month)
    days = days_of(person, period, month)
    regular = before.regular + paid.insured.regular
    _check_regular(before.taxed + paid.taxed.regular, regular, days)
    return GermanPayment(
        person=person,
        period=period,
        earned=paid,
        this_year=this_year,
        last_year=to_date.last_year,
        before=before,
        days=days,
        area=_area(person, month, regular, days),
    )


def days_of(person: GermanyDetails, period: PayPeriod, month: date) -> int:
    """The days of a month that count for contributions, by the employment that the period tells."""
    return insurance_days(
        month,
        employed_from=period.employed_from or first_and_last(month)[0],
        employed_to=period.employed_to,
        without=[DaysWithout(one.starts_on, one.ends_on) for one in person.without_contributions],
    )


def _check_period(period: PayPeriod) -> None:
    if period.frequency is not PayFrequency.MONTHLY:
        said = f"German contributions are computed by the month: pay monthly, not {period.frequency.value}"
        raise OnlyPaidMonthly(said, errors=[("frequency", said)])
    if (period.starts_on, period.ends_on) != first_and_last(period.ends_on):
        first, last = first_and_last(period.ends_on)
        said = f"{period.starts_on} to {period.ends_on} is no calendar month: pay {first} to {last}"
        raise NotOneMonth(said, errors=[("starts_on", said)])
    if period.paid_on.year != period.ends_on.year:
        said = f"{period.paid_on} is not in {period.ends_on.year}, by whose law the month is taxed"
        raise PaidInAnotherYear(said, errors=[("paid_on", said)])


def _check_regular(taxed: Decimal, regular: Decimal, days: int) -> None:
    if min(taxed, regular) < 0:
        said = f"regular pay of the month would be {min(taxed, regular)}: take back no more than was paid"
        raise MoreTakenThanPaid(said, errors=[("lines", said)])
    if max(taxed, regular) > 0 and not days:
        said = "no day of the month counts for contributions: pay it as one-off pay, or correct the days"
        raise PayWithoutEmployment(said, errors=[("lines", said)])


def _area(person: GermanyDetails, month: date, regular: Decimal, days: int) -> PayArea:
    """How contributions are taken: by what is regularly paid. Refuses: RegularPayNotGiven."""
    if person.is_in_training:
        return PayArea.ABOVE
    if person.regular_monthly_pay is not None:
        return pay_area(month, person.regular_monthly_pay)
    if regular and regular * WHOLE_MONTH <= UPPER_LIMIT_OF_MIDI_JOBS * days:
        said = (
            f"{regular} for {days} days may be a midi-job's pay, up to {UPPER_LIMIT_OF_MIDI_JOBS} a month: "
            "enter what is regularly paid"
        )
        raise RegularPayNotGiven(said, errors=[("regular_monthly_pay", said)])
    return PayArea.ABOVE
