"""Whether what a requisition asked for is still sold so on the day of its order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from domains.master_data.rules.units import in_stock_unit
from domains.master_data.rules.validity import holds
from domains.master_data.views import ItemView
from domains.procurement.messages.requisitions import RequisitionLine
from domains.procurement.messages.supplier_items import PutSupplierItem
from domains.procurement.rules.sourcing import SourceFound, shared
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class SourceChanged(BusinessError):
    """Something is not sold any more as it was when people said yes to it."""

    status = 409


def check_sold_as_before(
    lines: Sequence[RequisitionLine],
    ordered: Collection[int],
    offers: Mapping[str, PutSupplierItem],
    items: Mapping[str, ItemView],
    on: date,
) -> None:
    """Refuses: SourceChanged, with every line of a requisition that is `ordered`, by its number, and on the
    day of its order is not sold as it was entered: its price has ended or is another, its supplier's item is
    blocked, or so much of it is another quantity by now.
    """
    together: dict[tuple[str, ...], list[RequisitionLine]] = {}
    for line in lines:
        alike = (line.item_code, line.supplier_code, line.supplier_item, line.currency, line.order_unit)
        together.setdefault(alike, []).append(line)
    refusals = Refusals()
    for (item_code, _, supplier_item, *_), alike_lines in together.items():
        why = _why_otherwise(alike_lines, items[item_code], offers.get(supplier_item), on)
        for line in alike_lines if why else ():
            if line.line_number in ordered:
                refusals.add(f"line {line.line_number}", f"{why}: enter it anew")
    refusals.raise_if_any(SourceChanged)


def _why_otherwise(
    lines: Sequence[RequisitionLine], item: ItemView, offer: PutSupplierItem | None, on: date
) -> str | None:
    """None as long as it is as before. What was found by the last price has no offer."""
    first = lines[0]
    if first.supplier_item and (offer is None or not _is_sold(offer, first.supplier_code, on)):
        return f"{first.supplier_item} is not sold any more on {on}"
    if offer is not None and (offer.unit_price, offer.currency) != (first.unit_price, first.currency):
        was, now = (f"{one.unit_price.normalize():f} {one.currency}" for one in (first, offer))
        return f"{first.supplier_item} costs {now}, and was asked for at {was}"
    before = [(line.stock_quantity, line.order_quantity, line.order_unit) for line in lines]
    if _bought_now(lines, item, offer) != before:
        return f"units, minimum or multiple of {first.supplier_item or first.item_code} have changed"
    return None


def _is_sold(offer: PutSupplierItem, supplier_code: str, on: date) -> bool:
    return offer.supplier_code == supplier_code and not offer.blocked and holds(offer, on)


def _bought_now(
    lines: Sequence[RequisitionLine], item: ItemView, offer: PutSupplierItem | None
) -> list[tuple[Decimal, Decimal, str]]:
    """For each line what is needed in the stock unit, and what is ordered for it in which unit; none when it
    is not traded so any more.
    """
    first = lines[0]
    unit = first.order_unit if offer is None else offer.unit or item.unit
    if any(item.factor(each) is None for each in (unit, *(line.unit for line in lines))):
        return []
    source = SourceFound(
        found_by=first.found_by,
        supplier_code=first.supplier_code,
        quantity=first.order_quantity,
        unit=unit,
        unit_price=first.unit_price,
        currency=first.currency,
        minimum_quantity=offer.minimum_quantity if offer else ZERO,
        multiple=offer.multiple if offer else ZERO,
    )
    needs = [in_stock_unit(line.quantity, line.unit, item) for line in lines]
    return [(need, quantity, unit) for need, quantity in zip(needs, shared(source, item, needs), strict=True)]
