"""Blocked invoices as they are kept, and what becomes of one that is posted."""

from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import JSON, Uuid, bindparam, select, text

from domains.payables.messages import PostSupplierInvoice
from domains.payables.messages.blocks import BlockStatus
from domains.payables.rules.decisions import check_decides
from domains.payables.rules.matching import InvoiceIsBlocked
from domains.payables.tables import BlockedInvoice
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound

_ID = bindparam("invoice", type_=Uuid)
_BLOCKED = (
    select(*rows_of(BlockedInvoice).c)
    .where(BlockedInvoice.id == _ID, BlockedInvoice.status == BlockStatus.BLOCKED.value)
    .with_for_update()
)
_STATUS = select(BlockedInvoice.status).where(BlockedInvoice.id == _ID)
_RELEASE = text(
    """
    UPDATE payables.blocked_invoice
    SET status = 'posted', blocks = '[]', accepted = :accepted, decided_by = :decided_by,
        decision_reason = :reason, ended_at = now()
    WHERE id = :invoice
    """
).bindparams(_ID, bindparam("accepted", type_=JSON))


async def find_blocked(tx: Transaction, invoice_id: UUID) -> Any:
    """The invoice as it is kept, locked. Refuses: NotFound, when it is not blocked."""
    known = (await tx.execute(_BLOCKED, {"invoice": invoice_id})).one_or_none()
    if known is None:
        raise NotFound(f"no invoice {invoice_id} is blocked")
    return known


async def check_may_be_posted(tx: Transaction, post: PostSupplierInvoice) -> None:
    """One that was blocked since it was asked to be posted, or has gone back, is not posted by that.

    Refuses: InvoiceIsBlocked; NotFound, when it is not blocked any more.
    """
    status = await tx.scalar(_STATUS, {"invoice": post.invoice_id})
    if status == BlockStatus.BLOCKED.value and not post.was_blocked:
        raise InvoiceIsBlocked(f"{post.supplier_number} of {post.supplier_code} is blocked")
    if status not in (None, BlockStatus.BLOCKED.value):
        raise NotFound(f"{post.supplier_number} of {post.supplier_code} is not blocked any more")


async def release(tx: Transaction, post: PostSupplierInvoice) -> None:
    """An invoice that was blocked is posted now: cured, or accepted by a person who has not entered it.

    Refuses: NotFound, EnteredByTheSame.
    """
    known = await find_blocked(tx, post.invoice_id)
    if post.accepted_by:
        check_decides(post.accepted_by, known.entered_by)
    decided = {"decided_by": post.accepted_by or None, "reason": post.why_accepted}
    accepted = to_jsonable_python(post.accepted)
    await tx.execute(_RELEASE, {"invoice": post.invoice_id, "accepted": accepted, **decided})
