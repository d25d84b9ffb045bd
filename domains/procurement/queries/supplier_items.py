"""What suppliers sell us, as it is read."""

from collections.abc import Iterable

from sqlalchemy import ARRAY, Text, any_, bindparam, select

from domains.procurement.messages.supplier_items import PutSupplierItem
from domains.procurement.tables import SupplierItem
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named, only
from foundation.database.transaction import Transaction


class SupplierItemView(PutSupplierItem):
    """An item as a supplier sells it, with the version that a change names."""

    version: int


_ROWS = select(*columns_for(SupplierItem, SupplierItemView))
_ONE = _ROWS.where(SupplierItem.code == bindparam("code"))
_OF_ITEMS = _ROWS.where(SupplierItem.item_code == any_(bindparam("items", type_=ARRAY(Text)))).order_by(
    SupplierItem.code
)
SUPPLIER_ITEMS = Listing(
    name="supplier_items",
    about="What suppliers sell us, by code.",
    view=SupplierItemView,
    rows=_ROWS,
    filters=(
        equal(SupplierItem.supplier_code, "supplier"),
        equal(SupplierItem.item_code, "item"),
        equal(SupplierItem.supplier_item_number),
        only(
            "only_preferred", SupplierItem.preferred.is_(True), "Only those that are bought before all others"
        ),
        only("only_in_use", SupplierItem.blocked.is_(False), "Only those that are not blocked"),
    ),
    sorts=named(
        SupplierItem.code, SupplierItem.supplier_code, SupplierItem.item_code, SupplierItem.unit_price
    ),
    order="code",
    unique=(SupplierItem.code,),
)


async def supplier_item(tx: Transaction, code: str) -> SupplierItemView | None:
    """One of them."""
    row = (await tx.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else SupplierItemView.model_validate(row._asdict())


async def supplier_items(tx: Transaction, item_codes: Iterable[str]) -> list[SupplierItemView]:
    """All of some items, by code."""
    rows = await tx.execute(_OF_ITEMS, {"items": sorted(set(item_codes))})
    return [SupplierItemView.model_validate(row._asdict()) for row in rows]
