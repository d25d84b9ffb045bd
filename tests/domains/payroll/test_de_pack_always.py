"""What holds of any pay in Germany, whatever is paid to whom."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.contribution_statement import contribution_statements
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.rules.statutory import Bearer, Statutory
from tests.domains.payroll.de_pay import (
    EMPLOYER,
    a_month,
    a_person,
    a_year,
    amount,
    amounts,
    paid,
    pay,
    several,
)

euros = some.decimals(min_value=0, max_value=20_000, places=2)
above_midi_jobs = some.decimals(min_value="2000.01", max_value=12_000, places=2)
one_offs = some.dictionaries(
    some.integers(1, 12), some.decimals(min_value=1, max_value=60_000, places=2), max_size=3
)
people = some.builds(
    lambda tax_class, church, children, state, voluntary: a_person(
        state=state,
        born_on="1975-01-01",
        children_born_on=["2010-01-01"] * children,
        tax={"wage_tax_class": tax_class, "is_church_member": church},
        health_group="9" if voluntary else "1",
    ),
    some.integers(1, 6),
    some.booleans(),
    some.integers(0, 6),
    some.sampled_from(["HE", "SN", "BY"]),
    some.booleans(),
)


@settings(deadline=None)  # A year, or two, of payments.
@given(person=people, monthly=above_midi_jobs, one_offs=one_offs)
def test_both_shares_of_a_year_are_the_contribution(
    person: GermanyDetails, monthly: Decimal, one_offs: dict[int, Decimal]
) -> None:
    answers, _ = a_year(monthly, one_offs, person=person)

    lines = [line for one in answers for line in one.lines]
    [statement] = contribution_statements(lines)
    for group, total in statement.groups.items():
        assert amount(answers, group) + amount(answers, group, EMPLOYER) == total
    for shared in ("1000", "9000", "ZBP", "ZBF", "0100", "0010"):
        assert amount(answers, shared) == amount(answers, shared, EMPLOYER)


@settings(deadline=None)  # A year, or two, of payments.
@given(person=people, monthly=above_midi_jobs, last=one_offs, one_offs=one_offs)
def test_what_counts_in_a_year_is_never_above_its_limits(
    person: GermanyDetails, monthly: Decimal, last: dict[int, Decimal], one_offs: dict[int, Decimal]
) -> None:
    _, last_year = a_year(monthly, last, person=person, year=2025)

    _, sums = a_year(monthly, one_offs, person=person, last_year=last_year)

    for base, monthly_limit in (("health", "health_limit"), ("pension", "pension_limit")):
        this, before = (12 * getattr(rates_of(year), monthly_limit) for year in (2026, 2025))
        assert sums[f"{base}_base"] <= this
        assert last_year[f"{base}_base"] + sums[f"march_clause_{base}"] <= before


@settings(deadline=None)  # A year, or two, of payments.
@given(person=people, monthly=above_midi_jobs, last=one_offs, one_offs=one_offs)
def test_contributions_of_a_year_are_those_of_what_counts(
    person: GermanyDetails, monthly: Decimal, last: dict[int, Decimal], one_offs: dict[int, Decimal]
) -> None:
    """A cent for each payment, as each is rounded for itself; the rates of both years are the same."""
    _, last_year = a_year(monthly, last, person=person, year=2025)

    answers, sums = a_year(monthly, one_offs, person=person, last_year=last_year)

    base = sums["pension_base"] + sums["march_clause_pension"]
    assert abs(amount(answers, "0100") - base * Decimal("0.093")) <= Decimal("0.02") * len(answers)


@given(person=people, regular=above_midi_jobs, more=some.decimals(min_value="8.50", max_value=9000, places=2))
def test_who_earns_more_is_never_taxed_less(person: GermanyDetails, regular: Decimal, more: Decimal) -> None:
    less_paid, more_paid = paid(pay(regular), person), paid(pay(regular + more), person)

    for code in ("wage_tax", "solidarity_surcharge", "church_tax"):
        assert amount(less_paid, code) <= amount(more_paid, code)


@given(person=people, one_off=some.decimals(min_value=1, max_value=90_000, places=2), more=above_midi_jobs)
def test_who_is_paid_more_at_once_is_never_taxed_less(
    person: GermanyDetails, one_off: Decimal, more: Decimal
) -> None:
    less_paid, more_paid = paid(pay(4000, one_off), person), paid(pay(4000, one_off + more), person)

    assert 0 <= amount(less_paid, "wage_tax_one_off") <= amount(more_paid, "wage_tax_one_off")


@given(person=people, first=above_midi_jobs, second=euros, one_off=euros)
def test_a_month_in_two_payments_is_the_month_in_one(
    person: GermanyDetails, first: Decimal, second: Decimal, one_off: Decimal
) -> None:
    """One-off pay comes with the second: the pay that is expected of the year is then the same."""
    answers, sums = several([(a_month(5), pay(first)), (a_month(5), pay(second, one_off))], person)

    whole = paid(pay(first + second, one_off), person)
    assert _sums(answers) == _sums([whole])
    assert sums["health_base"] == whole.added["health_base"]


def _sums(answers: list[Statutory]) -> dict[tuple[str, str], Decimal]:
    keys = {(line.code, line.bearer.value) for one in answers for line in one.lines}
    found = {key: sum((amounts(one).get(key, Decimal(0)) for one in answers), Decimal(0)) for key in keys}
    return {key: total for key, total in found.items() if total}


@given(regular=some.decimals(min_value=200, max_value=2000, places=2))
def test_who_is_in_a_midi_or_mini_job_bears_no_more_than_others(regular: Decimal) -> None:
    of_others = {"is_parent": True, "is_in_training": True}

    asked = paid(pay(regular), a_person(regular_monthly_pay=regular, is_parent=True))

    whole = paid(pay(regular), a_person(**of_others))
    assert asked.borne_by(Bearer.EMPLOYEE) <= whole.borne_by(Bearer.EMPLOYEE)
    assert all(line.amount > 0 for line in asked.lines)
