"""What was counted against what the books say of that day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import CountedLine
from domains.inventory.rules.reservations import NotOnHand, Shelf
from domains.master_data.rules.units import in_stock_unit
from domains.master_data.views import ItemView
from foundation.values.errors import BusinessError, Refusals


class CountedTwice(BusinessError):
    """An item stands twice in a count: what was counted in two places is added up first."""


@dataclass(frozen=True)
class CountedDifference:
    """One line of a count: as it was counted, and what was on hand in the books at the end of that day."""

    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    stock_quantity: Decimal
    book_quantity: Decimal

    @property
    def difference(self) -> Decimal:
        """What was found more, less when negative, in the stock unit."""
        return self.stock_quantity - self.book_quantity


def differences(
    lines: Sequence[CountedLine], items: Mapping[str, ItemView], shelf: Shelf
) -> list[CountedDifference]:
    """The lines, compared with the balance of the counted day. Refuses: CountedTwice."""
    refusals = Refusals()
    seen: set[str] = set()
    for position, line in enumerate(lines):
        if line.item_code in seen:
            refusals.add(f"lines.{position}.item_code", f"{line.item_code} is named twice: add it up")
        seen.add(line.item_code)
    refusals.raise_if_any(CountedTwice)
    return [
        CountedDifference(
            line_number=number,
            item_code=line.item_code,
            quantity=line.quantity,
            unit=line.unit or items[line.item_code].unit,
            stock_quantity=in_stock_unit(line.quantity, line.unit, items[line.item_code]),
            book_quantity=shelf.stocks[line.item_code].on_hand_on(),
        )
        for number, line in enumerate(lines, start=1)
    ]


def check_not_negative(shelf: Shelf, found: Sequence[CountedDifference]) -> None:
    """What left since the counted day was there. Refuses: NotOnHand."""
    refusals = Refusals()
    for line in found:
        stock = shelf.stocks[line.item_code]
        if stock.on_hand < 0 and line.difference < 0 and not stock.may_be_negative:
            left = (line.stock_quantity - stock.on_hand).normalize()
            refusals.add(
                f"lines.{line.line_number - 1}.quantity",
                f"{left:f} of {line.item_code} left since, which would not have been there: count again",
            )
    refusals.raise_if_any(NotOnHand)
