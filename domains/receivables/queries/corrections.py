"""What is to be taken back, and what rests on it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text

from domains.receivables.messages import DebitNote, FoundDebitNotes, ReversibleReceivable
from domains.receivables.queries.standing import standing
from foundation.database.transaction import Row, Transaction
from foundation.values.money import rounded

_INVOICE = text(
    """
    SELECT number, process_id, order_number, order_id
    FROM receivables.invoice WHERE id = :invoice
    """
)
# A debit note counts as long as something of it is not credited.
_DEBIT_NOTES = text(
    f"""
    SELECT d.number FROM receivables.invoice d
    WHERE d.corrects_id = :invoice AND d.total_amount > coalesce((
        SELECT sum(n.total_amount) FROM receivables.credit_note n
        WHERE n.invoice_id = d.id AND {standing("credit_note", "n")}), 0)
    ORDER BY d.number
    """
)
_DEBIT_NOTES_OF_ORDER = text(
    f"""
    SELECT d.id AS invoice_id, d.number AS invoice_number, d.invoiced_on, d.currency,
        d.total_amount - coalesce((SELECT sum(n.total_amount) FROM receivables.credit_note n
            WHERE n.invoice_id = d.id AND {standing("credit_note", "n")}), 0) AS left_amount,
        ARRAY(SELECT w.number FROM receivables.write_off w
            WHERE w.document_id = d.id AND w.kind = 'bad_debt' AND {standing("write_off", "w")}
            ORDER BY w.number) AS bad_debts
    FROM receivables.invoice v JOIN receivables.invoice d ON d.corrects_id = v.id
    WHERE v.order_id = :order
    ORDER BY d.number
    """
).bindparams(bindparam("order", type_=Uuid()))
_CREDIT_NOTES = text(
    f"""
    SELECT n.number FROM receivables.credit_note n
    WHERE n.invoice_id = :invoice AND {standing("credit_note", "n")} ORDER BY n.number
    """
)
_ALLOWANCES = text(
    f"""
    SELECT n.number FROM receivables.credit_note n
    WHERE n.invoice_id = :invoice AND {standing("credit_note", "n")} AND EXISTS (
        SELECT FROM receivables.credit_note_line c WHERE c.credit_note_id = n.id AND c.quantity = 0)
    ORDER BY n.number
    """
)
_DOCUMENTS = {
    ReversibleReceivable.CREDIT_NOTE: text(
        """
        SELECT n.id, n.number, n.credited_on AS posted_on, n.invoice_id, n.posted_at, n.settled_amount,
            n.total_amount, o.process_id
        FROM receivables.credit_note n LEFT JOIN foundation.operation o ON o.key = n.operation_key
        WHERE n.id = :document
        """
    ),
    ReversibleReceivable.DUNNING_LETTER: text(
        "SELECT id, number, written_on AS posted_on, charge_amount FROM receivables.dunning_letter "
        "WHERE id = :document"
    ),
    ReversibleReceivable.WRITE_OFF: text(
        "SELECT id, number, written_off_on AS posted_on, document_id, posted_at FROM receivables.write_off "
        "WHERE id = :document"
    ),
}
# A later credit note took what this one had left; a discount was taken of what this one had left of it.
# Within a series numbers tell which is later: they are drawn with the invoice's open items locked.
_RESTS_ON_NOTE = text(
    f"""
    SELECT n.number FROM receivables.credit_note n
    WHERE n.invoice_id = :invoice AND n.id <> :note
        AND CASE WHEN regexp_replace(n.number, '[0-9]+$', '') = regexp_replace(:number, '[0-9]+$', '')
            THEN n.number > :number ELSE n.posted_at > :posted_at END
        AND {standing("credit_note", "n")}
    UNION
    SELECT s.source_number FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
    WHERE i.document_id = :invoice AND s.discount_amount <> 0 AND s.reverses_id IS NULL
        AND CAST(:lowered AS numeric) <> 0
        AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = s.id)
    ORDER BY 1
    """
)


async def invoice_to_reverse(tx: Transaction, invoice_id: UUID) -> Row:
    """An invoice, and what has billed it. Refuses: NotFound."""
    return await tx.existing(_INVOICE, f"invoice {invoice_id}", {"invoice": invoice_id})


async def debit_notes_of(tx: Transaction, invoice_id: UUID) -> list[str]:
    """The numbers of the debit notes that charge more on an invoice, and are not credited in full."""
    return await tx.scalars(_DEBIT_NOTES, {"invoice": invoice_id})


async def debit_notes_of_order(tx: Transaction, order_id: UUID) -> FoundDebitNotes:
    """The debit notes on an order's own invoices, with what is not credited of them."""
    found = await tx.execute(_DEBIT_NOTES_OF_ORDER, {"order": order_id})
    return FoundDebitNotes(
        notes=tuple(
            DebitNote(
                invoice_id=row.invoice_id,
                invoice_number=row.invoice_number,
                invoiced_on=row.invoiced_on,
                left_amount=rounded(row.left_amount, row.currency),
                bad_debts=tuple(row.bad_debts),
            )
            for row in found
            if row.left_amount
        )
    )


async def credit_notes_of(tx: Transaction, invoice_id: UUID) -> list[str]:
    """The numbers of an invoice's credit notes that stand."""
    return await tx.scalars(_CREDIT_NOTES, {"invoice": invoice_id})


async def allowances_of(tx: Transaction, invoice_id: UUID) -> list[str]:
    """The numbers of an invoice's credit notes that stand, over a value without a quantity."""
    return await tx.scalars(_ALLOWANCES, {"invoice": invoice_id})


async def document_to_reverse(tx: Transaction, kind: ReversibleReceivable, document_id: UUID) -> Row:
    """The document with its number and day, and what else its reversal asks for. Refuses: NotFound."""
    named = f"{kind.replace('_', ' ')} {document_id}"
    return await tx.existing(_DOCUMENTS[kind], named, {"document": document_id})


async def rests_on_credit_note(tx: Transaction, note: Any) -> list[str]:
    """What has counted on a credit note: later ones of its invoice, and a discount that it had lowered."""
    asked = {
        "invoice": note.invoice_id,
        "note": note.id,
        "posted_at": note.posted_at,
        "number": note.number,
        "lowered": str(note.settled_amount) if note.settled_amount == note.total_amount else "0",
    }
    return await tx.scalars(_RESTS_ON_NOTE, asked)
