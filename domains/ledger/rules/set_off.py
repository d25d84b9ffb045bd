"""What had settled an invoice was taken back, and a credit note had given it back: how much is set off."""

from decimal import Decimal
from typing import NamedTuple

from foundation.values.money import ZERO


class Parts(NamedTuple):
    """What settled an invoice, in its currency: money, cash discount, and a small difference that was written
    off, which is negative when slightly too much was paid.
    """

    paid: Decimal
    discount: Decimal
    written_off: Decimal

    @property
    def total(self) -> Decimal:
        """What the invoice is less open by."""
        return sum(self, ZERO)

    def less(self, other: "Parts") -> "Parts":
        """What is left without the other."""
        return Parts(*(mine - its for mine, its in zip(self, other, strict=True)))


def set_off(reopened: Parts, credited: Parts) -> Parts:
    """What of a credit note's money closes the invoice again when what had paid that never came, together
    with the discount and the small difference that the credit note had reversed: as if the invoice had been
    open when it was credited. Only what is left of it is used, and nothing beyond what was opened.
    """
    discount = _smaller(reopened.discount, credited.discount)
    written_off = _smaller(reopened.written_off, credited.written_off)
    paid = max(min(credited.paid, reopened.total - discount - written_off), ZERO)
    return Parts(paid, discount, written_off)


def _smaller(one: Decimal, other: Decimal) -> Decimal:
    """The one that is nearer to nothing; nothing, when they are on two sides of it."""
    return min(one, other, key=abs) if one * other > 0 else ZERO
