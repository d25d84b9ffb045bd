"""What lines of a receipt really cost, against what they cost so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import PricedReceiptLine
from foundation.values.errors import Refusals
from foundation.values.money import rounded


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
