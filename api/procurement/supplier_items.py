"""What suppliers sell us, and at which price."""

from activities.procurement.supplier_items import put_supplier_item
from api.door import AskedRequest
from api.records import Resource, router_for
from domains.procurement.queries.supplier_items import SUPPLIER_ITEMS, SupplierItemView, supplier_item


async def _supplier_item(asked: AskedRequest, code: str) -> SupplierItemView | None:
    async with asked.read() as tx:
        return await supplier_item(tx, code)


router = router_for(
    Resource(
        path="supplier-items",
        tag="Procurement",
        permission="procurement.supplier_item",
        put=put_supplier_item,
        view=SupplierItemView,
        records=SUPPLIER_ITEMS,
        read=_supplier_item,
        example={
            "code": "S-2001/FRAME-CITY",
            "supplier_code": "S-2001",
            "item_code": "FRAME-CITY",
            "supplier_item_number": "RB-CITY-54",
            "unit_price": "84.50",
            "currency": "EUR",
            "minimum_quantity": "10",
            "multiple": "5",
            "lead_time_days": 14,
            "preferred": True,
            "valid_from": "2026-01-01",
        },
    )
)
