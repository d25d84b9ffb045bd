"""What a supplier's item may be."""

from collections.abc import Iterable
from datetime import date

from domains.master_data.rules.names import check_currency
from domains.master_data.rules.units import check_unit
from domains.master_data.rules.validity import check_period
from domains.master_data.views import ItemView, SupplierView
from domains.procurement.messages.supplier_items import PutSupplierItem
from foundation.values.errors import BusinessError, Refusals


class PreferredTwice(BusinessError):
    """Another supplier of the item is preferred on some of these days."""

    status = 409


def check_supplier_item(
    put: PutSupplierItem,
    supplier: SupplierView | None,
    item: ItemView | None,
    others: Iterable[PutSupplierItem],
) -> None:
    """Refuses: Invalid, with every wrong field; PreferredTwice, naming the other of these `others` that is
    preferred on one of its days.
    """
    refusals = Refusals()
    if supplier is None:
        refusals.add("supplier_code", f"there is no supplier {put.supplier_code}; create it first")
    if item is None:
        refusals.add("item_code", f"there is no item {put.item_code}; create it first")
    else:
        for name in ("minimum_quantity", "multiple"):
            _check_quantity(name, put, item, refusals)
    check_currency(put.currency, refusals)
    check_period(put, "", refusals)
    refusals.raise_if_any()
    if put.preferred and not put.blocked:
        for other in others:
            if other.code != put.code and other.preferred and not other.blocked and _overlap(put, other):
                why = f"{other.code} is preferred on some of these days: end it first, with valid_to"
                raise PreferredTwice(f"preferred: {why}", errors=[("preferred", why)])


def _check_quantity(name: str, put: PutSupplierItem, item: ItemView, refusals: Refusals) -> None:
    found = Refusals()
    check_unit(getattr(put, name), put.unit, item, "", found)
    for error in found.errors:
        field = name if error.field == "quantity" else error.field
        if (field, error.message) not in refusals.errors:
            refusals.add(field, error.message)


def _overlap(one: PutSupplierItem, other: PutSupplierItem) -> bool:
    first, last = date.min, date.max
    return (one.valid_from or first) <= (other.valid_to or last) and (other.valid_from or first) <= (
        one.valid_to or last
    )
