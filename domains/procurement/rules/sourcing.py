"""Where something is bought, how much of it, and at which price.

What is preferred goes before all others. Without it the cheapest counts, by what the order would come to in
the company's currency for all lines: each supplier sells no less than its minimum, and in its multiples, and
each line is whole where it cannot be divided. Where no supplier
says what it sells the item for, the last price that was paid for it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_UP, Decimal

from domains.master_data.rules.units import SIX_DECIMALS, why_not_whole
from domains.master_data.rules.validity import holds
from domains.master_data.views import ItemView, SupplierView
from domains.procurement.messages.requisitions import FoundBy
from domains.procurement.messages.supplier_items import PutSupplierItem
from foundation.values.errors import Refusals
from foundation.values.money import ZERO


@dataclass(frozen=True)
class LastPrice:
    """What was paid last to a supplier for one unit of an item, less discount, without tax."""

    supplier_code: str
    item_code: str
    unit: str
    unit_price: Decimal
    currency: str
    order_number: str


@dataclass(frozen=True)
class Need:
    """So much of an item is wanted at once, line by line, in its stock unit; of a supplier, if it must be
    that one.
    """

    item: ItemView
    stock_quantities: tuple[Decimal, ...]
    on: date
    supplier_code: str | None = None


@dataclass(frozen=True)
class SourceFound:
    """Where it is bought, how much in which unit, at which price in which currency, without tax."""

    found_by: FoundBy
    supplier_code: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    currency: str
    supplier_item: str = ""
    """Our code of what the supplier sells; none of the last price."""
    lead_time_days: int = 0
    minimum_quantity: Decimal = ZERO
    multiple: Decimal = ZERO

    def sold(self, quantity: Decimal) -> Decimal:
        """How much is sold when so much is needed: no less than the minimum, and whole multiples."""
        quantity = max(quantity, self.minimum_quantity)
        if self.multiple:
            quantity = (quantity / self.multiple).to_integral_value(ROUND_UP) * self.multiple
        return quantity


@dataclass(frozen=True)
class PriceKnowledge:
    """What is known of prices: by code, the suppliers; by currency, how many of its units are one of the
    company's, as far as there is a rate.
    """

    offers: Sequence[PutSupplierItem]
    last_prices: Sequence[LastPrice]
    """The latest first."""
    suppliers: Mapping[str, SupplierView]
    rates: Mapping[str, Decimal]


def source_for(field: str, need: Need, market: PriceKnowledge, refusals: Refusals) -> SourceFound | None:
    """Where to buy what is needed; notes, at the line's `field`, that nobody is known who sells it."""
    if need.supplier_code is not None and not _may_sell(need.supplier_code, market):
        refusals.add(f"{field}.supplier_code", f"there is no supplier {need.supplier_code}, or it is blocked")
        return None
    valid = [offer for offer in market.offers if _is_valid(offer, need, market)]
    sources = {offer.code: _source(offer, need) for offer in valid if offer.currency in market.rates}
    preferred = next((offer.code for offer in valid if offer.preferred and offer.code in sources), None)
    if preferred is not None:
        return sources[preferred]
    if sources:
        return min(sources.values(), key=lambda source: _rank(source, market))
    if (last := _last_price(need, market)) is not None:
        return last
    refusals.add(*_why_none(field, need, valid))
    return None


def shared(source: SourceFound, item: ItemView, needs: Sequence[Decimal]) -> list[Decimal]:
    """How much of one source is ordered for each of several needs, which are in the stock unit; in its unit.

    Each is a line of the order, and whole where it cannot be divided. Minimum and multiple are the order's,
    for all of them together. What is ordered beyond the needs is for the largest, of equal ones the first.
    """
    own = [_in_unit(item, need, source.unit) for need in needs]
    needed = sum(own, ZERO)
    own[own.index(max(own))] += source.sold(needed) - needed
    return own


def base_amount(source: SourceFound, rates: Mapping[str, Decimal]) -> Decimal:
    """What it comes to in the company's currency, without tax, not rounded."""
    return source.quantity * source.unit_price / rates[source.currency]


def _rank(source: SourceFound, market: PriceKnowledge) -> tuple[Decimal, int, str, str]:
    """The cheapest; of two the one that comes sooner, and then in the order of their codes."""
    amount = base_amount(source, market.rates)
    return amount, source.lead_time_days, source.supplier_code, source.supplier_item


def _is_valid(offer: PutSupplierItem, need: Need, market: PriceKnowledge) -> bool:
    return (
        offer.item_code == need.item.code
        and not offer.blocked
        and need.supplier_code in (None, offer.supplier_code)
        and holds(offer, need.on)
        and need.item.factor(offer.unit) is not None
        and _may_sell(offer.supplier_code, market)
    )


def _may_sell(supplier_code: str, market: PriceKnowledge) -> bool:
    supplier = market.suppliers.get(supplier_code)
    return supplier is not None and not supplier.blocked


def _source(offer: PutSupplierItem, need: Need) -> SourceFound:
    unit = offer.unit or need.item.unit
    source = SourceFound(
        found_by=FoundBy.PREFERRED if offer.preferred else FoundBy.CHEAPEST,
        supplier_code=offer.supplier_code,
        quantity=ZERO,
        unit=unit,
        unit_price=offer.unit_price,
        currency=offer.currency,
        supplier_item=offer.code,
        lead_time_days=offer.lead_time_days,
        minimum_quantity=offer.minimum_quantity,
        multiple=offer.multiple,
    )
    return replace(source, quantity=sum(shared(source, need.item, need.stock_quantities), ZERO))


def _in_unit(item: ItemView, stock_quantity: Decimal, unit: str) -> Decimal:
    """What is needed in a unit that it is traded in: no less, and nothing that cannot be divided so."""
    factor = item.factor(unit)
    assert factor is not None
    quantity = (stock_quantity / factor).quantize(SIX_DECIMALS, ROUND_UP)
    if why_not_whole(quantity, unit, item):
        return quantity.to_integral_value(ROUND_UP)
    return quantity


def _last_price(need: Need, market: PriceKnowledge) -> SourceFound | None:
    for last in market.last_prices:
        if (
            last.item_code == need.item.code
            and need.supplier_code in (None, last.supplier_code)
            and last.currency in market.rates
            and need.item.factor(last.unit) is not None
            and _may_sell(last.supplier_code, market)
        ):
            return SourceFound(
                found_by=FoundBy.LAST_PRICE,
                supplier_code=last.supplier_code,
                quantity=sum((_in_unit(need.item, one, last.unit) for one in need.stock_quantities), ZERO),
                unit=last.unit,
                unit_price=last.unit_price,
                currency=last.currency,
            )
    return None


def _why_none(field: str, need: Need, valid: Iterable[PutSupplierItem]) -> tuple[str, str]:
    of = f" of {need.supplier_code}" if need.supplier_code else ""
    if without_rate := sorted({offer.currency for offer in valid}):
        why = f"no exchange rate of {', '.join(without_rate)} on {need.on}, in which its prices{of} are"
        return f"{field}.item_code", f"{why}: POST /v1/exchange-rates"
    why = f"nobody is known who sells {need.item.code} on {need.on}, and none{of} was ordered before"
    return f"{field}.item_code", f"{why}: say who does with POST /v1/supplier-items"
