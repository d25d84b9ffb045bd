"""Federal income tax withheld from wages: Worksheet 1A of Pub. 15-T, and supplemental wages by Pub. 15."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.payroll.countries.us.details import (
    FilingStatus,
    FormW4,
    FormW4Of2019,
    MaritalStatus,
    SupplementalMethod,
    UnitedStatesDetails,
)
from domains.payroll.countries.us.figures import FederalFigures, Schedule, bracket_of
from domains.payroll.countries.us.wages import TaxedPay
from domains.payroll.rules.statutory import PERIODS_A_YEAR, Bearer, PayPeriod, StatutoryLine, YearToDate
from foundation.values.money import ZERO, rounded

CODE, CODE_SUPPLEMENTAL = "federal_income_tax", "federal_income_tax_supplemental"
AUTHORITY = "IRS"
Steps = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Withheld:
    """An amount rounded to cents, and how it comes about."""

    amount: Decimal
    steps: Steps


def is_exempt(form: FormW4 | FormW4Of2019, paid_on: date) -> bool:
    """Whether the exemption claimed on Form W-4 holds on this day: its year, and until 15 February after it.

    Source: Pub. 15, calendar (forms that claim exemption expire on 16 February).
    """
    if form.exempt_year is None:
        return False
    return date(form.exempt_year, 1, 1) <= paid_on <= date(form.exempt_year + 1, 2, 15)


def form_in_force(form: FormW4 | FormW4Of2019, paid_on: date) -> FormW4 | FormW4Of2019:
    """The form that is withheld by; an exemption that has expired leaves single, and no entries."""
    has_expired = form.exempt_year is not None and paid_on > date(form.exempt_year + 1, 2, 15)
    return FormW4() if has_expired else form


def worksheet_1a(
    figures: FederalFigures, person: UnitedStatesDetails, period: PayPeriod, wages: Decimal
) -> Withheld:
    """What is withheld from the regular wages of one period, by its lines 1a to 4b.

    Nothing is rounded before line 4b, which is rounded half up to cents: Pub. 15-T lets who does so round to
    whole dollars, and we do not.
    """
    form = form_in_force(person.w4, period.paid_on)
    if wages <= 0:
        return Withheld(ZERO, ())
    if is_exempt(form, period.paid_on):
        return Withheld(ZERO, (("exempt by Form W-4 of", Decimal(form.exempt_year or 0)),))
    added = _added_for_an_alien(figures, person, form, period)
    periods = Decimal(PERIODS_A_YEAR[period.frequency])
    annual = (wages + added) * periods
    worked = (
        _by_form_of_2020(figures, form, annual)
        if isinstance(form, FormW4)
        else _by_form_of_2019(figures, form, annual)
    )
    bracket = bracket_of(worked.schedule, worked.adjusted)
    tax = bracket.base + (worked.adjusted - bracket.over) * bracket.rate
    amount = rounded(max(ZERO, tax - worked.credits) / periods + form.extra_withholding, "USD")
    return Withheld(
        amount,
        (
            ("1a taxable wages", wages),
            *((("added for a nonresident alien", added),) if added else ()),
            ("1b pay periods a year", periods),
            ("1c annual wages", annual),
            *worked.steps,
            ("2b bracket from", bracket.over),
            ("2c tax at its beginning", bracket.base),
            ("2d rate", bracket.rate),
            ("2g annual tax", tax),
            ("2h tax of the period", rounded(tax / periods, "USD")),
            ("3b credits of the period", rounded(worked.credits / periods, "USD")),
            ("4a extra withholding", form.extra_withholding),
            ("4b withheld", amount),
        ),
    )


@dataclass(frozen=True)
class AdjustedWage:
    """What a Form W-4 makes of an annual wage: line 1i or 1l, how it came, and the schedule for it."""

    adjusted: Decimal
    steps: Steps
    schedule: Schedule
    credits: Decimal
    """Step 3, a year."""


def _added_for_an_alien(
    figures: FederalFigures, person: UnitedStatesDetails, form: FormW4 | FormW4Of2019, period: PayPeriod
) -> Decimal:
    if not person.nonresident_alien:
        return ZERO
    tables = figures.alien
    table = tables.form_of_2020 if isinstance(form, FormW4) else tables.form_of_2019
    return table[period.frequency]


def _by_form_of_2020(figures: FederalFigures, form: FormW4, annual: Decimal) -> AdjustedWage:
    standard = ZERO if form.multiple_jobs else figures.line_1g[form.filing_status]
    adjusted = max(ZERO, annual + form.other_income - form.deductions - standard)
    steps = (
        ("1d other income", form.other_income),
        ("1f deductions", form.deductions),
        ("1g standard amount", standard),
        ("1i adjusted annual wage", adjusted),
    )
    schedules = figures.multiple_jobs if form.multiple_jobs else figures.standard
    return AdjustedWage(adjusted, steps, schedules[form.filing_status], form.credits)


def _by_form_of_2019(figures: FederalFigures, form: FormW4Of2019, annual: Decimal) -> AdjustedWage:
    allowances = form.allowances * figures.allowance
    adjusted = max(ZERO, annual - allowances)
    steps = (
        ("1j allowances", Decimal(form.allowances)),
        ("1k allowances in dollars", allowances),
        ("1l adjusted annual wage", adjusted),
    )
    is_married = form.marital_status is MaritalStatus.MARRIED
    status = FilingStatus.MARRIED_FILING_JOINTLY if is_married else FilingStatus.SINGLE
    return AdjustedWage(adjusted, steps, figures.standard[status], ZERO)


def withhold(
    figures: FederalFigures,
    person: UnitedStatesDetails,
    period: PayPeriod,
    taxed: TaxedPay,
    to_date: YearToDate,
) -> tuple[StatutoryLine, ...]:
    """Income tax on regular wages, and on supplemental ones where there are any."""
    regular = worksheet_1a(figures, person, period, taxed.regular)
    lines = [
        StatutoryLine(
            CODE,
            Bearer.EMPLOYEE,
            AUTHORITY,
            taxed.regular,
            regular.amount,
            f"Pub. 15-T ({figures.year}), Worksheet 1A",
            regular.steps,
        )
    ]
    if taxed.all_supplemental:
        more = _on_supplemental(figures, person, period, taxed, to_date)
        rule = f"Pub. 15 ({figures.year}), section 7"
        base = taxed.all_supplemental
        lines.append(
            StatutoryLine(CODE_SUPPLEMENTAL, Bearer.EMPLOYEE, AUTHORITY, base, more.amount, rule, more.steps)
        )
    return tuple(lines)


def _on_supplemental(
    figures: FederalFigures,
    person: UnitedStatesDetails,
    period: PayPeriod,
    taxed: TaxedPay,
    to_date: YearToDate,
) -> Withheld:
    """The flat or the aggregate method up to 1,000,000 in the year, and the highest rate on what is beyond.

    The highest rate holds whatever Form W-4 says; an exemption leaves the rest untaxed.
    """
    paid = to_date.this_year.get("supplemental_wages", ZERO)
    beyond = min(
        taxed.all_supplemental, max(ZERO, paid + taxed.all_supplemental - figures.supplemental_limit)
    )
    below = taxed.all_supplemental - beyond

    def by_worksheet(wages: Decimal) -> Withheld:
        return worksheet_1a(figures, person, period, wages)

    if is_exempt(person.w4, period.paid_on):
        ordinary = Withheld(ZERO, (("exempt by Form W-4 of", Decimal(person.w4.exempt_year or 0)),))
    elif person.supplemental_method is SupplementalMethod.FLAT and _may_be_flat(by_worksheet, taxed, to_date):
        flat = below * figures.supplemental_rate
        ordinary = Withheld(flat, (("flat rate", figures.supplemental_rate), ("of", below)))
    else:
        ordinary = _aggregate(by_worksheet, taxed.regular, below)
    highest = beyond * figures.supplemental_rate_above
    steps: Steps = (
        (("rate beyond 1,000,000 in the year", figures.supplemental_rate_above), ("of", beyond))
        if beyond
        else ()
    )
    return Withheld(rounded(ordinary.amount + highest, "USD"), (*ordinary.steps, *steps))


def _may_be_flat(by_worksheet: Callable[[Decimal], Withheld], taxed: TaxedPay, to_date: YearToDate) -> bool:
    """Not where regular wages are known, of this year or the last, and no income tax was withheld from any.

    Source: Pub. 15, section 7, and 26 CFR 31.3402(g)-1(a)(7).
    """
    years = (to_date.this_year, to_date.last_year)
    is_paid_regularly = taxed.regular > 0 or any(one.get("regular_wages", ZERO) > 0 for one in years)
    is_withheld = by_worksheet(taxed.regular).amount > 0 or any(
        one.get("income_tax_on_regular_wages", ZERO) > 0 for one in years
    )
    return is_withheld or not is_paid_regularly


def _aggregate(by_worksheet: Callable[[Decimal], Withheld], regular: Decimal, more: Decimal) -> Withheld:
    """The tax on both as one payment of the period, less that on the regular wages alone."""
    together, alone = by_worksheet(regular + more), by_worksheet(regular)
    return Withheld(
        max(ZERO, together.amount - alone.amount),
        (*together.steps, ("aggregate method: tax on both", together.amount), ("on regular", alone.amount)),
    )
