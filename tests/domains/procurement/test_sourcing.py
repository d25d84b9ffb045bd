"""Where something is bought: preferred, then cheapest for what is needed, then as last paid.

The figures are worked out by hand: ten bolts of a box are a box; a dollar is 0.80 euros at 1.25.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.master_data.views import SupplierView
from domains.procurement.messages.requisitions import FoundBy
from domains.procurement.messages.supplier_items import PutSupplierItem
from domains.procurement.rules.sourcing import (
    LastPrice,
    Need,
    PriceKnowledge,
    SourceFound,
    shared,
    source_for,
)
from foundation.values.errors import Refusals
from tests.builders.master_data import A_DAY, Figure, a_known_item

RATES = {"EUR": Decimal(1), "USD": Decimal("1.25")}


def a_supplier(code: str, **changes: Any) -> SupplierView:
    facts = {"code": code, "name": code, "country": "DE", "currency": "EUR", "payment_terms_code": "NET30"}
    return SupplierView(**facts | changes, version=1)


def an_offer(supplier: str, unit_price: Figure, **changes: Any) -> PutSupplierItem:
    """Bolts of a supplier, in euros."""
    facts = {"code": f"{supplier}/BOLT", "supplier_code": supplier, "item_code": "BOLT", "currency": "EUR"}
    return PutSupplierItem(**facts | {"unit_price": Decimal(unit_price)} | changes)


def paid(supplier: str, unit_price: Figure, **changes: Any) -> LastPrice:
    facts: dict[str, Any] = {"supplier_code": supplier, "item_code": "BOLT", "unit": "pc", "currency": "EUR"}
    return LastPrice(**facts | {"unit_price": Decimal(unit_price), "order_number": "PO-1"} | changes)


def found(
    *offers: PutSupplierItem,
    needs: Figure | list[int] = 7,
    last: tuple[LastPrice, ...] = (),
    of: str | None = None,
    **item: Any,
) -> SourceFound | list[str]:
    """Where bolts are bought, or why nowhere."""
    suppliers = {code: a_supplier(code, blocked=code == "BLOCKED") for code in ("A", "B", "C", "BLOCKED")}
    market = PriceKnowledge(offers=offers, last_prices=last, suppliers=suppliers, rates=RATES)
    refusals = Refusals()
    quantities = tuple(Decimal(one) for one in (needs if isinstance(needs, list) else [needs]))
    need = Need(a_known_item("BOLT", **item), quantities, A_DAY, of)
    source = source_for("lines.0", need, market, refusals)
    return source or [error.field for error in refusals.errors]


def bought_of(*offers: PutSupplierItem, **needs: Any) -> str:
    source = found(*offers, **needs)
    assert isinstance(source, SourceFound)
    return source.supplier_code


def quantity_of(*offers: PutSupplierItem, **needs: Any) -> tuple[Decimal, str]:
    source = found(*offers, **needs)
    assert isinstance(source, SourceFound)
    return source.quantity, source.unit


def test_the_preferred_one_goes_before_a_cheaper_one() -> None:
    source = found(an_offer("A", 3), an_offer("B", 5, preferred=True))

    assert isinstance(source, SourceFound)
    assert (source.supplier_code, source.found_by) == ("B", FoundBy.PREFERRED)
    assert source.unit_price == 5


def test_without_it_the_cheapest_counts_in_the_company_s_currency() -> None:
    assert bought_of(an_offer("A", 4), an_offer("B", "4.90", currency="USD")) == "B"  # 3.92 euros.
    assert bought_of(an_offer("A", 4), an_offer("B", "5.10", currency="USD")) == "A"  # 4.08 euros.


def test_cheapest_is_what_the_order_comes_to_not_what_one_costs() -> None:
    wholesale, retail = an_offer("A", 1, minimum_quantity=Decimal(1000)), an_offer("B", 2)

    assert bought_of(wholesale, retail, needs=7) == "B"  # 1,000.00 against 14.00.
    assert bought_of(wholesale, retail, needs=501) == "A"  # 1,000.00 against 1,002.00.


def test_cheapest_is_what_all_lines_are_ordered_for_each_of_them_whole() -> None:
    thirds = {"units": [{"unit": "third", "factor": "3"}], "is_whole": True}
    of_three, single = an_offer("A", 3, unit="third"), an_offer("B", "1.20")

    assert bought_of(of_three, single, needs=3, **thirds) == "A"  # 3.00 against 3.60.
    assert bought_of(of_three, single, needs=[1, 2], **thirds) == "B"  # Two of three, 6.00.
    assert quantity_of(of_three, needs=[1, 2], **thirds) == (Decimal(2), "third")
    assert quantity_of(last=(paid("C", 6, unit="third"),), needs=[1, 2], **thirds) == (Decimal(2), "third")


def test_of_two_that_cost_the_same_the_one_that_comes_sooner_counts() -> None:
    assert bought_of(an_offer("A", 4, lead_time_days=9), an_offer("B", 4, lead_time_days=8)) == "B"
    assert bought_of(an_offer("B", 4), an_offer("A", 4)) == "A"


@pytest.mark.parametrize(
    ("offer", "needs", "bought"),
    [
        ({}, 7, (7, "pc")),
        ({"minimum_quantity": 10}, 7, (10, "pc")),
        ({"minimum_quantity": 10}, 11, (11, "pc")),
        ({"multiple": 5}, 7, (10, "pc")),
        ({"multiple": 5}, 10, (10, "pc")),
        ({"minimum_quantity": 12, "multiple": 5}, 7, (15, "pc")),
        ({"unit": "box"}, 7, (Decimal("0.7"), "box")),
        ({"unit": "box", "multiple": 1}, 11, (2, "box")),
    ],
)
def test_the_quantity_is_raised_to_minimum_and_multiple(
    offer: dict[str, Any], needs: int, bought: tuple[Decimal, str]
) -> None:
    assert quantity_of(an_offer("A", 4, **offer), needs=needs) == bought


def test_what_cannot_be_divided_is_bought_whole() -> None:
    assert quantity_of(an_offer("A", 4, unit="box"), needs=Decimal("7.5"))[0] == Decimal("0.75")
    whole = {"is_whole": True, "needs": 7}
    assert quantity_of(an_offer("A", 4, unit="box"), **whole) == (Decimal("0.7"), "box")


@pytest.mark.parametrize(
    "changes",
    [
        {"blocked": True},
        {"valid_from": date(2026, 3, 3)},
        {"valid_to": date(2026, 3, 1)},
        {"unit": "crate"},
        {"item_code": "NUT"},
        {"supplier_code": "BLOCKED"},
        {"currency": "CHF"},
    ],
)
def test_what_does_not_hold_or_cannot_be_compared_is_passed_by(changes: dict[str, Any]) -> None:
    assert bought_of(an_offer("A", 1, preferred=True, **changes), an_offer("B", 9)) == "B"
    assert found(an_offer("A", 1, preferred=True, **changes)) == ["lines.0.item_code"]


@pytest.mark.parametrize(
    ("offer", "needs", "bought"),
    [
        ({}, [7, 3], [7, 3]),
        ({"minimum_quantity": 10}, [1, 2], [1, 9]),
        ({"minimum_quantity": 10}, [5, 5], [5, 5]),
        ({"minimum_quantity": 10}, [8, 8], [8, 8]),
        ({"multiple": 5}, [4, 4], [6, 4]),
        ({"unit": "box", "minimum_quantity": 1, "is_whole": True}, [3, 4], [Decimal("0.3"), Decimal("0.7")]),
    ],
)
def test_minimum_and_multiple_are_those_of_all_lines_of_an_item_together(
    offer: dict[str, Any], needs: list[int], bought: list[Decimal]
) -> None:
    item: dict[str, Any] = {"is_whole": True} if offer.pop("is_whole", False) else {}
    source = found(an_offer("A", 4, **offer), needs=needs, **item)

    assert isinstance(source, SourceFound)
    quantities = [Decimal(need) for need in needs]
    assert shared(source, a_known_item("BOLT", **item), quantities) == bought
    assert sum(bought) == source.quantity


def test_else_the_last_price_paid_holds() -> None:
    source = found(last=(paid("BLOCKED", 1), paid("C", 6, unit="box"), paid("A", 5)), needs=20)

    assert source == SourceFound(FoundBy.LAST_PRICE, "C", Decimal(2), "box", Decimal(6), "EUR")
    assert bought_of(an_offer("B", 9), last=(paid("C", 6),)) == "B"


def test_a_supplier_that_is_named_is_the_only_one_asked() -> None:
    offers = an_offer("A", 3, preferred=True), an_offer("B", 5)

    assert bought_of(*offers, of="B") == "B"
    assert bought_of(*offers, of="C", last=(paid("A", 1), paid("C", 6))) == "C"
    assert found(*offers, of="C") == ["lines.0.item_code"]
    assert found(*offers, of="BLOCKED") == found(*offers, of="NOBODY") == ["lines.0.supplier_code"]
