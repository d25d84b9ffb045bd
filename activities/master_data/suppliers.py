"""Suppliers."""

from activities.master_data.parties import check_party
from domains.master_data import tables
from domains.master_data.messages import RecordPut
from domains.master_data.messages.events import SupplierChangedEvent
from domains.master_data.messages.suppliers import PutSupplier
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals


@operation("master_data.put_supplier", event=SupplierChangedEvent)
async def put_supplier(tx: Transaction, supplier: PutSupplier) -> RecordPut:
    """Write a supplier down.

    Refuses: Invalid, with every code that names nothing, what is no address and no tax number;
    ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    kept = await check_party(tx, supplier, refusals)
    refusals.raise_if_any()
    created = await records.put(tx, tables.Supplier, supplier.model_dump() | kept)
    return RecordPut(code=supplier.code, created=created)
