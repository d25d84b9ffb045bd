"""Whether a supplier's answer is tolerated: cases worked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.procurement.messages import PurchaseOrderStatus
from domains.procurement.messages.acknowledgements import LineAcknowledged, RecordAcknowledgement
from domains.procurement.rules import acknowledgements as rules
from domains.procurement.rules.acknowledgements import OrderToAcknowledge
from foundation.values.errors import Invalid
from tests.domains.procurement.test_versions import a_line

ON, ORDERED_ON = date(2026, 3, 3), date(2026, 3, 2)


def an_answer(*lines: LineAcknowledged, **more: Any) -> RecordAcknowledgement:
    """The supplier has answered on 3 March."""
    said = {"acknowledgement_id": uuid4(), "order_id": uuid4(), "acknowledged_on": ON}
    return RecordAcknowledgement(**said | {"lines": lines} | more)


def an_order(tolerance: dict[str, Any] | None = None, rate: str = "1", **line: Any) -> OrderToAcknowledge:
    """Two lines of ten apples at 4.00, and what is tolerated of them."""
    tolerances = () if tolerance is None else (PutMatchingTolerance(**{"valid_from": ON} | tolerance),)
    return OrderToAcknowledge(
        supplier_code="GROVE",
        ordered_on=ORDERED_ON,
        lines=[a_line(1, **line), a_line(2)],
        tolerances=tolerances,
        rate=Decimal(rate),
    )


@pytest.mark.parametrize(
    ("tolerance", "rate", "price", "discount", "status"),
    [
        (None, "1", "4.00", "0", "agreed"),
        (None, "1", "4.01", "0", "waiting"),  # Not the smallest difference, dearer or cheaper.
        (None, "1", "3.99", "0", "waiting"),
        (None, "1", "5.00", "20", "agreed"),  # 4.00, less discount.
        ({"price_percent": "5"}, "1", "4.20", "0", "agreed"),  # Exactly at the limit.
        ({"price_percent": "5"}, "1", "4.200001", "0", "waiting"),
        ({"price_percent": "5"}, "1", "3.80", "0", "agreed"),
        ({"price_amount": "0.10"}, "2", "4.20", "0", "agreed"),  # 0.10 euros are 0.20 dollars.
        ({"price_amount": "0.10"}, "2", "4.21", "0", "waiting"),
        ({"price_percent": "50", "price_amount": "0.10"}, "1", "4.11", "0", "waiting"),  # Both limit.
        ({"price_percent": "50", "valid_from": date(2026, 3, 4)}, "1", "4.11", "0", "waiting"),
        ({"price_percent": "50", "supplier_code": "MILL"}, "1", "4.11", "0", "waiting"),
    ],
)
def test_a_price_is_tolerated_as_that_of_an_invoice_of_the_day_would_be(
    tolerance: dict[str, Any] | None, rate: str, price: str, discount: str, status: str
) -> None:
    asked = {
        name: Decimal(value) if name.startswith("price") else value
        for name, value in (tolerance or {}).items()
    }
    line = LineAcknowledged(line_number=1, unit_price=Decimal(price), discount_percent=Decimal(discount))

    lines = rules.answered(an_answer(line), an_order(asked if tolerance else None, rate))

    assert rules.status_of(lines).value == status
    assert (lines[0].unit_price, lines[0].ordered_price) == (Decimal(price), Decimal(4))
    assert lines[1].is_tolerated


def test_what_is_left_out_is_as_it_was_ordered_and_comes_on_the_day_of_the_answer() -> None:
    line = LineAcknowledged(line_number=2, promised_on=date(2026, 4, 1))
    order = an_order(discount_percent=Decimal(2))

    first, second = rules.answered(an_answer(line, promised_on=date(2026, 3, 20)), order)

    assert (first.promised_on, second.promised_on) == (date(2026, 3, 20), date(2026, 4, 1))
    assert (first.unit_price, first.discount_percent, first.is_tolerated) == (Decimal(4), Decimal(2), True)


def test_everything_that_is_wrong_is_named() -> None:
    lines = (
        LineAcknowledged(line_number=7),
        LineAcknowledged(line_number=1, discount_percent=Decimal(5)),
        LineAcknowledged(line_number=1, promised_on=date(2026, 3, 1)),
    )

    with pytest.raises(Invalid) as refusal:
        rules.answered(an_answer(*lines, promised_on=date(2026, 3, 1)), an_order())

    assert [field for field, _ in refusal.value.errors] == [
        "promised_on",
        "lines.0.line_number",
        "lines.1.discount_percent",
        "lines.2.line_number",
        "lines.2.promised_on",
    ]


@pytest.mark.parametrize("status", list(PurchaseOrderStatus))
@pytest.mark.parametrize("is_told", [True, False])
def test_only_what_is_placed_and_told_is_acknowledged(status: PurchaseOrderStatus, is_told: bool) -> None:
    if status is PurchaseOrderStatus.PLACED and is_told:
        rules.check_can_be_acknowledged("PO-1", status, is_told=is_told)
        return
    with pytest.raises(rules.NothingToAcknowledge, match="PO-1"):
        rules.check_can_be_acknowledged("PO-1", status, is_told=is_told)
