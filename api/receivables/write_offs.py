"""Write-offs: what is open and will not be paid."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.receivables import corrections, write_offs
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.ledger.payments import today_or_later
from api.lists import add_list
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.receivables.messages import (
    PostWriteOff,
    ReverseReceivable,
    ReversibleReceivable,
    WriteOffAsked,
)
from domains.receivables.queries import write_offs as queries
from domains.receivables.queries.write_offs import WriteOffView

router = Router(prefix="/v1/write-offs", tags=["Finance"])

READ = allows("receivables.write_off.read")
INVOICE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
EXAMPLES: dict[str, Any] = {
    "a bad debt": {
        "summary": "The customer is insolvent: all that is open, and its output tax is taken back",
        "value": {"kind": "bad_debt", "invoice_id": INVOICE, "reason": "insolvency, file 12 IN 34/26"},
    },
    "a part of it": {
        "value": {"kind": "bad_debt", "invoice_id": INVOICE, "amount": "59.50", "reason": "a quota of 50 %"},
    },
    "a small difference": {
        "summary": "The rest of an invoice, within the company's small_difference_limit",
        "value": {"kind": "small_difference", "invoice_id": INVOICE, "reason": "bank charges"},
    },
    "what is left of a payment": {
        "value": {"kind": "small_difference", "payment_id": INVOICE, "reason": "paid a cent too much"},
    },
}


@router.post("", status_code=201, dependencies=[allows("receivables.write_off.post")])
async def write_off(
    wanted: Annotated[WriteOffAsked, Body(openapi_examples=EXAMPLES)], asked: Asked, response: Response
) -> WriteOffView:
    """Write off the rest of a document as a small difference, or a claim as a bad debt with its output tax.

    Whoever posts payments needs another role for it.
    """
    write_off_id = asked.new_id("write-off")
    of = [one for one in (wanted.invoice_id, wanted.payment_id, wanted.credit_note_id) if one is not None]
    on = wanted.written_off_on or await today_or_later(asked, *of)
    command = PostWriteOff(**{**dict(wanted), "write_off_id": write_off_id, "written_off_on": on})
    await asked.run(write_offs.post_write_off, command)
    response.headers["Location"] = f"/v1/write-offs/{write_off_id}"
    async with asked.read() as tx:
        return await queries.write_off(tx, write_off_id)


add_list(router, queries.WRITE_OFFS, READ)


@router.get("/{write_off_id}", dependencies=[READ])
async def one_write_off(write_off_id: UUID, asked: Asked) -> WriteOffView:
    """One write-off with the taxes that were taken back."""
    async with asked.read() as tx:
        return await queries.write_off(tx, write_off_id)


@router.post(
    "/{write_off_id}/reversal", status_code=201, dependencies=[allows("receivables.write_off.reverse")]
)
async def reverse_write_off(write_off_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a write-off back, as when the customer pays after all: it is owed again, and so is the tax."""
    return await reverse_document(asked, ReversibleReceivable.WRITE_OFF, write_off_id, reversal)


async def reverse_document(
    asked: AskedRequest, document_type: ReversibleReceivable, document_id: UUID, reversal: ReversalAsked
) -> DocumentReversed:
    """Take a document of receivables back."""
    command = ReverseReceivable(
        document_type=document_type,
        document_id=document_id,
        **await reversing.reversal(asked, document_type, document_id, reversal),
    )
    return await asked.run(corrections.reverse_document, command)
