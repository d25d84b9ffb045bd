"""Write-downs to net realisable value, and up again.

Source: IAS 2.28-33: inventories are carried at the lower of cost and net realisable value; when that recovers
the write-down is reversed, so that the new amount is the lower of cost and the new value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.rules.valuation import Kept
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, rounded, rounded_unit_cost


class NothingToWriteDown(BusinessError):
    """The item is carried at that value already."""

    status = 409


class AboveCost(BusinessError):
    """An item is written up at most by what it was written down by; `errors` says to which cost."""

    status = 409


@dataclass(frozen=True)
class Written:
    """What was written down (negative) or up before, of how much, and how much was issued since."""

    quantity: Decimal
    difference: Decimal
    issued: Decimal


def left_to_write_up(written: Iterable[Written], currency: str) -> Decimal:
    """What was written down of the goods that are still there, less what was written up again.

    Goods that were written down are taken to leave before those that came later, and their write-down with
    them; rounded half-up for each write-down.
    """
    left = ZERO
    for one in written:
        there = max(one.quantity - one.issued, ZERO) if one.difference < 0 else one.quantity
        left -= rounded(one.difference * there / one.quantity, currency)
    return max(left, ZERO)


def check_write_down(before: Kept, difference: Decimal, written: Iterable[Written], currency: str) -> None:
    """Refuses: NothingToWriteDown; AboveCost for more than was written down."""
    if not difference:
        raise NothingToWriteDown(f"it is carried at {before.unit_cost.normalize():f} a unit already")
    most = left_to_write_up(written, currency)
    if difference > most:
        highest = rounded_unit_cost((before.value + most) / before.quantity)
        why = f"at most {highest.normalize():f}, the cost that it was written down from"
        raise AboveCost(f"unit_cost: {why}", errors=[("unit_cost", why)])
