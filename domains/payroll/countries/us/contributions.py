"""Social security, Medicare and federal unemployment tax, each from the year to date."""

from collections.abc import Iterator
from decimal import Decimal

from domains.payroll.countries.us.figures import FederalFigures
from domains.payroll.countries.us.income_tax import AUTHORITY
from domains.payroll.rules.statutory import Bearer, StatutoryLine, YearToDate
from foundation.values.money import ZERO, rounded


def within(base: Decimal, before: Decimal, paid: Decimal) -> tuple[Decimal, Decimal]:
    """What of a year's wages a limit lets count, before a payment and after it; never less than 0."""
    return max(ZERO, min(base, before)), max(ZERO, min(base, before + paid))


def beyond(threshold: Decimal, before: Decimal, paid: Decimal) -> tuple[Decimal, Decimal]:
    """What of a year's wages is above a threshold, before a payment and after it."""
    return max(ZERO, before - threshold), max(ZERO, before + paid - threshold)


def tax_between(rate: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """The tax on what comes to a year's wages: that on all of them, in cents, less that on those before.

    So the tax of a year is its rate times its wages to the cent, however they are split.
    """
    return rounded(rate * after, "USD") - rounded(rate * before, "USD")


def line_between(
    code: str,
    bearer: Bearer,
    authority: str,
    rate: Decimal,
    counted: tuple[Decimal, Decimal],
    rule: str,
    *more: tuple[str, Decimal],
) -> StatutoryLine:
    """A line for what `counted` says comes to a year's wages: those before, and those after."""
    before, after = counted
    return StatutoryLine(
        code,
        bearer,
        authority,
        after - before,
        tax_between(rate, before, after),
        rule,
        (("this year before", before), ("this year with it", after), *more, ("rate", rate)),
    )


def fica_so_far(figures: FederalFigures, to_date: YearToDate) -> Decimal:
    """The wages of this year that social security was owed of, and beyond its limit all FICA wages.

    Beyond the limit, those of Medicare say how far it was passed, so that wages taken back count from there.
    """
    counted = to_date.this_year.get("social_security_wages", ZERO)
    if counted < figures.social_security_base:
        return counted
    return max(counted, to_date.this_year.get("medicare_wages", ZERO))


def fica(figures: FederalFigures, wages: Decimal, to_date: YearToDate) -> Iterator[StatutoryLine]:
    """Social security and Medicare, of the employee and of the employer; 26 USC 3101 and 3111."""
    limit = figures.social_security_base
    social_security = within(limit, fica_so_far(figures, to_date), wages)
    before = to_date.this_year.get("medicare_wages", ZERO)
    medicare = before, before + wages
    additional = beyond(figures.additional_medicare_above, before, wages)
    for bearer, section in ((Bearer.EMPLOYEE, "26 USC 3101"), (Bearer.EMPLOYER, "26 USC 3111")):
        yield line_between(
            "social_security",
            bearer,
            AUTHORITY,
            figures.social_security_rate,
            social_security,
            f"{section}(a), {figures.year}",
            ("limit of the year", limit),
        )
        yield line_between(
            "medicare", bearer, AUTHORITY, figures.medicare_rate, medicare, f"{section}(b), {figures.year}"
        )
    if any(additional):
        yield line_between(
            "additional_medicare",
            Bearer.EMPLOYEE,
            AUTHORITY,
            figures.additional_medicare_rate,
            additional,
            f"26 USC 3101(b)(2), {figures.year}",
            ("wages of the year above", figures.additional_medicare_above),
        )


def federal_unemployment(
    figures: FederalFigures, wages: Decimal, to_date: YearToDate, state: str
) -> Iterator[StatutoryLine]:
    """Federal unemployment tax after the whole credit for state tax, and what a state's credit is less."""
    limit = figures.futa_base
    counted = within(limit, to_date.this_year.get("futa_wages", ZERO), wages)
    yield line_between(
        "futa",
        Bearer.EMPLOYER,
        AUTHORITY,
        figures.futa_rate - figures.futa_credit,
        counted,
        f"26 USC 3301, {figures.year}",
        ("limit of the year", limit),
        ("rate before credit", figures.futa_rate),
        ("credit", figures.futa_credit),
    )
    if reduction := figures.futa_credit_reduction.get(state):
        yield line_between(
            "futa_credit_reduction",
            Bearer.EMPLOYER,
            AUTHORITY,
            reduction,
            counted,
            f"26 USC 3302(c)(2), {state} {figures.year}",
            ("limit of the year", limit),
        )
