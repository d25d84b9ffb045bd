"""How the German wage tax rounds: to whole euros or whole cents, down or up, and never to the nearest.

Down is towards zero and up is away from it, also below zero, as the programme flow asks.
"""

from decimal import ROUND_DOWN, ROUND_UP, Decimal

CENT = Decimal("0.01")
EURO = Decimal(1)


def euros_down(amount: Decimal) -> Decimal:
    """Whole euros, what is beyond them cut off."""
    return amount.quantize(EURO, ROUND_DOWN)


def euros_up(amount: Decimal) -> Decimal:
    """Whole euros, begun ones counted."""
    return amount.quantize(EURO, ROUND_UP)


def cents_down(amount: Decimal) -> Decimal:
    """Whole cents, what is beyond them cut off."""
    return amount.quantize(CENT, ROUND_DOWN)


def cents_up(amount: Decimal) -> Decimal:
    """Whole cents, begun ones counted."""
    return amount.quantize(CENT, ROUND_UP)
