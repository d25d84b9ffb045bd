"""Social security, Medicare and federal unemployment tax: each limit to the dollar, and to the year."""

from decimal import Decimal

import pytest

from domains.payroll.rules.statutory import Bearer, Statutory
from tests.domains.payroll.us_pay import (
    PUBLISHED,
    a_line,
    a_period,
    a_person,
    a_year_of,
    amount,
    paid,
    the_line,
)

FICA = PUBLISHED["fica"]
BASES = [(int(year), Decimal(base)) for year, base in FICA["wage_base"].items()]
BOTH = (Bearer.EMPLOYEE, Bearer.EMPLOYER)


def paid_after(
    so_far: int | Decimal, wages: int | str | Decimal, *, year: int = 2026, counted_as: str = "medicare_wages"
) -> Statutory:
    """Regular wages after so many dollars of the year."""
    this_year = {counted_as: Decimal(so_far)}
    return paid(a_line("regular", wages), period=a_period(year), this_year=this_year)


@pytest.mark.parametrize(("year", "base"), BASES)
@pytest.mark.parametrize("bearer", BOTH)
def test_social_security_ends_at_the_base_of_the_year(year: int, base: Decimal, bearer: Bearer) -> None:
    def tax(so_far: Decimal, wages: int) -> Decimal:
        asked = paid_after(so_far, wages, year=year, counted_as="social_security_wages")
        return amount(asked, "social_security", bearer)

    assert tax(base - 1001, 1000) == 62
    assert tax(base - 1000, 1000) == 62
    assert tax(base - 999, 1000) == Decimal("61.94")
    assert tax(base - 1, 1000) == Decimal("0.06")
    assert tax(base, 1000) == 0
    assert tax(base + 1, 1000) == 0
    assert tax(Decimal(0), int(base)) == Decimal(FICA["max_ss_tax"][str(year)])
    assert tax(Decimal(0), 10_000_000) == Decimal(FICA["max_ss_tax"][str(year)])


@pytest.mark.parametrize(("year", "base"), BASES)
def test_a_year_of_high_pay_comes_to_the_most_there_is(year: int, base: Decimal) -> None:
    payments = a_year_of(*[Decimal("9615.39")] * 26, year=year)

    withheld = sum(amount(one, "social_security") for one in payments)

    assert withheld == Decimal(FICA["max_ss_tax"][str(year)])
    assert sum(one.added["social_security_wages"] for one in payments) == base


@pytest.mark.parametrize("bearer", BOTH)
def test_medicare_has_no_limit(bearer: Bearer) -> None:
    assert amount(paid_after(0, 1000), "medicare", bearer) == Decimal("14.50")
    assert amount(paid_after(5_000_000, 1000), "medicare", bearer) == Decimal("14.50")


@pytest.mark.parametrize(
    ("so_far", "wages", "additional"),
    [
        (198_999, 1000, "0.00"),
        (199_000, 1000, "0.00"),
        (199_000, 1001, "0.01"),
        (199_000, 1100, "0.90"),
        (199_999, 1000, "8.99"),
        (200_000, 1000, "9.00"),
        (200_001, 1000, "9.00"),
        (0, 300_000, "900.00"),
    ],
)
def test_additional_medicare_is_on_what_is_above_200_000(so_far: int, wages: int, additional: str) -> None:
    asked = paid_after(so_far, wages)

    assert amount(asked, "additional_medicare") == Decimal(additional)
    assert amount(asked, "additional_medicare", Bearer.EMPLOYER) == 0


@pytest.mark.parametrize(
    ("so_far", "wages", "tax"),
    [
        (0, 6_999, "41.99"),
        (0, 7_000, FICA["futa"]["max_net"]),
        (0, 7_001, FICA["futa"]["max_net"]),
        (6_000, 999, "5.99"),
        (6_000, 1_000, "6.00"),
        (6_999, 1_000, "0.01"),
        (7_000, 1_000, "0.00"),
        (7_001, 1_000, "0.00"),
    ],
)
def test_federal_unemployment_tax_is_the_employers_on_7_000(so_far: int, wages: int, tax: str) -> None:
    asked = paid_after(so_far, wages, counted_as="futa_wages")

    assert amount(asked, "futa", Bearer.EMPLOYER) == Decimal(tax)
    assert amount(asked, "futa") == 0


def test_the_rates_are_the_published_ones() -> None:
    asked = paid(a_line("regular", 1000))
    rates = {
        code: dict(the_line(asked, code, Bearer.EMPLOYER).steps)["rate"]
        for code in ("social_security", "medicare", "futa")
    }

    assert rates == {
        "social_security": FICA["ss_rate"],
        "medicare": FICA["medicare_rate"],
        "futa": FICA["futa"]["net"],
    }


def test_an_employer_in_a_state_that_owes_loses_part_of_the_credit() -> None:
    # US Department of Labor, 10 November 2025: California, 1.2 per cent of 7,000.
    person = a_person(state="CA", state_unemployment_percent="3.4")
    in_2025, in_2026 = (
        paid(a_line("regular", 8000), person=person, period=a_period(year)) for year in (2025, 2026)
    )

    assert amount(in_2025, "futa_credit_reduction", Bearer.EMPLOYER) == 84
    assert amount(in_2025, "futa", Bearer.EMPLOYER) == 42
    assert amount(in_2026, "futa_credit_reduction", Bearer.EMPLOYER) == 0
    assert amount(paid_after(0, 8000, year=2025), "futa_credit_reduction", Bearer.EMPLOYER) == 0


@pytest.mark.parametrize(
    ("treatment", "value", "income_tax_on", "fica_on"),
    [
        ("section_125", -300, 1700, 1700),
        ("section_401k", -300, 1700, 2000),
        ("exempt", 300, 2000, 2000),
        ("fringe", 300, 2300, 2300),
        ("regular", 300, 2300, 2300),
    ],
)
def test_each_treatment_counts_where_the_law_counts_it(
    treatment: str, value: int, income_tax_on: int, fica_on: int
) -> None:
    asked = paid(a_line("regular", 2000), a_line(treatment, value))

    assert the_line(asked, "federal_income_tax").base == income_tax_on
    for bearer in BOTH:
        assert the_line(asked, "social_security", bearer).base == fica_on
        assert the_line(asked, "medicare", bearer).base == fica_on
    assert the_line(asked, "futa", Bearer.EMPLOYER).base == fica_on


@pytest.mark.parametrize("treatment", ["supplemental", "bonus"])
def test_supplemental_wages_are_wages_to_all_but_income_tax(treatment: str) -> None:
    asked = paid(a_line("regular", 2000), a_line(treatment, 500))

    assert the_line(asked, "federal_income_tax").base == 2000
    assert the_line(asked, "social_security").base == 2500
    assert the_line(asked, "futa", Bearer.EMPLOYER).base == 2500


def test_a_benefit_in_kind_is_taxed_and_not_paid() -> None:
    lines = [a_line("regular", 2000), a_line("fringe", 300), a_line("not_cash", -300)]
    asked = paid(*lines)
    in_money = paid(a_line("regular", 2300))

    assert asked.lines == in_money.lines
    assert sum(line.amount for line in lines) == 2000


def test_wages_taken_back_beyond_the_base_give_nothing_back() -> None:
    known = {"social_security_wages": Decimal(184_500), "medicare_wages": Decimal(190_000)}
    little = paid(a_line("regular", -5_500), this_year=known)
    more = paid(a_line("regular", -6_500), this_year=known)

    assert amount(little, "social_security") == 0
    assert amount(more, "social_security") == -62
    assert amount(little, "federal_income_tax") == 0


def test_a_line_says_what_was_counted() -> None:
    line = the_line(paid_after(184_000, 1000, counted_as="social_security_wages"), "social_security")

    assert line.base == 500
    assert line.amount == 31
    assert line.rule == "26 USC 3101(a), 2026"
    assert dict(line.steps) == {
        "this year before": 184_000,
        "this year with it": 184_500,
        "limit of the year": 184_500,
        "rate": Decimal("0.062"),
    }
