"""Which policy counts, and which two must not be at the same time."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.identity.messages import ApprovalPolicyView, PolicyLevel
from domains.identity.rules.policies import (
    AmbiguousPolicy,
    Matter,
    check_policy,
    levels_asked,
    policies_for,
    why_of,
)

TODAY = date(2026, 3, 2)


def a_policy(code: str, from_amount: str = "0", **more: Any) -> ApprovalPolicyView:
    """A policy for credit decisions."""
    wanted = {"kind": "credit", "valid_from": date(2026, 1, 1), "version": 1} | more
    levels = (PolicyLevel(role="credit manager"),)
    return ApprovalPolicyView(code=code, from_amount=Decimal(from_amount), levels=levels, **wanted)


def counting(
    *known: ApprovalPolicyView, amount: str, category: str = "", **centres: str
) -> str | list[str] | None:
    """The codes of the policies that count today, those that ask first before the others."""
    of = {name: Decimal(part) for name, part in centres.items()}
    found = [one.code for one in policies_for(known, Matter(Decimal(amount), TODAY, category, of))]
    return found if len(found) > 1 else next(iter(found), None)


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", None), ("99.99", None), ("100", "LOW"), ("999.99", "LOW"), ("1000.00", "HIGH"), ("5000", "HIGH")],
)
def test_the_highest_band_that_the_amount_reaches_counts(amount: str, code: str | None) -> None:
    assert counting(a_policy("HIGH", "1000"), a_policy("LOW", "100"), amount=amount) == code


KNOWN = (
    a_policy("ALL", "100"),
    a_policy("SHOP", "100", cost_centre="SHOP"),
    a_policy("EXPORT", "100", category="export"),
    a_policy("BOTH", "100", category="export", cost_centre="SHOP"),
)


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        ({}, "ALL"),
        ({"SALES": "1000"}, "ALL"),
        ({"SHOP": "1000"}, "SHOP"),
        ({"category": "home", "SHOP": "1000"}, "SHOP"),
        ({"category": "export"}, "EXPORT"),
        ({"category": "export", "SHOP": "1000"}, "BOTH"),
    ],
)
def test_who_names_more_replaces_who_names_less_and_asks_from_no_lower_an_amount(
    about: dict[str, str], codes: str
) -> None:
    assert counting(*KNOWN, amount="1000", **about) == codes


def test_a_milder_policy_that_names_more_does_not_keep_a_higher_band_from_being_asked() -> None:
    board = a_policy("BOARD", "900")

    assert counting(*KNOWN, board, amount="1000", category="export") == ["EXPORT", "BOARD"]
    assert counting(*KNOWN, board, amount="899.99", category="export") == "EXPORT"
    assert counting(*KNOWN, board, amount="1000", SHOP="1000") == ["SHOP", "BOARD"]
    own = a_policy("EXPORT-900", "900", category="export")
    assert counting(*KNOWN, board, own, amount="1000", category="export") == "EXPORT-900"


def test_a_category_and_a_cost_centre_are_both_asked_about() -> None:
    assert counting(*KNOWN[:3], amount="1000", category="export", SHOP="1000") == ["EXPORT", "SHOP"]


def test_each_cost_centre_is_asked_about_what_is_its_own_and_all_about_the_whole() -> None:
    sales = a_policy("SALES", "500", cost_centre="SALES")
    known = (*KNOWN[:2], sales)

    assert counting(*known, amount="20000.50", SHOP="20000") == ["SHOP", "ALL"], "0.50 is of no cost centre"
    assert counting(*known, amount="1000", SHOP="500", SALES="500") == ["SALES", "SHOP", "ALL"]
    assert counting(*known, amount="1000", SHOP="500.01", SALES="499.99") == ["SHOP", "ALL"]
    assert counting(*known, amount="1000", SHOP="99.99", SALES="499.99") == "ALL"


AMOUNTS = st.integers(0, 12).map(Decimal)
CATEGORIES, CENTRES = st.sampled_from(["", "x"]), st.sampled_from(["", "A", "B"])
POLICIES = st.lists(
    st.builds(
        lambda number, band, category, centre: a_policy(
            f"P{number}", str(band), category=category, cost_centre=centre
        ),
        st.integers(0, 99),
        AMOUNTS,
        CATEGORIES,
        CENTRES,
    ),
    max_size=8,
)
LINES = st.lists(st.tuples(CENTRES, AMOUNTS), min_size=1, max_size=4)


def matter_of(category: str, lines: list[tuple[str, Decimal]]) -> Matter:
    """What lines of cost centres, or of none, come to."""
    of: dict[str, Decimal] = {}
    for centre, amount in lines:
        if centre:
            of[centre] = of.get(centre, Decimal(0)) + amount
    return Matter(sum((amount for _, amount in lines), Decimal(0)), TODAY, category, of)


def are_asked_no_lower(known: list[ApprovalPolicyView], before: Matter, after: Matter) -> bool:
    """Whether for each policy that counted one that names as much counts, from as high an amount."""
    return all(
        any(
            now.from_amount >= was.from_amount
            and was.category in ("", now.category)
            and was.cost_centre in ("", now.cost_centre)
            for now in policies_for(known, after)
        )
        for was in policies_for(known, before)
    )


@given(POLICIES, CATEGORIES, LINES, st.tuples(CENTRES, AMOUNTS))
def test_whatever_is_added_nobody_is_asked_less(
    known: list[ApprovalPolicyView],
    category: str,
    lines: list[tuple[str, Decimal]],
    added: tuple[str, Decimal],
) -> None:
    assert are_asked_no_lower(known, matter_of(category, lines), matter_of(category, [*lines, added]))


@given(POLICIES, LINES)
def test_a_category_that_is_named_avoids_nothing_that_counts_without_it(
    known: list[ApprovalPolicyView], lines: list[tuple[str, Decimal]]
) -> None:
    assert are_asked_no_lower(known, matter_of("", lines), matter_of("x", lines))


def a_chain(code: str, *roles: str, from_amount: str = "0", **more: Any) -> ApprovalPolicyView:
    """A policy that asks these roles one after the other: `role`, or `role > role it escalates to`."""
    asked = [role.partition(" > ") for role in roles]
    levels = tuple(
        PolicyLevel(number=number, role=role, escalate_to=further or None)
        for number, (role, _, further) in enumerate(asked, start=1)
    )
    return a_policy(code, from_amount, **more).model_copy(update={"levels": levels})


def asked_by(*policies: ApprovalPolicyView) -> list[tuple[str, str | None, list[str]]]:
    """Who is asked, to whom that escalates, and by which policies."""
    return [
        (one.level.role, one.level.escalate_to, [policy.code for policy in one.policies])
        for one in levels_asked(policies)
    ]


def test_several_ask_one_after_the_other_and_no_role_twice_for_the_same() -> None:
    chains = a_chain("SHOP", "clerk", "director"), a_chain("ALL", "director", "board", "director")

    asked = [
        (one.level.number, one.level.role, [of.code for of in one.policies]) for one in levels_asked(chains)
    ]

    # ALL asks two directors: one has been asked for the shop.
    assert asked == [
        (1, "clerk", ["SHOP"]),
        (2, "director", ["SHOP", "ALL"]),
        (4, "board", ["ALL"]),
        (5, "director", ["ALL"]),
    ]


def test_who_a_mild_policy_escalates_to_does_not_decide_what_a_strict_one_asks() -> None:
    strict = a_chain("ALL", "director", from_amount="10000")
    mild = a_chain("OFFICE", "director > buyer", category="office")

    counting_both = policies_for([strict, mild], Matter(Decimal(50000), TODAY, "office"))

    assert asked_by(*counting_both) == [("director", None, ["OFFICE", "ALL"])]
    assert asked_by(mild) == [("director", "buyer", ["OFFICE"])]
    assert asked_by(strict, mild) == [("director", None, ["ALL", "OFFICE"])]


def test_two_that_escalate_to_different_roles_are_both_asked() -> None:
    to_buyer, to_board = a_chain("ONE", "director > buyer"), a_chain("TWO", "director > board")

    assert asked_by(to_buyer, to_board) == [("director", "buyer", ["ONE"]), ("director", "board", ["TWO"])]
    assert asked_by(a_chain("ONE", "director > board", "director > buyer"), to_buyer) == [
        ("director", "board", ["ONE"]),
        ("director", "buyer", ["ONE", "ONE"]),
    ]


def test_one_that_stands_in_escalates_no_sooner_than_the_other_would() -> None:
    soon, late = a_chain("SOON", "director > buyer"), a_chain("LATE", "director > buyer")
    (level,) = soon.levels
    soon = soon.model_copy(update={"levels": (level.model_copy(update={"escalate_after_days": 3}),)})

    for policies in ((soon, late), (late, soon)):
        (only,) = levels_asked(policies)
        assert (only.level.escalate_to, only.level.escalate_after_days) == ("buyer", 14)


ROLE_AND_FURTHER = st.tuples(st.sampled_from("abc"), st.sampled_from(["", " > a", " > b"])).map("".join)
CHAINS = st.lists(st.lists(ROLE_AND_FURTHER, min_size=1, max_size=3), min_size=1, max_size=4)


@given(CHAINS)
def test_each_policy_is_asked_as_strictly_as_alone(chains: list[list[str]]) -> None:
    policies = [a_chain(f"P{number}", *roles) for number, roles in enumerate(chains)]

    asked = levels_asked(policies)

    for policy in policies:
        of_it = [one.level for one in asked if policy in one.policies]
        assert Counter(level.role for level in of_it) == Counter(level.role for level in policy.levels)
        for role in {level.role for level in of_it}:
            may = Counter(level.escalate_to for level in of_it if level.role == role)
            alone = Counter(level.escalate_to for level in policy.levels if level.role == role)
            assert all(may[further] <= alone[further] for further in may if further is not None)


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
