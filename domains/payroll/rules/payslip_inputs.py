"""What a payslip is computed from: what is agreed with somebody, and what was added up before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from domains.master_data.rules.calendars import worked_days
from domains.payroll.messages.garnishments import GarnishmentOrder
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.messages.loans import EmployeeLoan
from domains.payroll.messages.records import PayAgreement
from domains.payroll.messages.runs import PayslipKind
from domains.payroll.rules.amounts import PayBasis, PayItem
from domains.payroll.rules.components import ComponentCatalogue, FixedAmount
from domains.payroll.rules.deductions import NOTHING_BEFORE, PaidInPeriod
from domains.payroll.rules.proration import Span, WorkCalendar
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.rules.statutory import PayPeriod

OF_LAW, OF_COMPONENT, OWED = "law/", "component/", "owed/"
"""What is added up of payslips: by the pack and by component in a year; and what is owed on from one to the
next, whatever the year.
"""
OF_LOAN, OF_ORDER = "loan/", "garnished/"
"""What is left of a loan, and what was taken by a garnishment order, whatever the year."""
NO_YEAR = 0
_A_DAY = timedelta(days=1)


class Sums(NamedTuple):
    """What was added up of somebody's payslips: of one year, or of none, under one name."""

    year: int
    name: str
    amount: Decimal


@dataclass(frozen=True)
class PersonToPay:
    """What of a person a payslip is computed from."""

    employee_code: str
    agreements: Sequence[PayAgreement]
    """All of them, also of other pay groups, in the order in which they hold."""
    sums: Sequence[Sums]
    holidays: Collection[date] = ()
    """On these nobody works, as the pay group's calendar says; also of periods before."""
    unpaid: Sequence[Span] = ()
    """Days of leave without pay, also of periods before."""
    loans: Sequence[EmployeeLoan] = ()
    orders: Sequence[GarnishmentOrder] = ()
    """All of the person's, also those of other days."""
    before: PaidInPeriod = NOTHING_BEFORE
    """What other payslips have paid for the same period."""
    last_day: date | None = None
    """The last of the employment, if it is none after the period."""


def agreements_in(person: PersonToPay, run: PayrollRunKept) -> list[PayAgreement]:
    """The agreements with a run's group that hold on some of its days, in order."""
    return [
        one
        for one in person.agreements
        if one.pay_group_code == run.pay_group_code and days_of(one, run) is not None
    ]


def days_of(agreement: PayAgreement, run: PayrollRunKept) -> Span | None:
    """The days of a run's period on which an agreement holds, if any."""
    holds = Span(agreement.valid_from, agreement.valid_to or date.max)
    return holds.within(Span(run.starts_on, run.ends_on))


def basis_of(
    agreements: Sequence[PayAgreement],
    run: PayrollRunKept,
    catalogue: ComponentCatalogue,
    person: PersonToPay,
) -> PayBasis:
    """What somebody's components are computed from in a run's period, by the agreements that hold in it."""
    first, last = agreements[0], agreements[-1]
    frequency = PayFrequency(run.frequency)
    since, until = _employment(person.agreements, first, last)
    is_off_cycle = run.payslip_kind is PayslipKind.OFF_CYCLE
    period = PayPeriod(run.starts_on, run.ends_on, run.paid_on, frequency, since, until, is_off_cycle)
    return PayBasis(
        period=period,
        currency=run.currency,
        items=tuple(_items(agreements, run, catalogue)),
        employed=Span(first.valid_from, last.valid_to or date.max),
        gaps=tuple(_gaps(agreements)),
        unpaid=tuple(_unpaid(person, run)),
        calendar=WorkCalendar(tuple(worked_days(run.starts_on, run.ends_on, person.holidays))),
        figures={"hours_a_week": last.hours_a_week},
        to_date=named(person.sums, run.paid_on.year, OF_COMPONENT),
    )


def _employment(
    agreements: Sequence[PayAgreement], first: PayAgreement, last: PayAgreement
) -> tuple[date, date | None]:
    """From when to when somebody works for us without a break: an agreement that another one follows on the
    next day, in whichever group, ends no employment.
    """
    since, until = first.valid_from, last.valid_to
    for one in sorted(agreements, key=lambda one: one.valid_from, reverse=True):
        if one.valid_to is not None and one.valid_to == since - _A_DAY:
            since = one.valid_from
    for one in sorted(agreements, key=lambda one: one.valid_from):
        if until is not None and one.valid_from == until + _A_DAY:
            until = one.valid_to
    return since, until


def _gaps(agreements: Sequence[PayAgreement]) -> Iterator[Span]:
    """The days between two agreements of a period, which no amount is of."""
    for one, following in pairwise(agreements):
        assert one.valid_to is not None, "one that another follows has a last day"
        if following.valid_from > one.valid_to + _A_DAY:
            yield Span(one.valid_to + _A_DAY, following.valid_from - _A_DAY)


def _items(
    agreements: Sequence[PayAgreement], run: PayrollRunKept, catalogue: ComponentCatalogue
) -> Iterator[PayItem]:
    """What agreements say, each for its days. A fixed amount that is paid whole, whichever days it is of, is
    paid once: as the last of them says that names it. Hours add up.
    """
    for place, agreement in enumerate(agreements):
        holds = days_of(agreement, run)
        assert holds is not None, "agreements of other days were left out"
        later = {one.component for other in agreements[place + 1 :] for one in other.items}
        for one in agreement.items:
            if one.component in later and _is_paid_whole(one.component, catalogue):
                continue
            yield PayItem(one.component, holds, one.amount, one.rate, one.quantity)


def _is_paid_whole(code: str, catalogue: ComponentCatalogue) -> bool:
    component = catalogue.components.get(code)
    return (
        component is not None
        and component.proration is None
        and all(isinstance(version.kind, FixedAmount) for version in component.versions)
    )


def _unpaid(person: PersonToPay, run: PayrollRunKept) -> Iterator[Span]:
    """The days without pay of a run's period."""
    period = Span(run.starts_on, run.ends_on)
    for days in person.unpaid:
        if (within := days.within(period)) is not None:
            yield within


def named(sums: Iterable[Sums], year: int, of: str) -> dict[str, Decimal]:
    """The sums of a year whose names begin so, by the rest of their names."""
    return {
        one.name.removeprefix(of): one.amount for one in sums if one.year == year and one.name.startswith(of)
    }
