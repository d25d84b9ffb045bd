"""What holds of any payment in the United States, whatever is paid and however it is split."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.countries.us.details import FilingStatus, MaritalStatus
from domains.payroll.countries.us.federal import FEDERAL
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import Statutory
from foundation.values.money import rounded
from tests.domains.payroll.us_pay import a_line, a_period, a_person, a_year_of, amount, paid, summed

CENT = Decimal("0.01")
dollars = some.decimals(min_value=0, max_value=400_000, places=2)
entries = some.decimals(min_value=0, max_value=20_000, places=2)
new_forms = some.fixed_dictionaries(
    {
        "form": some.just("2020_or_later"),
        "filing_status": some.sampled_from(FilingStatus),
        "multiple_jobs": some.booleans(),
        "credits": entries,
        "other_income": entries,
        "deductions": entries,
        "extra_withholding": some.decimals(min_value=0, max_value=500, places=2),
    }
)
old_forms = some.fixed_dictionaries(
    {
        "form": some.just("2019_or_earlier"),
        "marital_status": some.sampled_from(MaritalStatus),
        "allowances": some.integers(0, 12),
    }
)
states = some.sampled_from(
    [
        {"state": "TX"},
        {"state": "PA"},
        {"state": "IL", "state_certificate": {"form": "IL-W-4", "allowances": 2}},
        {"state": "CA", "state_certificate": {"form": "DE 4", "allowances": 3, "deduction_allowances": 1}},
    ]
)
years = some.sampled_from(sorted(FEDERAL))
frequencies = some.sampled_from(PayFrequency)


def withheld_of(asked: Statutory) -> Decimal:
    """Income tax, federal and of the state."""
    codes = ("federal_income_tax", "federal_income_tax_supplemental", "state_income_tax")
    return sum((amount(asked, code) for code in codes), Decimal(0))


@given(
    regular=dollars,
    bonus=dollars,
    w4=some.one_of(new_forms, old_forms),
    state=states,
    year=years,
    frequency=frequencies,
)
def test_nothing_is_negative_and_all_is_in_cents(
    regular: Decimal,
    bonus: Decimal,
    w4: dict[str, Any],
    state: dict[str, Any],
    year: int,
    frequency: PayFrequency,
) -> None:
    asked = paid(
        a_line("regular", regular),
        a_line("bonus", bonus),
        person=a_person(w4=w4, **state),
        period=a_period(year, frequency),
    )

    for line in asked.lines:
        assert line.amount >= 0, line
        assert line.amount == line.amount.quantize(CENT), line


@given(
    pay=dollars,
    more=some.decimals(min_value=0, max_value=5_000, places=2),
    w4=some.one_of(new_forms, old_forms),
    state=states,
    year=years,
    frequency=frequencies,
)
def test_who_earns_more_is_withheld_no_less(
    pay: Decimal,
    more: Decimal,
    w4: dict[str, Any],
    state: dict[str, Any],
    year: int,
    frequency: PayFrequency,
) -> None:
    person, period = a_person(w4=w4, **state), a_period(year, frequency)
    less, all_of_it = (
        withheld_of(paid(a_line("regular", wages), person=person, period=period))
        for wages in (pay, pay + more)
    )

    assert less <= all_of_it


@given(pays=some.lists(some.decimals(min_value=0, max_value=60_000, places=2), max_size=30), year=years)
def test_a_years_contributions_are_exact_however_the_year_is_split(pays: list[Decimal], year: int) -> None:
    figures, whole = FEDERAL[year], sum(pays, Decimal(0))
    payments = a_year_of(*pays, year=year)

    def of_year(code: str) -> Decimal:
        return sum((line.amount for one in payments for line in one.lines if line.code == code), Decimal(0))

    base = min(figures.social_security_base, whole)
    assert of_year("social_security") == 2 * rounded(figures.social_security_rate * base, "USD")
    assert of_year("medicare") == 2 * rounded(figures.medicare_rate * whole, "USD")
    above = max(Decimal(0), whole - 200_000)
    assert of_year("additional_medicare") == rounded(Decimal("0.009") * above, "USD")
    assert of_year("futa") == rounded(Decimal("0.006") * min(Decimal(7_000), whole), "USD")
    assert of_year("state_unemployment") == rounded(Decimal("0.027") * min(Decimal(9_000), whole), "USD")
    assert summed(*payments).get("social_security_wages", 0) == base


@given(first=dollars, second=dollars)
def test_the_order_of_two_payments_does_not_change_the_year(first: Decimal, second: Decimal) -> None:
    one, other = a_year_of(first, second), a_year_of(second, first)

    for name in ("social_security_tax", "medicare_tax", "social_security_wages", "additional_medicare_wages"):
        assert summed(*one)[name] == summed(*other)[name]


@given(pay=some.decimals(min_value=1_000, max_value=50_000, places=2), deferred=some.integers(0, 1_000))
def test_what_is_deferred_never_raises_a_tax(pay: Decimal, deferred: int) -> None:
    for treatment in ("section_125", "section_401k"):
        plain = paid(a_line("regular", pay))
        lowered = paid(a_line("regular", pay), a_line(treatment, -deferred))
        for before, after in zip(plain.lines, lowered.lines, strict=True):
            assert after.amount <= before.amount
