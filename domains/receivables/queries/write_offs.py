"""Write-offs, as they are read; and what of an invoice's taxes can still be taken back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.ledger.queries.documents import reversal_of
from domains.receivables.messages import WriteOffKind
from domains.receivables.queries.standing import standing
from domains.receivables.rules.write_offs import ClaimedTax, TaxedClaim
from domains.receivables.tables.write_offs import WriteOff, WriteOffTax
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount

_INVOICE = text(
    f"""
    SELECT v.rate, v.total_amount - coalesce((SELECT sum(n.total_amount) FROM receivables.credit_note n
            WHERE n.invoice_id = v.id AND {standing("credit_note", "n")}), 0) AS total_amount,
        coalesce((SELECT sum(w.amount) FROM receivables.write_off w
            WHERE w.document_id = v.id AND w.kind = 'bad_debt' AND {standing("write_off", "w")}), 0) AS before
    FROM receivables.invoice v WHERE v.id = :invoice
    """
)
_TAXES = text(
    f"""
    SELECT t.line_number, t.account_code, t.tax_amount AS billed_amount,
        coalesce((SELECT sum(c.tax_amount) FROM receivables.credit_note n
                JOIN receivables.credit_note_tax c ON c.credit_note_id = n.id
            WHERE n.invoice_id = t.invoice_id AND c.line_number = t.line_number
                AND {standing("credit_note", "n")}), 0) AS credited_amount,
        coalesce((SELECT sum(x.tax_amount) FROM receivables.write_off w
                JOIN receivables.write_off_tax x ON x.write_off_id = w.id
            WHERE w.document_id = t.invoice_id AND x.line_number = t.line_number
                AND {standing("write_off", "w")}), 0) AS written_off_before
    FROM receivables.invoice_tax t WHERE t.invoice_id = :invoice ORDER BY t.line_number
    """
)
_BAD_DEBTS = text(
    f"""
    SELECT w.number FROM receivables.write_off w
    WHERE w.document_id = :invoice AND w.kind = 'bad_debt' AND {standing("write_off", "w")} ORDER BY w.number
    """
)


class WriteOffSummary(Message):
    """A write-off as a list shows it; amounts in its document's currency, with tax.

    Negative of money on account, which is ours from then on.
    """

    write_off_id: UUID
    write_off_number: str
    kind: WriteOffKind
    document_type: str
    document_id: UUID
    document_number: str
    customer_code: str
    written_off_on: date
    reason: str
    currency: str
    amount: ShownAmount
    tax_amount: ShownAmount
    """What of it is output tax that was taken back."""
    base_amount: ShownAmount
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class WriteOffTaxView(Message):
    """What was taken back of one tax of the invoice, by its number there."""

    line_number: int
    account_code: str
    tax_amount: ShownAmount
    base_tax_amount: ShownAmount


class WriteOffView(WriteOffSummary):
    """The whole write-off."""

    posted_at: datetime
    taxes: list[WriteOffTaxView]


_WRITE_OFFS = select(*rows_of(WriteOff).c, reversal_of("write_off", WriteOff.id).label("reversed_by"))
_TAXES_OF = (
    select(*rows_of(WriteOffTax).c)
    .where(WriteOffTax.write_off_id == bindparam("write_off", type_=Uuid))
    .order_by(WriteOffTax.line_number)
)


def _facts(row: Any, view: type[Message]) -> dict[str, Any]:
    known = {"write_off_id": row.id, "write_off_number": row.number, "kind": WriteOffKind(row.kind)}
    return facts(row, view) | known


def write_off_summary(row: Any) -> WriteOffSummary:
    """One row of `WRITE_OFFS`."""
    return WriteOffSummary(**_facts(row, WriteOffSummary))


WRITE_OFFS = Listing(
    name="write_offs",
    about="Write-offs, the newest first.",
    view=WriteOffSummary,
    rows=_WRITE_OFFS,
    to_view=write_off_summary,
    filters=(
        equal(WriteOff.customer_code, "customer"),
        equal(WriteOff.kind, type=WriteOffKind),
        equal(WriteOff.document_id),
        *between(WriteOff.written_off_on),
        *between(WriteOff.amount),
    ),
    sorts=named(WriteOff.written_off_on, WriteOff.number, WriteOff.amount),
    order="-written_off_on",
    unique=(WriteOff.id,),
)


async def write_off(tx: Transaction, write_off_id: UUID) -> WriteOffView:
    """One write-off with its taxes. Refuses: NotFound."""
    found = await tx.existing(_WRITE_OFFS.where(WriteOff.id == write_off_id), f"write-off {write_off_id}")
    taxes = await tx.execute(_TAXES_OF, {"write_off": write_off_id})
    return WriteOffView(
        taxes=[WriteOffTaxView(**facts(tax, WriteOffTaxView)) for tax in taxes], **_facts(found, WriteOffView)
    )


async def taxed_claim(tx: Transaction, document_id: UUID) -> TaxedClaim | None:
    """What an invoice charges now, tax by tax; None of a document without taxes, such as a dunning letter.

    Read under the lock of its open items.
    """
    invoice = (await tx.execute(_INVOICE, {"invoice": document_id})).one_or_none()
    if invoice is None:
        return None
    taxes = await tx.execute(_TAXES, {"invoice": document_id})
    return TaxedClaim(
        total_amount=invoice.total_amount,
        written_off_before=Decimal(invoice.before),
        taxes=tuple(ClaimedTax(**row._asdict()) for row in taxes),
        rate=invoice.rate,
    )


async def bad_debts_of(tx: Transaction, invoice_id: UUID) -> list[str]:
    """The numbers of the write-offs by which an invoice was given up as uncollectible, and which stand."""
    return await tx.scalars(_BAD_DEBTS, {"invoice": invoice_id})
