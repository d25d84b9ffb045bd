"""Changes of bank details as they are read."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text

from domains.master_data.messages.bank_details import BankDetailsChangeStatus, BankDetailsOwner
from domains.master_data.tables import BankDetailsChangeRow
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message


class AccountShown(Message):
    """An account to which money goes. Without a currency: that of all currencies without their own."""

    currency: str
    iban: str
    bic: str = ""
    bank: str = ""


class BankDetailsChangeSummary(Message):
    """A change of bank details, without the accounts."""

    change_id: UUID
    change_number: str
    owner: BankDetailsOwner
    code: str
    """Of the record: a supplier, the company, a pay agreement."""
    party_code: str
    """Whose accounts they are."""
    status: BankDetailsChangeStatus
    requested_by: str
    requested_at: datetime
    wait_hours: int
    not_before: datetime | None
    approved_by: str | None
    on_behalf_of: str | None
    effective_at: datetime | None
    reason: str
    """Why it was rejected or cancelled."""
    content_hash: str
    is_anothers: bool
    """Whether, when it was asked for, one of the accounts was another party's as well."""


class BankDetailsChangeView(BankDetailsChangeSummary):
    """A change with the accounts; those of an employee are at `/v1/pay-account-changes/{id}`, for few."""

    accounts_before: tuple[AccountShown, ...]
    accounts: tuple[AccountShown, ...]
    also_of_suppliers: list[str]
    """The codes of other suppliers who have one of the new accounts now."""
    is_somebodys_pay: bool
    """Whether the pay of an employee goes to one of them now."""


_ROW = BankDetailsChangeRow
_HEAD = select(*columns_for(_ROW, BankDetailsChangeSummary, change_id=_ROW.id, change_number=_ROW.number))
_ONE = _HEAD.add_columns(_ROW.accounts_before, _ROW.accounts).where(
    _ROW.id == bindparam("change", type_=Uuid)
)
_LOCKED = select(*rows_of(_ROW).c).where(_ROW.id == bindparam("change", type_=Uuid)).with_for_update()
_LOCK_RECORD = text(
    """
    WITH asked AS (SELECT owner, code FROM master_data.bank_details_change WHERE id = :change),
    of_supplier AS (
        SELECT s.code FROM master_data.supplier s JOIN asked a ON a.owner = 'supplier' AND a.code = s.code
        FOR UPDATE OF s)
    SELECT c.code FROM master_data.company c JOIN asked a ON a.owner = 'company' AND a.code = c.code
    FOR UPDATE OF c
    """
).bindparams(bindparam("change", type_=Uuid))
_ALSO_OF = text(
    """
    SELECT code FROM master_data.supplier s
    WHERE s.code IS DISTINCT FROM :but_not AND EXISTS (
        SELECT FROM jsonb_to_recordset(s.bank_accounts) AS b (iban text) WHERE b.iban = ANY (:ibans))
    ORDER BY code
    """
).bindparams(bindparam("ibans", type_=ARRAY(Text)), bindparam("but_not", type_=Text))
# What payroll tells everybody: that it is somebody's, and not whose.
_IS_SOMEBODYS = text("SELECT payroll.is_somebodys_account(:ibans, NULL) AS is_somebodys").bindparams(
    bindparam("ibans", type_=ARRAY(Text))
)
BANK_DETAILS_CHANGES = Listing(
    name="bank_details_changes",
    about="Changes of bank details, the newest first.",
    view=BankDetailsChangeSummary,
    rows=_HEAD,
    filters=(
        equal(_ROW.status),
        equal(_ROW.owner),
        equal(_ROW.code),
        equal(_ROW.party_code, "party"),
        equal(_ROW.number),
        equal(_ROW.requested_by),
    ),
    sorts=named(_ROW.requested_at, _ROW.number),
    order="-requested_at",
    unique=(_ROW.id,),
)


async def bank_details_change(tx: Transaction, change_id: UUID) -> BankDetailsChangeView:
    """One of them, and who has one of its accounts as well. Refuses: NotFound."""
    row = await tx.existing(_ONE, f"bank details change {change_id}", {"change": change_id})
    ibans = sorted({one["iban"] for one in row.accounts})
    own = row.party_code if row.owner == BankDetailsOwner.SUPPLIER else None
    return BankDetailsChangeView(
        **row._asdict(),
        also_of_suppliers=await suppliers_with(tx, ibans, but_not=own),
        is_somebodys_pay=bool(await tx.scalar(_IS_SOMEBODYS, {"ibans": ibans})),
    )


async def bank_details_change_head(tx: Transaction, change_id: UUID) -> Row:
    """One of them without its accounts. Refuses: NotFound."""
    return await tx.existing(_HEAD.where(_ROW.id == change_id), f"bank details change {change_id}")


async def suppliers_with(tx: Transaction, ibans: Iterable[str], *, but_not: str | None) -> list[str]:
    """The codes of the suppliers whose money goes to one of these accounts, without one of them."""
    return list(await tx.scalars(_ALSO_OF, {"ibans": sorted(ibans), "but_not": but_not}))


async def locked_change(tx: Transaction, change_id: UUID, *, with_record: bool = False) -> Row:
    """One of them under its lock, after that of its record, as who edits that locks. Refuses: NotFound."""
    if with_record:
        await tx.execute(_LOCK_RECORD, {"change": change_id})
    if (row := (await tx.execute(_LOCKED, {"change": change_id})).one_or_none()) is None:
        raise NotFound(f"there is no bank details change {change_id}")
    return row
