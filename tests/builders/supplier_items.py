"""What suppliers sell us, as tests ask for it."""

from typing import Any

from tests.builders.purchase_orders import ABROAD, SUPPLIER
from tests.erp import Erp

PATH = "/v1/supplier-items"


def a_supplier_item(code: str = "GROVE/APPLE", **changes: Any) -> dict[str, Any]:
    """Grove sells apples at 4.00."""
    asked = {"supplier_code": SUPPLIER["code"], "item_code": "APPLE", "unit_price": "4.00", "currency": "EUR"}
    return {"code": code} | asked | changes


async def changed(erp: Erp, code: str, **changes: Any) -> None:
    """What a supplier sells us is other from now on."""
    erp.accepted(await erp.request("PATCH", f"{PATH}/{code}", changes, if_match="*"))


async def with_suppliers(erp: Erp, *items: dict[str, Any]) -> None:
    """The company has its two suppliers, and these items of theirs."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    for item in items:
        await erp.post(PATH, item)
