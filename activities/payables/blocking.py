"""Blocked invoices as they are kept: what they wait for, and what becomes of one that is posted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import JSON, Uuid, bindparam, select, text

from domains.payables.messages import LineToMatch, PostSupplierInvoice
from domains.payables.messages.blocks import BlockStatus, InvoiceBlock, SupplierInvoiceBlocked
from domains.payables.rules.invoices import normal_number
from domains.payables.tables import BlockedInvoice, BlockedInvoiceLine
from foundation.database.connections import facts, rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound

_OF_HEAD = set(rows_of(BlockedInvoice).c.keys()) & PostSupplierInvoice.model_fields.keys() - {"accepted"}
_OF_LINE = set(rows_of(BlockedInvoiceLine).c.keys()) & LineToMatch.model_fields.keys()
_ID = bindparam("invoice", type_=Uuid)
_BLOCKED = (
    select(*rows_of(BlockedInvoice).c)
    .where(BlockedInvoice.id == _ID, BlockedInvoice.status == BlockStatus.BLOCKED.value)
    .with_for_update()
)
_NOTE = text("UPDATE payables.blocked_invoice SET blocks = :blocks WHERE id = :invoice").bindparams(
    _ID, bindparam("blocks", type_=JSON)
)
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


async def keep_blocked(
    tx: Transaction, post: PostSupplierInvoice, blocks: Sequence[InvoiceBlock], known: Any
) -> SupplierInvoiceBlocked:
    """Write down what an invoice waits for: with the invoice, when it was not kept before."""
    asked = facts(post, SupplierInvoiceBlocked)
    as_json = to_jsonable_python(blocks)
    if known is not None:
        await tx.execute(_NOTE, {"invoice": post.invoice_id, "blocks": as_json})
        found = {"blocked_number": known.number, "has_changed": known.blocks != as_json}
    else:
        number = tx.closing.sequence_number("BI", "payables.blocked_invoice_number")
        _write(tx, post, as_json, number)
        found = {"blocked_number": number, "has_changed": True}
    return SupplierInvoiceBlocked(**asked | found | {"blocks": tuple(blocks)})


def _write(tx: Transaction, post: PostSupplierInvoice, blocks: Any, number: str) -> None:
    """The invoice as it lies on the table."""
    head = post.model_dump(include=_OF_HEAD) | {
        "id": post.invoice_id,
        "number": number,
        "status": BlockStatus.BLOCKED.value,
        "normal_number": normal_number(post.supplier_number),
        "blocks": blocks,
    }
    lines = [
        line.model_dump(include=_OF_LINE) | {"invoice_id": post.invoice_id, "line_number": position}
        for position, line in enumerate(post.lines, start=1)
    ]
    write_document(tx, {BlockedInvoice: head, BlockedInvoiceLine: lines})


async def release(tx: Transaction, post: PostSupplierInvoice) -> None:
    """An invoice that was blocked is posted now: cured, or accepted by a person who has not entered it."""
    decided = {"decided_by": post.accepted_by or None, "reason": post.why_accepted}
    accepted = to_jsonable_python(post.accepted)
    await tx.execute(_RELEASE, {"invoice": post.invoice_id, "accepted": accepted, **decided})
