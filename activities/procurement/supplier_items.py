"""What suppliers sell us: written down by code."""

from sqlalchemy import text

from domains.master_data import queries as master_data
from domains.procurement.messages.supplier_items import (
    PutSupplierItem,
    SupplierItemChangedEvent,
    SupplierItemPut,
)
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.rules.supplier_items import check_supplier_item
from domains.procurement.tables import SupplierItem
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

# Two who prefer a supplier of the same item do it one after the other, and see each other's: as the table's
# trigger, which refuses the second, does it.
_ONE_AT_A_TIME = text("SELECT procurement.lock_preferred(:item)")


@operation("procurement.put_supplier_item", event=SupplierItemChangedEvent)
async def put_supplier_item(tx: Transaction, put: PutSupplierItem) -> SupplierItemPut:
    """Write down what a supplier sells us, at which price. An order keeps the price that it was placed at.

    Refuses: Invalid, with every code and unit that there is not, and every quantity that cannot be divided
    so; PreferredTwice; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(_ONE_AT_A_TIME, {"item": put.item_code})
    supplier = await master_data.supplier(tx, put.supplier_code)
    item = (await master_data.items(tx, [put.item_code])).get(put.item_code)
    check_supplier_item(put, supplier, item, await supplier_items(tx, [put.item_code]))
    created = await records.put(tx, SupplierItem, put.model_dump())
    return SupplierItemPut(created=created, **put.model_dump(include={"code", "supplier_code", "item_code"}))
