"""Each mistake that somebody might make with a tolerance changes what becomes of a case worked by hand."""

from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domains.master_data.rules import tolerances
from domains.payables.rules import matching
from foundation.values.money import ZERO, rounded
from tests.domains.payables.test_matching import rules_with
from tests.domains.payables.worked import Purchase
from tests.workflows.by_hand import CHAPTERS, ordered, parts, tolerated

TAX = Decimal("0.19")
CASES = {case["name"]: case for chapter in CHAPTERS.values() for case in chapter}
MISTAKES = {
    "a difference at the percentage is beyond it": (
        tolerances,
        "difference <= percent_of",
        "difference < percent_of",
        "dearer by exactly the percentage",
    ),
    "a difference at the amount is beyond it": (
        tolerances,
        "difference <= amount * rate",
        "difference < amount * rate",
        "dearer by exactly the amount",
    ),
    "a percentage of what is billed": (
        matching,
        "abs(price - ordered), ordered,",
        "abs(price - ordered), price,",
        "the percentage is of what was ordered",
    ),
    "a percentage of the quantity that is billed": (
        matching,
        "is_within(wanted - there, there,",
        "is_within(wanted - there, wanted,",
        "more by a hundredth more than the percentage",
    ),
    "a percentage is an amount, and an amount a percentage": (
        matching,
        "limits = tolerance.price_percent, tolerance.price_amount",
        "limits = tolerance.price_amount, tolerance.price_percent",
        "ten euros of a cheap thing is more than ten per cent",
    ),
    "one of two limits is enough": (
        tolerances,
        ") and (",
        ") or (",
        "within the amount, beyond the percentage",
    ),
    "cheaper is never wrong": (
        matching,
        "abs(price - ordered)",
        "max(price - ordered, ZERO)",
        "too dear and too cheap by more than is tolerated",
    ),
    "less in value is never wrong": (
        matching,
        "abs(bills.amount - matched)",
        "max(bills.amount - matched, ZERO)",
        "too dear and too cheap do not make it right",
    ),
    "each line finds all that has come": (
        matching,
        "left[part.item_id] = left[part.item_id].less(part.quantity, part.base_amount)",
        "pass",
        "the same line of the order twice on one invoice",
    ),
    "a tolerance is used once more where nothing is left": (
        matching,
        "not (there and is_within",
        "not (is_within",
        "more by exactly the amount, and never where nothing is there",
    ),
    "the amount of another currency is not converted": (
        tolerances,
        "amount * rate",
        "amount",
        "an amount is in euros, also where the invoice is in crowns",
    ),
    "the quantity is looked at in the unit of the order": (
        matching,
        "wanted = bills.stock_quantity if line.is_stocked else bills.quantity\n    limits",
        "wanted = bills.quantity\n    limits",
        "more boxes than the pieces that came",
    ),
    "a credit note takes off no quantity": (
        matching,
        "line.stock_quantity - sum((one.stock_quantity for one in credited), ZERO)",
        "line.stock_quantity",
        "within the percentage, beyond the amount of pieces",
    ),
    "a value is that of the price alone": (
        matching,
        "matched = ordered_amount(line, bills, there)\n    limits",
        "matched = bills.quantity * ordered\n    limits",
        "a tolerated quantity is worth more than is tolerated",
    ),
    "limits of a supplier and of its item are not told apart": (
        tolerances,
        "one.supplier_code is not None, one.item_code is not None, one.valid_from",
        "one.valid_from, one.price_percent is not None",
        "what is said of a supplier's item holds alone",
    ),
}
"""By what is wrong: where, what would stand there instead of what, and the case that finds it."""


def for_the_rules(case: dict[str, Any]) -> dict[str, Any]:
    """A case as `Purchase` takes it: items are called by their lines, and all is taxed with 19 %."""
    lines = ordered(case)
    items = {line["item_code"]: f"ITEM{number}" for number, line in enumerate(lines, start=1)}
    wanted = [
        {
            "quantity": line["quantity"],
            "price": line["unit_price"],
            "discount": line["discount_percent"],
            "per_unit": "10" if line["unit"] == "box" else "1",
        }
        for line in lines
    ]
    limits = [
        one | ({"item_code": items[one["item_code"]]} if "item_code" in one else {})
        for one in tolerated(case, "GROVE")
    ]
    return {"ordered": wanted, "tolerances": limits, "currency": case.get("currency", "EUR")}


def step_for_the_rules(case: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    """A step as `Purchase` takes it."""
    told: dict[str, Any] = {"rate": next(iter(case.get("rates", {"always": "1"}).values()))}
    if "came" in step:
        return told | {"come": [[int(line), quantity] for line, quantity in parts(step["came"])]}
    if "billed" in step:
        lines = [[int(line), quantity, price] for line, quantity, price in parts(step["billed"])]
        net = sum((money(Decimal(said[1]) * Decimal(said[2])) for said in parts(step["billed"])), ZERO)
        return told | {"bill": lines, "total": str(net + money(net * TAX))}
    if "credited" in step:
        credits = [[int(line), quantity, net] for line, quantity, net in parts(step["credited"])]
        net = sum((Decimal(said[2]) for said in parts(step["credited"])), ZERO)
        return told | {"credit": credits, "total": str(net + money(net * TAX))}
    raise AssertionError(f"the rules alone are not told of {step}")


def money(amount: Decimal) -> Decimal:
    """To the cent."""
    return rounded(amount, "EUR")


def blocks(case: dict[str, Any], rules: ModuleType) -> list[list[str]]:
    """What the invoice waits for after each step, by these rules."""
    purchase = Purchase(for_the_rules(case), rules)
    return [purchase.take(step_for_the_rules(case, step)).get("blocks", []) for step in case["steps"]]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_what_is_tolerated_is_found_by_its_case(mistake: str, tmp_path: Path) -> None:
    module, right, wrong, name = MISTAKES[mistake]
    case = CASES[name]
    as_worked = [step.get("blocks", []) for step in case["steps"]]

    assert blocks(case, matching) == as_worked
    assert blocks(case, rules_with(module, right, wrong, tmp_path)) != as_worked


def test_there_are_ten_mistakes_and_more() -> None:
    assert len({(right, wrong) for _, right, wrong, _ in MISTAKES.values()}) >= 10
