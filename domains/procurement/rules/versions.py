"""What a version of a purchase order says, and what of it is other than in the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.procurement.messages import PurchaseLine
from domains.procurement.messages.versions import VersionLine
from domains.procurement.rules import unit_price
from foundation.values.money import ZERO, rounded


@dataclass(frozen=True)
class LineDifference:
    """A line that says something else than before."""

    before: VersionLine
    after: VersionLine

    @property
    def has_another_quantity(self) -> bool:
        """Whether another quantity is wanted."""
        return self.before.quantity != self.after.quantity

    @property
    def has_another_price(self) -> bool:
        """Whether one unit costs something else, or another discount is taken off."""
        return _price(self.before) != _price(self.after)

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing of the line is wanted any more."""
        return not self.after.quantity


def version_lines(
    lines: Sequence[PurchaseLine],
    wanted: Mapping[int, Decimal],
    supplier_item_numbers: Mapping[str, str],
    currency: str,
) -> tuple[VersionLine, ...]:
    """The lines as the supplier is sent them; of those that `wanted` leaves out nothing is.

    `supplier_item_numbers`: by item, what the supplier calls it. Amounts are rounded half up.
    """
    return tuple(
        VersionLine(
            line_number=line.line_number,
            item_code=line.item_code,
            description=line.description,
            supplier_item_number=supplier_item_numbers.get(line.item_code, ""),
            quantity=(quantity := wanted.get(line.line_number, ZERO)),
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            net_amount=rounded(quantity * unit_price(line), currency),
        )
        for line in lines
    )


def changes(before: Sequence[VersionLine], after: Sequence[VersionLine]) -> tuple[LineDifference, ...]:
    """The lines of which another quantity is wanted, or at another price, in their order.

    An order's lines are the same in all of its versions.
    """
    pairs = (LineDifference(was, now) for was, now in zip(before, after, strict=True))
    return tuple(one for one in pairs if one.has_another_quantity or one.has_another_price)


def _price(line: VersionLine) -> tuple[Decimal, Decimal]:
    return line.unit_price, line.discount_percent
