"""What a person should look at before payslips are approved."""

from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.exceptions import PayChecks, PayslipLooked, TimePaid, exceptions

NOTHING_ASKED = PayChecks(None, None)
FULL_TIME = Decimal(40 * 31)


def looked(**changes: Any) -> PayslipLooked:
    """3,000 as before, for 40 hours a week in a month of 31 days."""
    asked: dict[str, Any] = {
        "gross": Decimal(3000),
        "net": Decimal(2000),
        "currency": "EUR",
        "held_because": "",
        "held_reason": "",
        "last_gross": Decimal(3000),
        "last_net": Decimal(2000),
        "paid": TimePaid(by_contract=Decimal(3000), week_days=FULL_TIME, days=31),
    }
    return PayslipLooked(**asked | changes)


def kinds(payslip: PayslipLooked, checks: PayChecks = NOTHING_ASKED) -> list[str]:
    """What is named of a monthly payslip."""
    return [one.kind.value for one in exceptions(payslip, checks, PayFrequency.MONTHLY)]


def test_an_ordinary_payslip_has_none() -> None:
    assert kinds(looked(), PayChecks(Decimal(0), Decimal("17.30"))) == []


def test_the_first_payslip_is_named_and_compared_with_none() -> None:
    assert kinds(looked(last_gross=None, last_net=None), PayChecks(Decimal(5), None)) == ["first_payslip"]


def test_of_one_that_is_held_the_reason_is_named_and_nothing_else() -> None:
    held = looked(held_because="missing-account", held_reason="no account is known", gross=Decimal(0))

    (found,) = exceptions(held, PayChecks(Decimal(5), Decimal(99)), PayFrequency.MONTHLY)

    assert (found.kind.value, found.says) == ("held", "missing-account: no account is known")


@pytest.mark.parametrize(
    ("gross", "named"),
    [("3150", []), ("3150.01", ["variance"]), ("2850", []), ("2849.99", ["variance"]), ("0", ["variance"])],
)
def test_more_than_five_per_cent_apart_is_named(gross: str, named: list[str]) -> None:
    assert kinds(looked(gross=Decimal(gross)), PayChecks(Decimal(5), None)) == named


def test_anything_after_nothing_is_named_with_both_figures() -> None:
    payslip = looked(last_gross=Decimal(0), gross=Decimal("0.01"))

    (found,) = exceptions(payslip, PayChecks(Decimal(5), None), PayFrequency.MONTHLY)

    assert found.says == "gross is 0.01 after 0: more than 5 % apart"
    assert found.figures == {"before": Decimal(0), "now": Decimal("0.01")}


@pytest.mark.parametrize(
    ("paid", "named"),
    [
        # 173 1/3 hours at 12.82 are 2,222.13.
        (TimePaid(by_contract=Decimal("2222.14"), week_days=FULL_TIME, days=31), False),
        (TimePaid(by_contract=Decimal("2222.13"), week_days=FULL_TIME, days=31), True),
        # Half of the month, or half of the hours.
        (TimePaid(by_contract=Decimal("1111.07"), week_days=FULL_TIME / 2, days=31), False),
        (TimePaid(by_contract=Decimal("1111.06"), week_days=FULL_TIME / 2, days=31), True),
        # Ten hours that are paid as such, and nothing by contract.
        (TimePaid(by_hours=Decimal("128.20"), hours=Decimal(10), week_days=FULL_TIME, days=31), False),
        (TimePaid(by_hours=Decimal("128.19"), hours=Decimal(10), week_days=FULL_TIME, days=31), True),
        (TimePaid(), False),
    ],
)
def test_less_than_the_minimum_wage_is_named(paid: TimePaid, named: bool) -> None:
    found = kinds(looked(paid=paid), PayChecks(None, Decimal("12.82")))

    assert found == (["below_minimum_wage"] if named else [])


def test_weeks_are_as_long_as_they_are() -> None:
    paid = TimePaid(by_contract=Decimal("512.79"), week_days=Decimal(40 * 7), days=7)

    (found,) = exceptions(looked(paid=paid), PayChecks(None, Decimal("12.82")), PayFrequency.WEEKLY)

    assert found.says == "512.79 for 40.00 hours is 12.82 an hour, below the minimum wage of 12.82"
