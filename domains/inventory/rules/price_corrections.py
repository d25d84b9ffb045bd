"""What lines of a receipt really cost, against what they cost so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import PricedReceiptLine
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import rounded


class OfAnOrder(BusinessError):
    """The goods were taken in at the price of their order: what they cost otherwise, their invoice says."""

    status = 409


def check_no_order(number: str, order_number: str | None) -> None:
    """Refuses: OfAnOrder."""
    if order_number is not None:
        remedy = "enter the supplier's invoice with the price that it bills"
        raise OfAnOrder(f"{number} came for {order_number}, at its price: {remedy}")


@dataclass(frozen=True)
class LineAtCost:
    """One line of a receipt, in the unit in which it came and in the stock unit, and what it costs by now."""

    line_number: int
    item_code: str
    quantity: Decimal
    stock_quantity: Decimal
    value: Decimal


def priced(
    lines: Sequence[PricedReceiptLine], known: Mapping[int, LineAtCost], currency: str
) -> list[tuple[LineAtCost, Decimal]]:
    """By how much each line costs more, rounded half-up, less when negative.

    Refuses: Invalid, with every line that the receipt has not, that is named twice, or that costs so already.
    """
    refusals = Refusals()
    found: dict[int, tuple[LineAtCost, Decimal]] = {}
    for position, line in enumerate(lines):
        field, received = f"lines.{position}", known.get(line.line_number)
        if received is None:
            refusals.add(f"{field}.line_number", f"the receipt has no line {line.line_number}")
            continue
        if line.line_number in found:
            refusals.add(f"{field}.line_number", f"line {line.line_number} is named twice")
        difference = rounded(received.quantity * line.unit_cost, currency) - rounded(received.value, currency)
        if not difference:
            refusals.add(f"{field}.unit_cost", "the line costs so already")
        found[line.line_number] = (received, difference)
    refusals.raise_if_any()
    return list(found.values())
