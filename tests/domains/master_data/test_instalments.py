"""Payment terms: the published case, the calendar's edges, and that nothing of a total is lost."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.master_data.messages import Instalment, InstalmentKind, PutPaymentTerms
from domains.master_data.rules.payment_terms import discount_until, due_on, instalments, months_later
from foundation.values.money import ZERO, rounded

REFERENCE = Path(__file__).parents[2] / "reference" / "accounting.json"
PUBLISHED = json.loads(REFERENCE.read_text())["instalments"]
A_DAY = date(2026, 3, 2)


def some_terms(*parts: dict[str, Any], **changes: Any) -> PutPaymentTerms:
    """Payment terms with instalments, given as one would write them."""
    asked = {"code": "T", "name": "T", "instalments": parts}
    return PutPaymentTerms.model_validate(asked | changes)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["name"])
def test_a_published_case_has_the_answers_of_its_source(case: dict[str, Any]) -> None:
    terms = some_terms(*case["terms"])

    due = instalments(Decimal(case["total"]), date.fromisoformat(case["on"]), terms, "EUR")

    expected = [(date.fromisoformat(day), Decimal(amount)) for day, amount in case["due"]]
    assert [(one.due_on, one.amount) for one in due] == expected, case["source"]


@pytest.mark.parametrize(
    ("on", "instalment", "due"),
    [
        (date(2026, 3, 2), {}, date(2026, 3, 2)),
        (date(2026, 3, 2), {"days": 30}, date(2026, 4, 1)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2028, 1, 31), {"months": 1}, date(2028, 2, 29)),
        (date(2026, 12, 15), {"months": 1}, date(2027, 1, 15)),
        (date(2026, 3, 10), {"day_of_month": 15}, date(2026, 3, 15)),
        (date(2026, 3, 15), {"day_of_month": 15}, date(2026, 3, 15)),
        (date(2026, 3, 16), {"day_of_month": 15}, date(2026, 4, 15)),
        (date(2026, 12, 16), {"day_of_month": 15}, date(2027, 1, 15)),
        (date(2026, 2, 10), {"day_of_month": 31}, date(2026, 2, 28)),
        (date(2026, 1, 31), {"months": 1, "day_of_month": 31, "days": 10}, date(2026, 3, 10)),
    ],
)
def test_the_day_an_instalment_is_due(on: date, instalment: dict[str, int], due: date) -> None:
    assert due_on(Instalment.model_validate(instalment), on) == due


def test_an_instalment_never_takes_more_than_is_left() -> None:
    terms = some_terms({"kind": "fixed", "value": "100", "days": 10}, {"days": 30})

    due = instalments(Decimal("50.00"), A_DAY, terms, "EUR")

    assert [one.amount for one in due] == [Decimal("50.00"), ZERO]


def test_a_part_of_what_is_left_is_of_that() -> None:
    half_of_the_rest = {"kind": "percent_of_remaining", "value": "50"}

    due = instalments(Decimal("100.00"), A_DAY, some_terms(half_of_the_rest, half_of_the_rest, {}), "EUR")

    assert [one.amount for one in due] == [Decimal("50.00"), Decimal("25.00"), Decimal("25.00")]


def test_what_is_taken_back_is_due_in_the_same_parts() -> None:
    terms = some_terms({"kind": "fixed", "value": "100", "days": 10}, {"days": 30})

    due = instalments(Decimal("-150.00"), A_DAY, terms, "EUR")

    assert [one.amount for one in due] == [Decimal("-100.00"), Decimal("-50.00")]


def test_the_discount_may_be_taken_on_its_last_day() -> None:
    # odoo/odoo addons/account/tests/test_early_payment_discount.py @01b87f1 (figures only).
    terms = some_terms({}, discount_percent="10", discount_days=10)

    assert discount_until(date(2019, 1, 1), terms) == date(2019, 1, 11)
    assert discount_until(date(2019, 1, 1), some_terms({})) is None


values = some.decimals(ZERO, Decimal(200), places=2)
any_parts = some.lists(
    some.builds(Instalment, kind=some.sampled_from(InstalmentKind), value=values), min_size=1, max_size=5
)


@given(
    some.decimals(Decimal(-100_000), Decimal(100_000), places=3),
    any_parts,
    some.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_instalments_add_up_to_the_total_and_none_has_the_other_sign(
    amount: Decimal, parts: Sequence[Instalment], currency: str
) -> None:
    total = rounded(amount, currency)

    due = instalments(total, A_DAY, some_terms(*(part.model_dump() for part in parts)), currency)

    assert sum((one.amount for one in due), ZERO) == total
    assert all(one.amount * total >= 0 for one in due)
    assert all(one.amount == rounded(one.amount, currency) for one in due)


@given(some.dates(date(2000, 1, 1), date(2100, 1, 1)), some.integers(0, 120))
def test_months_later_is_in_that_month_and_never_on_a_later_day(on: date, months: int) -> None:
    later = months_later(on, months)

    assert (later.year * 12 + later.month) - (on.year * 12 + on.month) == months
    assert later.day <= on.day
