"""Amounts of money: how many decimals a currency has, how we round, how a sum is split without losing a cent.

An amount is a Decimal beside a currency (ISO 4217); a document has one currency for all its amounts. Values
are rounded half-up to the currency's minor unit, once, when they are written; unit costs and unit prices
keep six decimals and are never rounded before they are multiplied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
UNIT_COST = Decimal("0.000001")

# ISO 4217: only the currencies whose minor unit is not two decimals.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_UNITS = dict.fromkeys(_NO_DECIMALS.split(), 0) | dict.fromkeys(_THREE_DECIMALS.split(), 3)
_QUANTA = {digits: ONE.scaleb(-digits) for digits in range(5)}


@dataclass(frozen=True)
class DualAmount:
    """One value in two currencies: a document's, and the company's."""

    amount: Decimal
    base_amount: Decimal

    def __add__(self, other: "DualAmount") -> "DualAmount":
        return DualAmount(self.amount + other.amount, self.base_amount + other.base_amount)

    def __sub__(self, other: "DualAmount") -> "DualAmount":
        return self + -other

    def __neg__(self) -> "DualAmount":
        return DualAmount(-self.amount, -self.base_amount)

    def __bool__(self) -> bool:
        return bool(self.amount or self.base_amount)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return _QUANTA[_MINOR_UNITS.get(currency, 2)]


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half-up (away from zero at the half) to the currency's minor unit."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)


def rounded_unit_cost(amount: Decimal) -> Decimal:
    """A unit cost or unit price, rounded half-up to six decimals."""
    return amount.quantize(UNIT_COST, ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """The given per cent of an amount, not rounded."""
    return amount * percent / HUNDRED


def converted(amount: Decimal, *, from_rate: Decimal, to_rate: Decimal, currency: str) -> Decimal:
    """An amount in another currency, rounded half-up to that `currency`.

    Rates are quoted as units of the currency for one unit of the company's currency: 10 at 1.3 becomes 7.69
    at 1.
    """
    return rounded(amount * to_rate / from_rate, currency)


def allocated(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split a total by weights, in the order of the weights, so that the parts add up to the total exactly.

    Each part is cut to the minor unit; the units left over go to the largest remainders, the earlier weight
    first when two are equal. With no weight at all, the first part takes everything.
    """
    unit = minor_unit(currency)
    whole = sum(weights, ZERO)
    if not weights:
        return []
    if whole == 0:
        return [total, *(ZERO for _ in weights[1:])]
    exact = [total * weight / whole for weight in weights]
    parts = [part.quantize(unit, ROUND_DOWN) for part in exact]
    left_over = total - sum(parts, ZERO)
    step = unit if left_over >= 0 else -unit
    by_remainder = sorted(
        range(len(parts)), key=lambda position: (-abs(exact[position] - parts[position]), position)
    )
    for position in by_remainder[: int(left_over / step)]:
        parts[position] += step
    return parts
