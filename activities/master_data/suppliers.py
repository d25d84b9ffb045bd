"""Suppliers, and what is tolerated of what they deliver and bill."""

from uuid import NAMESPACE_OID, uuid5

from activities.master_data.parties import check_party
from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import RecordPut
from domains.master_data.messages.events import MatchingToleranceChangedEvent, SupplierChangedEvent
from domains.master_data.messages.suppliers import PutSupplier
from domains.master_data.messages.tolerances import MatchingTolerancePut, PutMatchingTolerance
from domains.master_data.rules.names import normal_email
from domains.master_data.rules.records import accounts_by_currency
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals


@operation("master_data.put_supplier", event=SupplierChangedEvent)
async def put_supplier(tx: Transaction, supplier: PutSupplier) -> RecordPut:
    """Write a supplier down.

    Refuses: Invalid, with every code that names nothing, what is no address, no tax number and no bank
    account; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    kept = await check_party(tx, supplier, refusals)
    kept_here = {
        "remittance_email": normal_email(supplier.remittance_email, refusals, "remittance_email"),
        "bank_accounts": accounts_by_currency(supplier.bank_accounts, refusals),
    }
    refusals.raise_if_any()
    created = await records.put(tx, tables.Supplier, supplier.model_dump() | kept | kept_here)
    return RecordPut(code=supplier.code, created=created)


@operation("master_data.put_matching_tolerance", event=MatchingToleranceChangedEvent)
async def put_matching_tolerance(tx: Transaction, tolerance: PutMatchingTolerance) -> MatchingTolerancePut:
    """Write down what is tolerated from a day on; the same supplier, item and day again changes it.

    Refuses: Invalid, when there is no such supplier or item.
    """
    refusals = Refusals()
    suppliers = [("supplier_code", tolerance.supplier_code)]
    await check_codes(tx, tables.Supplier, suppliers, refusals, "supplier")
    await check_codes(tx, tables.Item, [("item_code", tolerance.item_code)], refusals, "item")
    refusals.raise_if_any()
    company = (await queries.company(tx)).code
    named = f"{company}/{tolerance.supplier_code}/{tolerance.item_code}/{tolerance.valid_from}"
    row = tolerance.model_dump() | {"id": uuid5(NAMESPACE_OID, named)}
    created = await records.put(tx, tables.MatchingTolerance, row)
    known = tolerance.model_dump(include={"supplier_code", "item_code", "valid_from"})
    return MatchingTolerancePut(**known, created=created)
