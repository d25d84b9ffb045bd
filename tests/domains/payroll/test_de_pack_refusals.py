"""What the pack of Germany refuses, by name and by field."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domains.payroll.countries.de.earnings import (
    TREATMENTS,
    DeferredInSecondJob,
    DeferredPayNotNegative,
    MoreTakenThanPaid,
)
from domains.payroll.countries.de.insured_payment import LastMonthNotGiven
from domains.payroll.countries.de.mini_jobs import MoreThanAMiniJob
from domains.payroll.countries.de.payment import (
    NotOneMonth,
    OnlyPaidMonthly,
    PaidInAnotherYear,
    PayWithoutEmployment,
    RegularPayNotGiven,
)
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PayLine, PayPeriod, UnknownTreatment, UnknownYear, YearToDate
from foundation.values.errors import BusinessError, Invalid
from foundation.values.messages import Message
from tests.domains.payroll.de_pay import DE, a_line, a_month, a_person, paid, pay

NIGHT = {"hours": Decimal(10), "rate": Decimal(20)}


@pytest.mark.parametrize(
    ("period", "refusal", "field"),
    [
        (a_month(5, 2024), UnknownYear, "paid_on"),
        (a_month(5, 2027), UnknownYear, "paid_on"),
        (a_month(5, frequency=PayFrequency.BIWEEKLY), OnlyPaidMonthly, "frequency"),
        (a_month(5, frequency=PayFrequency.DAILY), OnlyPaidMonthly, "frequency"),
        (a_month(5, starts_on=date(2026, 5, 2)), NotOneMonth, "starts_on"),
        (a_month(5, ends_on=date(2026, 5, 30)), NotOneMonth, "starts_on"),
        (a_month(12, 2025, paid_on=date(2026, 1, 5)), PaidInAnotherYear, "paid_on"),
        (a_month(5, employed_from=date(2026, 6, 1)), PayWithoutEmployment, "lines"),
        (
            a_month(5, employed_to=date(2026, 4, 30), employed_from=date(2026, 1, 1)),
            PayWithoutEmployment,
            "lines",
        ),
    ],
)
def test_a_period_is_refused(period: PayPeriod, refusal: type[BusinessError], field: str) -> None:
    with pytest.raises(refusal) as refused:
        paid(pay(5000), period=period)

    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("lines", "refusal", "fields"),
    [
        ([a_line("bonus", 1), a_line("regular", 1), a_line("", 1)], UnknownTreatment, ["lines.0", "lines.2"]),
        ([a_line("one_off", -1)], MoreTakenThanPaid, ["lines"]),
        (pay(-1), MoreTakenThanPaid, ["lines"]),
        ([*pay(300), a_line("deferred", -301)], MoreTakenThanPaid, ["lines"]),
        ([*pay(5000), a_line("deferred", 100)], DeferredPayNotNegative, ["lines"]),
        ([*pay(5000), a_line("premium_night", 50)], Invalid, ["lines.1.hours", "lines.1.rate"]),
        ([a_line("premium_night", -1, **NIGHT)], Invalid, ["lines.0.amount"]),
        ([a_line("premium_night", 1, **NIGHT | {"hours": Decimal(745)})], Invalid, ["lines.0.hours"]),
        ([a_line("premium_night", 1, **NIGHT | {"rate": Decimal(-1)})], Invalid, ["lines.0.rate"]),
        (pay(1999), RegularPayNotGiven, ["regular_monthly_pay"]),
    ],
)
def test_lines_are_refused(
    lines: Sequence[PayLine], refusal: type[BusinessError], fields: Sequence[str]
) -> None:
    with pytest.raises(refusal) as refused:
        paid(lines)

    assert [error.field.removesuffix(".treatment") for error in refused.value.errors] == fields


def test_nobody_defers_in_a_second_job() -> None:
    with pytest.raises(DeferredInSecondJob):
        paid([*pay(5000), a_line("deferred", -100)], a_person(tax={"wage_tax_class": 6}))


def test_deferred_pay_comes_back_as_far_as_it_was_deferred() -> None:
    given_back = [*pay(5000), a_line("deferred", 100)]

    assert paid(given_back, this_year={"deferred_pay": Decimal(100)}).added["taxable_regular"] == 5100
    with pytest.raises(DeferredPayNotNegative):
        paid(given_back, this_year={"deferred_pay": Decimal("99.99")})


def test_contributions_without_a_fund_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        paid(pay(5000), a_person(fund=None))

    assert [error.field for error in refused.value.errors] == ["fund"]


def test_the_march_clause_without_the_month_that_it_counts_in_is_refused() -> None:
    """An opening balance that says what counted in the year, and not in its last month."""
    last_year = {"insured_days": Decimal(360), "health_base": Decimal(60000), "pension_base": Decimal(60000)}

    with pytest.raises(LastMonthNotGiven):
        paid(pay(5000, 5000), period=a_month(1), last_year=last_year)


def test_more_than_twice_the_limit_is_no_mini_job() -> None:
    with pytest.raises(MoreThanAMiniJob):
        paid(pay(1207), a_person(regular_monthly_pay="603"))


def test_a_person_of_the_future_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        paid(pay(5000), a_person(born_on="2026-06-01"))

    assert [error.field for error in refused.value.errors] == ["born_on"]


OWN = {"health_premium": "500", "care_premium": "50"}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"tax": {"wage_tax_class": 7}}, "tax.wage_tax_class"),
        ({"tax": {"wage_tax_class": 1, "factor": "0.9"}}, "tax"),
        ({"tax": {"wage_tax_class": 4, "factor": "1.1"}}, "tax.factor"),
        ({"tax": {"wage_tax_class": 4, "factor": "0.9999"}}, "tax.factor"),
        ({"tax": {"child_allowances": "0.25"}}, "tax.child_allowances"),
        ({"tax": {"yearly_allowance": "-1"}}, "tax.yearly_allowance"),
        ({"state": "XX"}, "state"),
        ({"fund": {"code": "Techniker Kasse", "additional_percent": "2.9"}}, "fund.code"),
        ({"fund": {"code": "TK", "additional_percent": "29"}}, "fund.additional_percent"),
        ({"levies": {"sick_pay": "11", "maternity": "0.4"}}, "levies.sick_pay"),
        ({"levies": {"maternity": "0.4"}}, "levies.sick_pay"),
        ({"health_group": "2"}, "health_group"),
        ({"own_insurance": OWN}, ""),
        ({"own_insurance": OWN, "health_group": "0"}, ""),
        ({"health_group": "9", "regular_monthly_pay": "2000"}, ""),
        ({"children_born_on": ["1990-01-01"]}, ""),
        ({"regular_monthly_pay": "1000.001"}, "regular_monthly_pay"),
        (
            {"without_contributions": [{"starts_on": "2026-02-01", "ends_on": "2026-01-01"}]},
            "without_contributions.0",
        ),
        ({"steuerklasse": 1}, "steuerklasse"),
    ],
)
def test_details_are_refused_by_their_field(details: Mapping[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        a_person(**details)

    assert [".".join(str(part) for part in one["loc"]) for one in refused.value.errors()] == [field]


def test_another_countrys_details_are_a_defect() -> None:
    class Other(Message):
        pass

    with pytest.raises(TypeError):
        DE.statutory(Other(), a_month(5), pay(5000), YearToDate())


def test_every_treatment_is_said_in_a_sentence() -> None:
    assert set(DE.treatments) == {
        "regular",
        "one_off",
        "tax_free",
        "deferred",
        "premium_night",
        "premium_deep_night",
        "premium_sunday",
        "premium_holiday",
        "premium_high_holiday",
    }
    assert all(sentence.endswith(".") for sentence in TREATMENTS.values())
