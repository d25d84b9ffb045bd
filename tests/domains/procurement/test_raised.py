"""What other prices come to, and whether people have said yes to so much."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domains.identity.messages import ApprovalPolicyView, PolicyLevel
from domains.identity.rules.policies import Matter
from domains.procurement.rules.raised import (
    BeyondApproval,
    LineStanding,
    RequisitionStanding,
    check_not_raised,
)

TODAY = date(2026, 3, 2)
ORDER, OTHER = UUID(int=1), UUID(int=2)


def a_line(base_amount: str, cost_centre: str | None = "SHOP", **more: Any) -> LineStanding:
    """A line that is still to be ordered, or, with an order, ten of it."""
    known: dict[str, Any] = {
        "currency": "EUR",
        "why_not_ordered": "",
        "order_id": None,
        "is_cancelled": False,
    }
    known |= dict.fromkeys(("order_line_number", "quantity", "unit_price", "discount_percent"))
    if "order_id" in more:
        price = Decimal(base_amount) / 10
        known |= {"order_line_number": 1, "quantity": Decimal(10), "unit_price": price}
        known |= {"discount_percent": Decimal(0)}
    return LineStanding(cost_centre=cost_centre, base_amount=Decimal(base_amount), **known | more)


def standing(*lines: LineStanding) -> RequisitionStanding:
    """A requisition of these lines, with dollars at 1.25."""
    return RequisitionStanding(lines, "", TODAY, "EUR", {"EUR": Decimal(1), "USD": Decimal("1.25")})


def a_policy(code: str, from_amount: str, cost_centre: str = "") -> ApprovalPolicyView:
    return ApprovalPolicyView(
        code=code,
        kind="purchase_requisition",
        from_amount=Decimal(from_amount),
        cost_centre=cost_centre,
        levels=(PolicyLevel(role="clerk"),),
        valid_from=TODAY,
        version=1,
    )


def of(**centres: str) -> Matter:
    """What comes to so much for cost centres, and nothing else."""
    amounts = {name: Decimal(amount) for name, amount in centres.items()}
    return Matter(sum(amounts.values(), Decimal(0)), TODAY, "", amounts)


def refusal(after: Matter, *said_yes_to: Matter, policies: list[ApprovalPolicyView]) -> str | None:
    """Why it is refused; None when it is not."""
    try:
        check_not_raised("PQ-1", after, said_yes_to, policies, "EUR")
    except BeyondApproval as refused:
        return refused.detail
    return None


def test_all_of_it_counts_that_is_ordered_or_still_to_be() -> None:
    lines = (
        a_line("100.00", order_id=ORDER),
        a_line("50.00", "SALES", order_id=OTHER, unit_price=Decimal(10), discount_percent=Decimal(40)),
        a_line("8.00", None, order_id=OTHER, currency="USD", unit_price=Decimal("1.0001")),
        a_line("20.00"),
        a_line("40.00", "SALES", why_not_ordered="Grove is blocked"),
        a_line("80.00", order_id=UUID(int=3), is_cancelled=True),
    )

    before, after = standing(*lines), standing(*lines).with_prices(ORDER, {1: Decimal(11)})

    assert after == Matter(Decimal("198.00"), TODAY, "", of(SHOP="130", SALES="60").of_cost_centres)
    assert before.with_prices(ORDER, {}).of_cost_centres == of(SHOP="120", SALES="60").of_cost_centres
    entered = of(SHOP="200", SALES="90").of_cost_centres
    assert before.as_entered() == Matter(Decimal("298.00"), TODAY, "", entered)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (of(SHOP="60", SALES="40"), None),
        (of(SHOP="61", SALES="40"), "ALL"),
        (of(SHOP="50", SALES="50"), "SALES"),
        (of(SHOP="51", SALES="49"), None),
        (of(SHOP="0", SALES="49"), None),
        (of(SHOP="99", SALES="0"), None),
    ],
)
def test_what_somebody_would_be_asked_about_is_no_more_than_was_entered(
    after: Matter, why: str | None
) -> None:
    policies = [a_policy("ALL", "100"), a_policy("SALES", "50", "SALES")]

    found = refusal(after, of(SHOP="60", SALES="40"), policies=policies)

    assert (found is None) if why is None else (found is not None and f"({why}: " in found)


def test_what_is_more_than_was_entered_may_become_less_although_somebody_would_be_asked() -> None:
    policies = [a_policy("ALL", "50")]

    for after, is_refused in (("90", False), ("100", False), ("101", True)):
        found = refusal(of(SHOP=after), of(SHOP="100"), of(SHOP="40"), policies=policies)
        assert (found is not None) == is_refused


def test_whoever_was_not_asked_since_all_was_another_s_has_not_said_yes() -> None:
    policies = [a_policy("ALL", "100"), a_policy("SHOP", "100", "SHOP")]
    entered = of(SHOP="200", SALES="0")

    moved = refusal(of(SHOP="100", SALES="100"), entered, policies=policies)

    assert moved == (
        "PQ-1 would come to 200.00 EUR, and nobody has said yes to that (ALL: purchase_requisition from "
        "100.00 EUR): cancel what has not come, and order it anew"
    )
    assert refusal(of(SHOP="49", SALES="50"), entered, policies=policies) is None
