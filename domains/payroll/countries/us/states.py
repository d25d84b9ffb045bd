"""State income tax, and state unemployment tax with what is asked beside it.

Both are those of the state in which the work is done. Where it has an agreement with the home state, and the
person has asked for it by certificate, income tax is the home state's instead. No two of the states that are
known have such an agreement, so that a certificate is refused by name today, and never passed over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.us.contributions import line_between, within
from domains.payroll.countries.us.details import (
    CaliforniaDE4,
    FilingStatus,
    IllinoisW4,
    UnitedStatesDetails,
)
from domains.payroll.countries.us.figures import (
    BracketTax,
    ByAllowances,
    FlatTax,
    StateContribution,
    StateFigures,
    bracket_of,
)
from domains.payroll.countries.us.income_tax import Steps, Withheld
from domains.payroll.countries.us.states_by_year import STATES
from domains.payroll.countries.us.wages import TaxedPay, Wages
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PERIODS_A_YEAR, Bearer, StatutoryLine, YearToDate
from foundation.values.errors import BusinessError
from foundation.values.money import HUNDRED, ZERO, rounded

INCOME_TAX, UNEMPLOYMENT = "state_income_tax", "state_unemployment"
STATE_WAGES, STATE_TAX, UNEMPLOYMENT_WAGES = "state_wages_", "state_income_tax_", "unemployment_wages_"
"""What the year to date has by state, its code behind."""


class UnknownState(BusinessError):
    """The pack does not know what this state withholds."""


class NoReciprocity(BusinessError):
    """The state of work has no agreement with the home state: it withholds its income tax all the same."""


@dataclass(frozen=True)
class StatesAsking:
    """The figures of the state of work, and of the state whose income tax is withheld."""

    work: StateFigures
    income_tax: StateFigures


def states_asking(person: UnitedStatesDetails, year: int) -> StatesAsking:
    """Which states ask something of somebody's pay. Refuses: UnknownState, NoReciprocity."""
    work = _known(person.state, "state", year)
    taxing = person.income_tax_state
    if taxing == person.state:
        return StatesAsking(work, work)
    if taxing not in work.agreements:
        said = (
            f"{person.state} has no agreement with {taxing} on income tax: "
            "take back nonresident_certificate, and it withholds its own"
        )
        raise NoReciprocity(said, errors=[("nonresident_certificate", said)])
    return StatesAsking(work, _known(taxing, "home_state", year))


def _known(code: str, field: str, year: int) -> StateFigures:
    if code not in STATES[year]:
        known = ", ".join(sorted(STATES[year]))
        said = f"the law of {code} in {year} is not known; known are {known}"
        raise UnknownState(said, errors=[(field, said)])
    return STATES[year][code]


def state_lines(
    states: StatesAsking,
    person: UnitedStatesDetails,
    frequency: PayFrequency,
    wages: Wages,
    to_date: YearToDate,
) -> Iterator[StatutoryLine]:
    """All that the states ask with one payment."""
    taxing, work = states.income_tax, states.work
    if taxing.income_tax is not None:
        taxed = wages.taxed(taxing.income_tax_lowered_by)
        withheld = _income_tax(taxing.income_tax, person, frequency, taxed)
        yield StatutoryLine(
            INCOME_TAX,
            Bearer.EMPLOYEE,
            taxing.revenue,
            taxed.total,
            withheld.amount,
            taxing.income_tax.rule,
            withheld.steps,
        )
    before = to_date.this_year.get(f"{UNEMPLOYMENT_WAGES}{person.state}", ZERO)
    paid = wages.taxed(work.unemployment_lowered_by).total
    yield line_between(
        UNEMPLOYMENT,
        Bearer.EMPLOYER,
        work.unemployment,
        person.state_unemployment_percent / HUNDRED,
        within(work.unemployment_base, before, paid),
        f"{work.name}: unemployment tax at the employer's rate",
        ("limit of the year", work.unemployment_base),
    )
    for bearer, asked in ((Bearer.EMPLOYEE, work.of_employee), (Bearer.EMPLOYER, work.of_employer)):
        for one in asked:
            yield _contribution(one, bearer, work.unemployment, before, paid)


def added_of_states(
    states: StatesAsking, person: UnitedStatesDetails, wages: Wages, lines: Iterable[StatutoryLine]
) -> dict[str, Decimal]:
    """What a payment adds to the year to date, state by state: what the year's limits and Form W-2 ask."""
    unemployment = wages.taxed(states.work.unemployment_lowered_by).total
    added = {f"{UNEMPLOYMENT_WAGES}{person.state}": unemployment}
    if states.income_tax.income_tax is not None:
        state = person.income_tax_state
        withheld = (line.amount for line in lines if line.code == INCOME_TAX)
        added[f"{STATE_WAGES}{state}"] = wages.taxed(states.income_tax.income_tax_lowered_by).total
        added[f"{STATE_TAX}{state}"] = sum(withheld, ZERO)
    return added


def _contribution(
    one: StateContribution, bearer: Bearer, authority: str, before: Decimal, paid: Decimal
) -> StatutoryLine:
    if one.base is not None:
        counted = within(one.base, before, paid)
        return line_between(
            one.code, bearer, authority, one.rate, counted, one.rule, ("limit of the year", one.base)
        )
    amount = rounded(one.rate * paid, "USD")
    return StatutoryLine(one.code, bearer, authority, paid, amount, one.rule, (("rate", one.rate),))


def _income_tax(
    tax: FlatTax | BracketTax, person: UnitedStatesDetails, frequency: PayFrequency, taxed: TaxedPay
) -> Withheld:
    periods = Decimal(PERIODS_A_YEAR[frequency])
    certificate = person.state_certificate
    if isinstance(tax, FlatTax):
        illinois = certificate if isinstance(certificate, IllinoisW4) else IllinoisW4()
        return _flat(tax, illinois, periods, taxed)
    californian = certificate if isinstance(certificate, CaliforniaDE4) else CaliforniaDE4()
    return _by_method_b(tax, californian, periods, taxed)


def _flat(tax: FlatTax, form: IllinoisW4, periods: Decimal, taxed: TaxedPay) -> Withheld:
    """One rate on regular wages less the allowances of a period, and on supplemental wages."""
    annual = form.allowances * tax.allowance + form.additional_allowances * tax.additional_allowance
    of_year = max(ZERO, taxed.regular * periods - annual)
    extra = form.extra_withholding if taxed.regular > 0 else ZERO
    amount = rounded(tax.rate * of_year / periods + tax.rate * taxed.all_supplemental + extra, "USD")
    return Withheld(
        amount,
        (
            ("regular wages", taxed.regular),
            ("allowances of the year", annual),
            ("taxed regular wages of the year", of_year),
            ("supplemental wages", taxed.all_supplemental),
            ("rate", tax.rate),
            ("extra withholding", extra),
        ),
    )


def _by_method_b(tax: BracketTax, form: CaliforniaDE4, periods: Decimal, taxed: TaxedPay) -> Withheld:
    """California's exact calculation with its figures of a year, as EDD allows, and its flat rates."""
    regular, steps = _regular_by_method_b(tax, form, periods, taxed.regular)
    flat = taxed.supplemental * tax.supplemental_rate + taxed.bonus * tax.bonus_rate
    extra = form.extra_withholding if taxed.regular > 0 else ZERO
    return Withheld(
        rounded(regular + flat + extra, "USD"),
        (
            *steps,
            ("supplemental wages", taxed.supplemental),
            ("rate of supplemental wages", tax.supplemental_rate),
            ("bonuses", taxed.bonus),
            ("rate of bonuses", tax.bonus_rate),
            ("extra withholding", extra),
        ),
    )


def _regular_by_method_b(
    tax: BracketTax, form: CaliforniaDE4, periods: Decimal, wages: Decimal
) -> tuple[Decimal, Steps]:
    annual = max(ZERO, wages * periods)
    low_income = _of(tax.low_income, form)
    first = (("annual wages", annual), ("low income exemption", low_income))
    if annual <= low_income:
        return ZERO, first
    estimated = form.deduction_allowances * tax.deduction_allowance
    deduction = _of(tax.standard_deduction, form)
    taxable = max(ZERO, annual - estimated - deduction)
    bracket = bracket_of(tax.schedules[form.filing_status], taxable)
    of_year = bracket.base + (taxable - bracket.over) * bracket.rate
    credit = form.allowances * tax.allowance_credit
    return max(ZERO, of_year - credit) / periods, (
        *first,
        ("estimated deductions", estimated),
        ("standard deduction", deduction),
        ("taxable in the year", taxable),
        ("bracket from", bracket.over),
        ("tax at its beginning", bracket.base),
        ("rate", bracket.rate),
        ("annual tax", of_year),
        ("exemption credits", credit),
    )


def _of(figure: ByAllowances, form: CaliforniaDE4) -> Decimal:
    married_with_two = form.filing_status is FilingStatus.MARRIED_FILING_JOINTLY and form.allowances >= 2
    if married_with_two or form.filing_status is FilingStatus.HEAD_OF_HOUSEHOLD:
        return figure.other
    return figure.single
