"""What a person's payslip comes to, from agreements to the cent, and what cannot be kept."""

from datetime import date
from decimal import Decimal

import pytest

from domains.payroll.rules.components import PayComponent
from tests.domains.payroll.agreed_pay import DOUBLE, TENTH, amounts, an_agreement, paid


@pytest.mark.parametrize(("component", "comes_to"), [(TENTH, "200.00"), (DOUBLE, "4000.00")])
def test_what_rests_on_others_is_not_cut_again_by_days_between_two_agreements(
    component: PayComponent, comes_to: str
) -> None:
    first = an_agreement("3100", component.code, valid_to=date(2026, 3, 10))
    second = an_agreement("3100", component.code, code="E-1/2", valid_from=date(2026, 3, 22))

    found = amounts(paid([first, second], component))

    # 10 and 10 of 31 days; the rest follows the salary.
    assert found["salary"] == "2000.00"
    assert found[component.code] == comes_to


def test_what_only_one_of_two_agreements_names_is_a_share_of_the_days_of_both() -> None:
    first = an_agreement("3100", valid_to=date(2026, 3, 10))
    second = an_agreement("3100", "tenth", code="E-1/2", valid_from=date(2026, 3, 22))

    found = amounts(paid([first, second], TENTH))

    assert found["tenth"] == "100.00"


def test_days_between_two_agreements_cut_the_salary_once() -> None:
    parts = [
        an_agreement("3100", valid_to=date(2026, 3, 1)),
        an_agreement("3100", code="E-1/2", valid_from=date(2026, 3, 3), valid_to=date(2026, 3, 3)),
        an_agreement("6200", code="E-1/3", valid_from=date(2026, 3, 31)),
    ]

    assert paid(parts).gross == Decimal("400.00")
