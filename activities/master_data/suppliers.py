"""Suppliers, and what is tolerated of what they deliver and bill."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Text, bindparam, func, select

from activities.master_data import changing_bank_details as bank_details
from activities.master_data.parties import check_party
from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import RecordPut
from domains.master_data.messages.bank_details import BankDetailsOwner
from domains.master_data.messages.events import MatchingToleranceChangedEvent, SupplierChangedEvent
from domains.master_data.messages.suppliers import PutSupplier
from domains.master_data.messages.tolerances import MatchingTolerancePut, PutMatchingTolerance
from domains.master_data.rules.bank_details_changes import where_money_goes
from domains.master_data.rules.names import normal_email
from domains.master_data.rules.records import accounts_by_currency
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals

_LOCKED = (
    select(tables.Supplier.bank_accounts, tables.Supplier.changed_by)
    .where(tables.Supplier.code == bindparam("code", type_=Text))
    .with_for_update()
)


@operation("master_data.put_supplier", event=SupplierChangedEvent)
async def put_supplier(tx: Transaction, supplier: PutSupplier) -> RecordPut:
    """Write a supplier down. Where the money of one that is there goes stays for now: that it goes elsewhere
    is a change of bank details, which begins with it.

    Refuses: Invalid, with every code that names nothing, what is no address, no tax number and no bank
    account; BankDetailsChangeOpen; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    kept = await check_party(tx, supplier, refusals)
    email = normal_email(supplier.remittance_email, refusals, "remittance_email")
    accounts = accounts_by_currency(supplier.bank_accounts, refusals)
    refusals.raise_if_any()
    kept_here: dict[str, Any] = {
        "remittance_email": email,
        "bank_accounts": await _kept_accounts(tx, supplier.code, accounts),
        "changed_by": func.current_setting("perpetual.actor"),
    }
    created = await records.put(tx, tables.Supplier, supplier.model_dump() | kept | kept_here)
    return RecordPut(code=supplier.code, created=created)


async def _kept_accounts(tx: Transaction, code: str, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The accounts that the record has from now on: those that it had, when money would go elsewhere."""
    known = (await tx.execute(_LOCKED, {"code": code})).one_or_none()
    if known is None:
        return wanted
    owner, before = BankDetailsOwner.SUPPLIER, known.bank_accounts
    await bank_details.note_edit(tx, owner, code)
    if where_money_goes(before) == where_money_goes(wanted):
        return wanted
    change = bank_details.WantedBankDetails(owner, code, code, before, wanted, known.changed_by)
    await bank_details.ask_for_change(tx, change)
    return list(before)


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
