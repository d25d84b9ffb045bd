"""Testland, whose law is short enough to be worked by hand, and people who are paid there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domains.payroll.messages.kinds import ComponentSign, PayFrequency, ProrationMethod
from domains.payroll.rules.amounts import PayBasis, PayItem
from domains.payroll.rules.components import (
    ComponentCatalogue,
    ComponentKind,
    ComponentVersion,
    FixedAmount,
    PayComponent,
)
from domains.payroll.rules.gross_to_net import PayrollInputs, Payslip, gross_to_net
from domains.payroll.rules.proration import Span, WorkCalendar
from domains.payroll.rules.statutory import (
    Bearer,
    PayLine,
    PayPeriod,
    Statutory,
    StatutoryLine,
    UnknownTreatment,
    UnknownYear,
    YearToDate,
)
from foundation.values.messages import Message
from foundation.values.money import ZERO, percent_of, rounded

SOCIAL_CEILING = Decimal(12000)
"""A year."""
LONG_AGO = date(2020, 1, 1)


class TestlandDetails(Message):
    """What the law of Testland must know of a person."""

    __test__ = False

    tax_percent: Decimal
    allowance: Decimal = ZERO


@dataclass(frozen=True)
class Testland:
    """Tax at the person's percentage above an allowance; social insurance, 10 % from the employee and 12 %
    from the employer, up to a ceiling of the year. Deferred pay lowers both; what was earned in an earlier
    year is taxed at 25 %.
    """

    __test__ = False

    country: str = "XT"
    currency: str = "EUR"
    years: Collection[int] = (2025, 2026, 2027)
    treatments: Mapping[str, str] = field(
        default_factory=lambda: {
            "regular": "Taxed and insured.",
            "deferred": "Lowers what is taxed and insured.",
            "exempt": "Neither taxed nor insured.",
        }
    )
    details: type[Message] = TestlandDetails

    def statutory(
        self, person: Message, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
    ) -> Statutory:
        """Tax and social insurance."""
        assert isinstance(person, TestlandDetails)
        if period.paid_on.year not in self.years:
            raise UnknownYear(f"the law of {period.paid_on.year} is not known")
        if unknown := [line for line in lines if line.treatment not in self.treatments]:
            raise UnknownTreatment(f"{unknown[0].treatment} is no treatment")
        taxed = [line for line in lines if line.treatment != "exempt"]
        of_before = [line for line in taxed if line.earned_in and line.earned_in.year < period.paid_on.year]
        base = sum((line.amount for line in taxed), ZERO)
        earlier = sum((line.amount for line in of_before), ZERO)
        above = max(base - earlier - person.allowance, ZERO)
        tax = rounded(percent_of(above, person.tax_percent) + percent_of(earlier, Decimal(25)), "EUR")
        insured = min(base, SOCIAL_CEILING - to_date.this_year.get("insured", ZERO))
        own, owed = (rounded(percent_of(insured, Decimal(share)), "EUR") for share in ("10", "12"))
        rule = f"Testland {period.paid_on.year}"
        return Statutory(
            (
                StatutoryLine(
                    "TAX", Bearer.EMPLOYEE, "tax office", base, tax, rule, (("above the allowance", above),)
                ),
                StatutoryLine("SOCIAL", Bearer.EMPLOYEE, "insurance", insured, own, rule),
                StatutoryLine("SOCIAL", Bearer.EMPLOYER, "insurance", insured, owed, rule),
            ),
            {"insured": insured},
        )


PACK = Testland()


def month(number: int, year: int = 2026) -> PayPeriod:
    """A month, paid on its last day."""
    first = date(year, number, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return PayPeriod(first, last, last, PayFrequency.MONTHLY)


JUNE = month(6)


def a_component(code: str, kind: ComponentKind | None = None, **others: Any) -> PayComponent:
    """A component with one version, or with those given; an earning that is taxed when nothing is said."""
    how = {name: others.pop(name) for name in ("rounding", "most_a_period", "most_a_year") if name in others}
    versions = others.pop("versions", None) or (ComponentVersion(LONG_AGO, kind or FixedAmount(), **how),)
    sign = others.pop("sign", ComponentSign.EARNING)
    seen = sign in (ComponentSign.EARNING, ComponentSign.BENEFIT_IN_KIND)
    treatment = "regular" if seen else "deferred" if sign is ComponentSign.PRE_TAX_DEDUCTION else ""
    return PayComponent(
        code=code,
        name=code.lower(),
        sign=sign,
        versions=versions,
        treatment=others.pop("treatment", treatment),
        **others,
    )


SALARY = a_component("SALARY", counts_as_base=True, proration=ProrationMethod.THIRTIETHS)


def a_catalogue(*components: PayComponent, figures: Collection[str] = ()) -> ComponentCatalogue:
    """A salary and other components."""
    return ComponentCatalogue.of((SALARY, *components), treatments=PACK.treatments, figures=figures)


def an_item(code: str, amount: str | None = None, days: Span | None = None, **others: str) -> PayItem:
    """An item of pay, on all days when none are given."""
    more = {name: Decimal(value) for name, value in others.items()}
    return PayItem(
        code, days or Span(date.min, date.max), None if amount is None else Decimal(amount), **more
    )


def a_basis(*items: PayItem, period: PayPeriod = JUNE, **others: Any) -> PayBasis:
    """What somebody is paid in a period, who works from Monday to Friday, eight hours each."""
    days = ((period.starts_on + timedelta(days=number)) for number in range(31))
    worked = tuple(day for day in days if day <= period.ends_on and day.weekday() < 5)
    calendar = WorkCalendar(worked, dict.fromkeys(worked, Decimal(8)))
    return PayBasis(period, "EUR", items, calendar=calendar, **others)


def a_payslip(
    *items: PayItem, catalogue: ComponentCatalogue | None = None, basis: PayBasis | None = None, **others: Any
) -> Payslip:
    """A payslip in Testland, of somebody who is taxed at 20 per cent."""
    person = others.pop("person", TestlandDetails(tax_percent=Decimal(20)))
    inputs = PayrollInputs(person, basis or a_basis(*items), catalogue or a_catalogue(), **others)
    return gross_to_net(inputs, PACK)
