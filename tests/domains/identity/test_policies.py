"""Which policy counts, and which two must not be at the same time."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.identity.messages import ApprovalPolicyView, PolicyLevel
from domains.identity.rules import AmbiguousPolicy, check_policy, policy_for, why_of

TODAY = date(2026, 3, 2)


def a_policy(code: str, from_amount: str = "0", **more: Any) -> ApprovalPolicyView:
    """A policy for credit decisions."""
    wanted = {"kind": "credit", "valid_from": date(2026, 1, 1), "version": 1} | more
    levels = (PolicyLevel(role="credit manager"),)
    return ApprovalPolicyView(code=code, from_amount=Decimal(from_amount), levels=levels, **wanted)


def counting(*known: ApprovalPolicyView, amount: str, **about: str) -> str | None:
    """The code of the policy that counts today."""
    found = policy_for(known, Decimal(amount), **({"category": "", "cost_centre": ""} | about), on=TODAY)
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", None), ("99.99", None), ("100", "LOW"), ("999.99", "LOW"), ("1000.00", "HIGH"), ("5000", "HIGH")],
)
def test_the_highest_band_that_the_amount_reaches_counts(amount: str, code: str | None) -> None:
    assert counting(a_policy("HIGH", "1000"), a_policy("LOW", "100"), amount=amount) == code


@pytest.mark.parametrize(
    ("category", "cost_centre", "code"),
    [
        ("export", "100", "BOTH"),
        ("export", "200", "CATEGORY"),
        ("home", "100", "CENTRE"),
        ("home", "200", "ALL"),
        ("", "", "ALL"),
    ],
)
def test_the_most_precise_counts_before_the_band(category: str, cost_centre: str, code: str) -> None:
    known = (
        a_policy("ALL", "1000"),
        a_policy("CENTRE", "300", cost_centre="100"),
        a_policy("CATEGORY", "200", category="export"),
        a_policy("BOTH", "100", category="export", cost_centre="100"),
    )
    assert counting(*known, amount="1000", category=category, cost_centre=cost_centre) == code


def test_one_that_is_blocked_or_begins_later_does_not_count_and_the_last_that_began_does() -> None:
    before = a_policy("BEFORE")
    assert counting(a_policy("NEXT", valid_from=date(2026, 3, 3)), before, amount="1") == "BEFORE"
    assert counting(a_policy("TODAY", valid_from=TODAY), before, amount="1") == "TODAY"
    assert counting(a_policy("BLOCKED", valid_from=TODAY, blocked=True), before, amount="1") == "BEFORE"
    assert counting(a_policy("BLOCKED", blocked=True), amount="1") is None


def test_two_that_say_something_about_the_same_from_the_same_day_on_are_refused() -> None:
    known = [a_policy("ONE", "100", category="export")]
    with pytest.raises(AmbiguousPolicy, match="ONE says who decides") as refused:
        check_policy(a_policy("TWO", "100", category="export"), known)
    assert refused.value.errors[0][0] == "from_amount"

    for other in (
        a_policy("ONE", "100", category="export"),
        a_policy("TWO", "100.01", category="export"),
        a_policy("TWO", "100"),
        a_policy("TWO", "100", category="export", cost_centre="1"),
        a_policy("TWO", "100", category="export", valid_from=TODAY),
        a_policy("TWO", "100", category="export", blocked=True),
        a_policy("TWO", "100", category="export", kind="discount"),
    ):
        check_policy(other, known)
    check_policy(a_policy("TWO", "100", category="export"), [known[0].model_copy(update={"blocked": True})])


def test_it_is_shown_why_somebody_is_asked() -> None:
    policy = a_policy("EXPORT", "1500", category="export", cost_centre="100")
    assert why_of(policy, "EUR") == "EXPORT: credit from 1,500.00 EUR, category export, cost centre 100"
    assert why_of(a_policy("ALL"), "EUR") == "ALL: credit from 0.00 EUR"
