"""What always holds of the German wage tax, whatever is paid to whom."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.countries.de.wage_tax import wage_tax
from domains.payroll.countries.de.wage_tax_inputs import (
    InsuredFor,
    PrivatePremiums,
    TaxableOneOffPay,
    WageTaxClass,
    WageTaxInputs,
)
from domains.payroll.countries.de.wage_tax_years import LAWS
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import ZERO
from tests.domains.payroll.programme_flow import answers_of

CENT = Decimal("0.01")

euros_a_month = some.decimals(min_value=0, max_value=40_000, places=2)
insurances = some.builds(
    InsuredFor,
    additional_health_percent=some.decimals(min_value=0, max_value=4, places=2),
    private=some.none() | some.builds(PrivatePremiums, premium=some.integers(0, 1000).map(Decimal)),
    has_care_surcharge=some.booleans(),
    is_in_saxony=some.booleans(),
    has_pension_insurance=some.booleans(),
    has_unemployment_insurance=some.booleans(),
)
employees = some.builds(
    WageTaxInputs,
    on=some.sampled_from([date(year, 6, 30) for year in LAWS]),
    frequency=some.just(PayFrequency.MONTHLY),
    wage_tax_class=some.sampled_from(WageTaxClass),
    gross=euros_a_month,
    child_allowances=some.sampled_from([ZERO, Decimal("0.5"), Decimal(2)]),
    is_church_member=some.booleans(),
    insured=insurances,
    one_off=some.none()
    | some.builds(TaxableOneOffPay, amount=euros_a_month, expected_yearly_pay=euros_a_month),
)
factors = some.decimals(min_value="0.001", max_value=1, places=3)


@given(employee=employees)
def test_nothing_is_ever_negative(employee: WageTaxInputs) -> None:
    assert all(cents >= 0 for cents in answers_of(wage_tax(employee)).values())


@given(employee=employees, more=some.decimals(min_value="8.50", max_value=40_000, places=2))
def test_who_earns_more_never_pays_less(employee: WageTaxInputs, more: Decimal) -> None:
    """From a hundred euros a year on; below that the next test says what rounding does."""
    raised = replace(employee, gross=employee.gross + more)

    before, after = wage_tax(employee), wage_tax(raised)

    assert after.wage_tax >= before.wage_tax
    assert after.solidarity_surcharge >= before.solidarity_surcharge


@given(employee=employees, more=some.decimals(min_value="0.01", max_value="8.49", places=2))
def test_a_small_raise_costs_two_euros_a_year_at_most(employee: WageTaxInputs, more: Decimal) -> None:
    """The insurance allowance is rounded up, so that it may grow by a euro when pay grows by cents.

    In class 3 that counts twice, and in the classes 5 and 6 the difference of two rounded taxes is doubled.
    """
    raised = replace(employee, frequency=PayFrequency.YEARLY, gross=employee.gross * 12 + more)
    before = replace(employee, frequency=PayFrequency.YEARLY, gross=employee.gross * 12)

    assert wage_tax(raised).wage_tax >= wage_tax(before).wage_tax - 2


@given(employee=employees, factor=factors)
def test_a_factor_never_makes_the_tax_of_class_four_more(employee: WageTaxInputs, factor: Decimal) -> None:
    in_class_four = replace(employee, wage_tax_class=WageTaxClass.EQUAL_EARNER)

    without, with_it = wage_tax(in_class_four), wage_tax(replace(in_class_four, factor=factor))

    lower = answers_of(with_it)
    assert all(lower[name] <= cents for name, cents in answers_of(without).items())


@given(employee=employees)
def test_twelve_months_are_the_year_but_for_cut_cents(employee: WageTaxInputs) -> None:
    yearly = replace(employee, frequency=PayFrequency.YEARLY, gross=employee.gross * 12)

    of_month, of_year = wage_tax(employee), wage_tax(yearly)

    assert of_month.year == of_year.year
    assert 0 <= of_year.wage_tax - of_month.wage_tax * 12 < 12 * CENT


@given(employee=employees)
def test_one_off_pay_of_nothing_changes_nothing(employee: WageTaxInputs) -> None:
    nothing = TaxableOneOffPay(amount=ZERO, expected_yearly_pay=employee.gross * 12)

    assert wage_tax(replace(employee, one_off=nothing)) == wage_tax(replace(employee, one_off=None))


@given(employee=employees, gross=euros_a_month)
def test_the_tax_of_one_off_pay_is_what_the_year_costs_more(employee: WageTaxInputs, gross: Decimal) -> None:
    bonus = TaxableOneOffPay(amount=gross, expected_yearly_pay=employee.gross * 12)
    year = replace(employee, frequency=PayFrequency.YEARLY, gross=employee.gross * 12, one_off=None)

    more = wage_tax(replace(year, gross=year.gross + gross)).wage_tax - wage_tax(year).wage_tax

    assert wage_tax(replace(employee, one_off=bonus)).one_off_wage_tax == max(more, ZERO)
