"""Openings of a year: every sum that a pack adds up may be said, and a correction adds the difference."""

from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.messages.records import YearOpening
from domains.payroll.rules.openings import added_by_opening, check_opening_sums
from foundation.values.errors import Invalid
from tests.domains.payroll import de_pay, us_pay


def an_opening(**changes: Any) -> YearOpening:
    """What was paid to somebody in Texas before."""
    asked: dict[str, Any] = {"code": "E-1/2026", "employee_code": "E-1", "year": 2026, "country": "US"}
    return YearOpening(**asked | changes)


def checked(opening: YearOpening) -> None:
    """Whether the opening can be entered."""
    check_opening_sums(opening, None, [], is_employed=True, components=["salary"])


@pytest.mark.parametrize("state", ["TX", "CA", "IL"])
def test_whatever_the_law_of_the_united_states_adds_up_may_be_said(state: str) -> None:
    added = us_pay.paid(us_pay.a_line("regular", 20000), person=us_pay.a_person(state=state)).added

    assert added
    checked(an_opening(law=added))


def test_whatever_german_law_adds_up_may_be_said() -> None:
    added = de_pay.paid(de_pay.pay("5000", "500")).added

    assert added
    checked(an_opening(country="DE", law=added))


def test_what_is_not_added_up_is_refused_without_its_amount() -> None:
    with pytest.raises(Invalid) as refused:
        checked(an_opening(law={"federal_wage": Decimal("4711.08"), "month": Decimal(1)}))

    assert [error.field for error in refused.value.errors] == ["law.federal_wage", "law.month"]
    assert "4711" not in f"{refused.value.errors}"


def test_a_correction_adds_the_difference_also_of_what_is_not_said_any_more() -> None:
    was = an_opening(law={"medicare_wages": Decimal(100), "futa_wages": Decimal(7)}, components={"salary": 5})
    now = an_opening(law={"medicare_wages": Decimal(80)}, components={"salary": 5})

    assert added_by_opening(was, None) == {
        "law/medicare_wages": 100,
        "law/futa_wages": 7,
        "component/salary": 5,
    }
    assert added_by_opening(now, was) == {"law/medicare_wages": -20, "law/futa_wages": -7}
