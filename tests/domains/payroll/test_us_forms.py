"""Form W-2 and Form 941 as figures: of a year, of a quarter, and the cents between both."""

from decimal import Decimal

import pytest

from domains.payroll.countries.us.forms import StateBoxes, form_941, form_w2
from domains.payroll.rules.statutory import Statutory, UnknownYear
from tests.domains.payroll.us_pay import a_line, a_person, a_year_of, amount, paid, summed


def a_payment(*more: tuple[str, int], state: str = "PA") -> Statutory:
    """2,000 regular wages, and what else is said."""
    lines = [a_line("regular", 2000), *(a_line(treatment, value) for treatment, value in more)]
    return paid(*lines, person=a_person(state=state))


def test_a_form_w2_has_each_box_from_the_year() -> None:
    payments = [
        a_payment(("section_401k", -100), ("section_125", -50)),
        a_payment(("bonus", 1000), ("fringe", 200), ("not_cash", -200), ("exempt", 70)),
    ]
    w2 = form_w2(summed(*payments), health_coverage=Decimal(9000))

    assert w2.wages == 1850 + 3200
    assert w2.federal_income_tax == sum(
        amount(one, code)
        for one in payments
        for code in ("federal_income_tax", "federal_income_tax_supplemental")
    )
    assert w2.social_security_wages == w2.medicare_wages == 1950 + 3200
    assert w2.social_security_tax == Decimal("319.30")
    assert w2.medicare_tax == Decimal("74.68")  # 28.28 and 46.40
    assert w2.box_12 == {"D": 100, "DD": 9000}
    assert w2.states == (StateBoxes("PA", Decimal(1950 + 3200), Decimal("158.11")),)  # 59.87 and 98.24


def test_boxes_3_and_4_end_at_the_limit_and_box_6_has_the_additional_tax() -> None:
    w2 = form_w2(summed(*a_year_of(*[Decimal(25_000)] * 10)))

    assert w2.social_security_wages == 184_500
    assert w2.social_security_tax == Decimal("11439.00")
    assert w2.medicare_wages == 250_000
    assert w2.medicare_tax == 3625 + 450


def test_each_state_has_boxes_of_its_own() -> None:
    w2 = form_w2(summed(a_payment(), a_payment(state="IL"), a_payment(state="TX")))

    assert w2.states == (
        StateBoxes("IL", Decimal(2000), Decimal("99.00")),
        StateBoxes("PA", Decimal(2000), Decimal("61.40")),
    )


def test_box_12_has_nothing_that_is_nothing() -> None:
    assert form_w2(a_payment().added).box_12 == {}


def test_a_form_941_has_each_line_of_the_quarter() -> None:
    payments = [*a_year_of(Decimal(210_000), Decimal(1000)), a_payment(("section_401k", -100))]
    form = form_941(2026, [one.added for one in payments], employees=2)

    assert form.line_1 == 2
    assert form.line_2 == 211_000 + 1900
    assert form.line_3 == sum(amount(one, "federal_income_tax") for one in payments)
    assert form.line_5a == (Decimal(186_500), Decimal("23126.00"))
    assert form.line_5b == (Decimal(0), Decimal(0))
    assert form.line_5c == (Decimal(213_000), Decimal("6177.00"))
    assert form.line_5d == (Decimal(11_000), Decimal("99.00"))
    assert form.line_5e == Decimal("29402.00")
    assert form.line_6 == form.line_3 + form.line_5e
    assert form.line_7 == 0
    assert form.line_12 == form.line_10 == form.line_6


def test_line_7_is_what_cents_of_many_employees_come_to() -> None:
    # 1.45 per cent of 100.04 are 1.45058, and 6.2 per cent 6.20248: 100 employees are withheld 765.00, and
    # their half of lines 5a and 5c (1,240.50 and 290.12) is 765.31.
    payments = [paid(a_line("regular", "100.04")).added for _ in range(100)]
    form = form_941(2026, payments, employees=100)

    assert form.line_5a == (Decimal(10_004), Decimal("1240.50"))
    assert form.line_5c == (Decimal(10_004), Decimal("290.12"))
    assert form.line_7 == Decimal("-0.31")
    assert form.line_12 == form.line_3 + 2 * 765 + Decimal("0.31")


def test_line_7_is_positive_when_cents_were_rounded_up() -> None:
    payments = [paid(a_line("regular", "100.10")).added for _ in range(100)]

    # 6.21 and 1.45 are withheld, of 6.2062 and 1.45145: 766.00, and half of lines 5a and 5c is 765.765.
    assert form_941(2026, payments, employees=100).line_7 == Decimal("0.24")


def test_an_empty_quarter_is_nothing() -> None:
    assert form_941(2025, [], employees=0).line_12 == 0


def test_the_rates_of_a_year_that_is_not_known_are_refused() -> None:
    with pytest.raises(UnknownYear):
        form_941(2024, [], employees=0)
