"""Germany as a pack: mini- and midi-jobs, other insurance, premiums and deferred pay."""

import json
from decimal import Decimal
from pathlib import Path

from domains.payroll.countries.de.certificate import wage_tax_certificate
from tests.domains.payroll.de_pay import (
    EMPLOYER,
    a_line,
    a_month,
    a_person,
    a_year,
    amount,
    amounts,
    euros,
    paid,
    pay,
    several,
    steps_of,
    the,
)

EXAMPLE = json.loads((Path(__file__).parents[2] / "reference" / "de_lohnsteuer.json").read_text())[
    "example_package"
]


# Mini- and midi-jobs


def test_a_midi_job_has_the_bases_of_the_published_formulas() -> None:
    """1,427.03 as a whole and 1,284.18 of the employee: the short formulas of 2026."""
    asked = paid(pay(1500), a_person(regular_monthly_pay="1500", is_parent=True))

    assert the(asked, "0100").base == Decimal("1427.03")
    assert amount(asked, "0100") == Decimal("119.43")
    assert amount(asked, "0100", EMPLOYER) == Decimal("145.99")


def test_a_mini_job_has_flat_rates_and_no_wage_tax() -> None:
    person = a_person(fund=None, regular_monthly_pay="500", tax={"wage_tax_class": 6})

    asked = paid(pay(500), person)

    assert amounts(asked) == {
        ("6000", "employer"): Decimal("65.00"),
        ("0100", "employee"): Decimal("18.00"),
        ("0100", "employer"): Decimal("75.00"),
        ("ST", "employer"): Decimal("10.00"),
        ("U1", "employer"): Decimal("8.00"),
        ("U2", "employer"): Decimal("2.20"),
        ("0050", "employer"): Decimal("0.75"),
    }
    assert {line.authority for line in asked.lines} == {"minijob-centre"}
    assert wage_tax_certificate(asked.added).gross_wage == 0


def test_a_mini_job_by_the_card_is_taxed_and_certified() -> None:
    person = a_person(regular_monthly_pay="500", mini_job={"is_taxed_flat": False}, tax={"wage_tax_class": 6})

    asked = paid(pay(500), person)

    assert amount(asked, "ST", EMPLOYER) == 0 < amount(asked, "wage_tax")
    certificate = wage_tax_certificate(asked.added)
    assert (certificate.gross_wage, certificate.employer_pension) == euros(500, 75)
    assert certificate.employee_pension == 18


def test_a_twelfth_of_one_off_pay_makes_a_midi_job_of_little_pay() -> None:
    """600 a month and 600 at Christmas are 650 a month: above the limit of 603."""
    assert amount(paid(pay(600), a_person(regular_monthly_pay="650")), "ST", EMPLOYER) == 0


def test_an_apprentice_is_in_no_midi_job() -> None:
    asked = paid(pay(1000), a_person(is_in_training=True))

    assert amount(asked, "0100") == amount(asked, "0100", EMPLOYER) == Decimal("93.00")


# Insured otherwise


def test_a_subsidy_to_private_insurance_is_paid_out_and_owed_by_nobody_else() -> None:
    """Half of 520 and of 80; the tax is that of another program for premiums of 600 and a subsidy of 300."""
    own = {"health_premium": "520", "care_premium": "80", "basic_premium": "600"}
    person = a_person(health_group="0", care_group="0", own_insurance=own)

    asked = paid(pay(5000), person)

    assert amount(asked, "subsidy_health", EMPLOYER) == 260 == -amount(asked, "subsidy_health")
    assert amount(asked, "subsidy_care", EMPLOYER) == 40 == -amount(asked, "subsidy_care")
    assert sum(one.amount for one in asked.lines if one.authority == "insurance-subsidy") == 0
    assert EXAMPLE["pkv_variant"].startswith("866.00") and amount(asked, "wage_tax") == 866
    certificate = wage_tax_certificate(asked.added)
    assert (certificate.subsidy_to_private_health, certificate.subsidy_to_care) == euros(260, 40)
    assert (certificate.private_premiums, certificate.health, certificate.care) == euros(600, 0, 0)


def test_a_voluntary_member_whom_we_pay_for_has_the_whole_contribution_certified() -> None:
    """14.6 and 2.9 per cent of 5,812.50, and the employer's half of each beside it."""
    asked = paid(pay(8000), a_person(health_group="9", is_parent=True))

    certificate = wage_tax_certificate(asked.added)
    assert certificate.subsidy_to_voluntary_health == Decimal("424.31") + Decimal("84.28")
    assert certificate.health == 2 * certificate.subsidy_to_voluntary_health
    assert certificate.subsidy_to_care == Decimal("104.63") == certificate.care / 2


def test_a_voluntary_member_who_pays_has_a_subsidy_at_the_funds_rate() -> None:
    own = {"is_voluntary_member": True, "health_premium": "1017.18", "care_premium": "209.26"}
    person = a_person(health_group="0", care_group="0", own_insurance=own)

    asked = paid(pay(8000), person)

    assert amount(asked, "subsidy_health", EMPLOYER) == Decimal("508.59")
    certificate = wage_tax_certificate(asked.added)
    assert certificate.subsidy_to_voluntary_health == Decimal("508.59")
    assert certificate.subsidy_to_private_health == 0


def test_who_is_retired_pays_no_pension_contribution_and_has_none_certified() -> None:
    groups = {"health_group": "3", "pension_group": "3", "unemployment_group": "2"}

    asked = paid(pay(3000), a_person(born_on="1955-03-03", is_parent=True, **groups))

    assert amount(asked, "0300", EMPLOYER) == Decimal("279.00")
    assert amount(asked, "0300") == amount(asked, "0020") == 0
    assert wage_tax_certificate(asked.added).employer_pension == 0


def test_relief_for_age_is_given_from_the_year_after_the_64th_birthday() -> None:
    """Who is born on 1 January has completed the year of life on the day before."""
    assert a_person(born_on="1962-01-02").age_relief_from == 2027
    assert a_person(born_on="1962-01-01").age_relief_from == 2026
    older, younger = a_person(born_on="1962-01-01"), a_person(born_on="1962-01-02")
    assert amount(paid(pay(5000), older), "wage_tax") < amount(paid(pay(5000), younger), "wage_tax")


def test_a_child_lowers_care_insurance_to_the_month_in_which_it_is_25() -> None:
    children = ["2001-05-10", "2003-05-10", "2005-05-10"]
    person = a_person(born_on="1975-01-01", children_born_on=children)

    answers, _ = a_year(5000, person=person, months=(5, 6))

    assert [amount(one, "0001") for one in answers] == [Decimal("65.00"), Decimal("77.50")]


# Premiums and deferred pay


def test_premiums_are_free_of_tax_up_to_50_euros_an_hour_and_of_contributions_up_to_25() -> None:
    """A quarter of 60 for 20 hours is 300: 250 are free of tax, 125 of contributions."""
    premium = a_line("premium_night", 300, hours=Decimal(20), rate=Decimal(60))

    asked = paid([*pay(3000), premium])

    assert asked.added["taxable_regular"] == 3050
    assert the(asked, "1000").base == 3175
    assert amount(asked, "wage_tax") == amount(paid(pay(3050)), "wage_tax")
    assert steps_of(the(asked, "wage_tax"))["free of tax"] == 250


def test_the_persons_basic_wage_counts_for_premiums_before_the_lines() -> None:
    premium = a_line("premium_sunday", 100, hours=Decimal(10), rate=Decimal(10))

    asked = paid([*pay(3000), premium], a_person(basic_hourly_wage="20"))

    assert asked.added["taxable_regular"] == 3000


def test_deferred_pay_is_free_of_contributions_up_to_half_of_what_is_free_of_tax() -> None:
    """400 a month: free of tax up to 8,112 and of contributions up to 4,056, which leaves 56 in November."""
    deferring = [*pay(5000), a_line("deferred", -400)]

    answers, sums = several([(a_month(month), deferring) for month in range(1, 13)])

    assert sums["taxable_regular"] == 12 * 4600
    assert [the(one, "0100").base for one in answers[9:]] == [4600, 4944, 5000]
    assert sums["deferred_pay"] == 4800


def test_what_is_deferred_beyond_the_limit_of_tax_is_pay() -> None:
    asked = paid([*pay(9000), a_line("deferred", -8200)])

    assert asked.added["taxable_regular"] == 9000 - 8112
    assert asked.added["month_05_regular"] == 9000 - 4056
