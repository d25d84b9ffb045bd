"""Debit notes: what was billed of goods that went back is claimed back; confirmed, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, text

from activities.ledger import posting
from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    check_open_on,
    discount_row,
    settle_goods,
    settle_item,
    write_entry,
    write_items,
)
from activities.payables.examining import check_not_billed
from domains.ledger.messages import (
    AccountRole,
    Discount,
    Document,
    DocumentReversed,
    NewItem,
    OpenGoods,
    Party,
    PartyType,
    SettledInvoice,
    Side,
    Source,
    TaxShare,
)
from domains.ledger.queries.goods_received import goods_to_claim
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.payables.messages.debit_notes import (
    ConfirmDebitNote,
    DebitNoteConfirmed,
    DebitNoteConfirmedEvent,
    DebitNotePosted,
    DebitNotePostedEvent,
    DebitNoteReversedEvent,
    InvoiceClaimed,
    PostDebitNote,
    ReverseDebitNote,
)
from domains.payables.queries import debit_notes as queries
from domains.payables.rules import debit_notes as rules
from domains.payables.rules.debit_notes import ClaimedLine, SetOff
from domains.payables.rules.invoices import normal_number
from domains.payables.tables import DebitNoteConfirmation, SupplierDebitNote, SupplierDebitNoteLine
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount

_TYPE = "supplier_debit_note"
_SET_DISCOUNT = text("SELECT ledger.set_discount(:document, CAST(:discount AS jsonb))").bindparams(
    bindparam("document", type_=Uuid)
)


@dataclass(frozen=True)
class _Claimed:
    """An invoice, locked, and what is taken off it."""

    head: DocumentHead
    offs: tuple[SetOff, ...]

    @property
    def amount(self) -> Decimal:
        """In its currency."""
        return sum((one.amount for one in self.offs), ZERO)


@operation("payables.post_debit_note", event=DebitNotePostedEvent)
async def post_debit_note(tx: Transaction, post: PostDebitNote) -> DebitNotePosted:
    """Claim back what was billed of goods that went back, with its tax, at the rate of its invoice: as far as
    the invoice is not paid it is owed that much less, and the rest is open on the supplier's account.

    Amounts are in the invoice's currency, rounded half-up per line. Who waits for the invoice to be paid is
    told. Refuses: NotFound, NothingToClaim; TooEarly before the return, or before an invoice; StillSettled,
    NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor.
    """
    books = await posting.books_on(tx, post.posted_on)
    back = await queries.return_as_posted(tx, post.return_id)
    goods = [one for of, one in await goods_to_claim(tx, back.order_id) if of == post.return_id]
    for one in goods:
        await check_open_on(tx, "posted_on", post.posted_on, one.opened)
    billed, currency = await queries.billed_of_order(tx, back.order_id)
    lines = rules.claimed_lines(goods, billed, post.posted_on, currency, books.currency)
    for line in lines:
        check_not_before("posted_on", post.posted_on, line.billed.posted_on, line.billed.invoice_number)
    claimed = await _taken_off(tx, books, post, lines)
    number = tx.closing.number("DN", books.fiscal_year)
    order_number = await queries.order_number(tx, back.order_id)
    total, settled = rules.total_of(lines), sum((one.amount for one in claimed), ZERO)
    head = {
        "return_number": back.document_number,
        "order_id": back.order_id,
        "order_number": order_number,
        "supplier_code": back.party_code,
        "currency": currency,
        "net_amount": sum((line.net_amount for line in lines), ZERO),
        "tax_amount": sum((line.tax_amount for line in lines), ZERO),
        "total_amount": total.amount,
        "base_total_amount": total.base_amount,
    }
    await _write(tx, post, head | {"number": number, "settled_amount": settled}, lines)
    await _write_entries(tx, books, post, head, lines, claimed)
    _settle(tx, Settling(_TYPE, post.debit_note_id, number, post.posted_on), goods, claimed)
    _owe(tx, books, post, number, head, claimed)
    await _lower_discounts(tx, claimed)
    return DebitNotePosted(
        **head | post.model_dump(include={"debit_note_id", "return_id", "posted_on"}),
        debit_note_number=number,
        settled=tuple(_claimed_of(one) for one in claimed if one.offs),
        open_amount=total.amount - settled,
    )


async def _taken_off(
    tx: Transaction, books: Books, post: PostDebitNote, lines: Sequence[ClaimedLine]
) -> list[_Claimed]:
    """What the claim takes off each of its invoices. Refuses: StillSettled."""
    found = []
    for invoice_id in dict.fromkeys(line.billed.invoice_id for line in lines):
        (head,) = await open_documents(tx, order_id=None, document_id=invoice_id, side=Side.PAYABLE)
        of_it = rules.total_of(line for line in lines if line.billed.invoice_id == invoice_id)
        is_there = head.account_code == books.account(AccountRole.PAYABLE)
        instalments = head.document.instalments if is_there else ()
        offs = rules.set_off(of_it, instalments, books.currency)
        if offs:
            await check_open_on(tx, "posted_on", post.posted_on, head.opened)
        found.append(_Claimed(head, offs))
    return found


async def _write(
    tx: Transaction, post: PostDebitNote, head: dict[str, Any], lines: Sequence[ClaimedLine]
) -> None:
    """The debit note with its lines, and who writes to whom, as they are now."""
    supplier = await master_data.supplier(tx, head["supplier_code"])
    if supplier is None:
        raise NotFound(f"there is no supplier {head['supplier_code']}")
    own = letterhead.sender(await master_data.company(tx), head["currency"])
    printed = {
        "company": own.model_dump(mode="json"),
        "supplier": letterhead.addressee(supplier.model_dump()).model_dump(mode="json"),
    }
    asked = post.model_dump(include={"return_id", "posted_on", "reason"})
    write_document(tx, {SupplierDebitNote: head | printed | asked | {"id": post.debit_note_id}})
    rows = [_row(post.debit_note_id, number, line) for number, line in enumerate(lines, start=1)]
    write_document(tx, {SupplierDebitNoteLine: rows})


def _row(debit_note_id: UUID, number: int, line: ClaimedLine) -> dict[str, Any]:
    names = (
        "invoice_id",
        "invoice_line_number",
        "order_line_number",
        "item_code",
        "description",
        "unit",
        "tax_code",
    )
    return {name: getattr(line.billed, name) for name in names} | {
        "debit_note_id": debit_note_id,
        "line_number": number,
        "quantity": line.quantity,
        "stock_quantity": line.stock_quantity,
        "net_amount": line.net_amount,
        "tax_amount": line.tax_amount,
        "base_total_amount": line.base(line.total_amount),
    }


async def _write_entries(
    tx: Transaction,
    books: Books,
    post: PostDebitNote,
    head: dict[str, Any],
    lines: Sequence[ClaimedLine],
    claimed: Sequence[_Claimed],
) -> None:
    """One entry; and another, in the company's currency, that clears what went back for one that is not."""
    supplier, order, currency = head["supplier_code"], head["order_number"], head["currency"]
    offs = [off for one in claimed for off in one.offs]
    entry = rules.postings(lines, offs, supplier, currency, order, books.account)
    about = f"Debit note to {supplier} for {head['return_number']}: {post.reason}"[:2000]
    source = Source(_TYPE, post.debit_note_id, _TYPE)
    await write_entry(tx, books, Entry(source, post.posted_on, currency, about, entry))
    if currency != books.currency:
        cleared = rules.clearing(lines, supplier, order, books.account)
        source = Source(_TYPE, post.debit_note_id, "goods sent back")
        await write_entry(tx, books, Entry(source, post.posted_on, books.currency, about, cleared))


def _settle(tx: Transaction, by: Settling, goods: Sequence[OpenGoods], claimed: Sequence[_Claimed]) -> None:
    """What went back is claimed, and its invoices are owed less; who waits for their money is told."""
    for one in goods:
        settle_goods(tx, by, one.item_id, -one.quantity, DualAmount(one.base_amount, one.base_amount))
    for claim in claimed:
        for off in claim.offs:
            value = DualAmount(-off.amount, -off.base_amount)
            settle_item(tx, by, off.item_id, value, difference=-off.exchange_difference)
        if claim.offs and (process_id := claim.head.document.process_id):
            tx.tell(process_id, "invoice_settled", _news(claim))


def _news(claim: _Claimed) -> SettledInvoice:
    document = claim.head.document
    return SettledInvoice(
        invoice_id=document.id,
        invoice_number=document.number,
        order_id=document.order_id,
        process_id=document.process_id,
        settled_amount=claim.amount,
        discount_amount=ZERO,
        written_off_amount=ZERO,
        open_amount=document.open_amount - claim.amount,
    )


def _owe(
    tx: Transaction,
    books: Books,
    post: PostDebitNote,
    number: str,
    head: dict[str, Any],
    claimed: Sequence[_Claimed],
) -> None:
    """What the supplier owes us is open on its account, less what it takes off the invoices at once."""
    total = DualAmount(head["total_amount"], head["base_total_amount"])
    if not total.amount:
        return
    item = NewItem(
        id=uuid5(post.debit_note_id, "claim"),
        side=Side.PAYABLE,
        account_code=books.account(AccountRole.PAYABLE),
        party=Party(PartyType.SUPPLIER, head["supplier_code"]),
        due_on=post.posted_on,
        value=total,
    )
    document = Document(_TYPE, post.debit_note_id, number, order_id=head["order_id"])
    write_items(tx, document, [item], on=post.posted_on, currency=head["currency"])
    offs = [off for one in claimed for off in one.offs]
    used = DualAmount(sum((one.amount for one in offs), ZERO), sum((one.claimed_base for one in offs), ZERO))
    if used.amount:
        used = total if used.amount == total.amount else used
        settle_item(tx, Settling(_TYPE, post.debit_note_id, number, post.posted_on), item.id, used)


def _claimed_of(claim: _Claimed) -> InvoiceClaimed:
    document = claim.head.document
    return InvoiceClaimed(invoice_id=document.id, invoice_number=document.number, settled_amount=claim.amount)


async def _lower_discounts(tx: Transaction, claimed: Sequence[_Claimed]) -> None:
    """What may be taken off the invoices for paying early is less by what is taken off them now."""
    now = {one.head.document.id: (one.amount, one.head.currency) for one in claimed if one.offs}
    for row in await queries.claimed_of(tx, list(now)):
        amount, currency = now[row.id]
        await _set_discount(tx, row, row.claimed + amount, currency)


async def _set_discount(tx: Transaction, row: Any, claimed: Decimal, currency: str) -> None:
    left = rules.discount_left(_discount(row), claimed, currency)
    await tx.execute(_SET_DISCOUNT, {"document": row.id, "discount": to_json(discount_row(left)).decode()})


def _discount(row: Any) -> Discount:
    """As the invoice offered it; its last day, which never changes, is kept with what is owed."""
    kept = row.discount
    taxes = tuple(TaxShare(number, account, Decimal(amount)) for number, account, amount in kept["taxes"])
    return Discount(row.due_on, Decimal(kept["on"]), Decimal(kept["net"]), taxes)


@operation("payables.confirm_debit_note", event=DebitNoteConfirmedEvent)
async def confirm_debit_note(tx: Transaction, confirm: ConfirmDebitNote) -> DebitNoteConfirmed:
    """Note the supplier's own credit note for what a debit note claims: nothing is posted once more, and its
    number counts as entered.

    Refuses: NotFound, ReversedAlready; NotWhatIsClaimed, BilledAlready, TooEarly before an invoice's day.
    """
    note = await queries.debit_note(tx, confirm.debit_note_id)
    await posting.check_not_reversed(tx, _TYPE, note.debit_note_id, note.debit_note_number)
    # Whoever confirms it at the same moment has waited there, and is seen now.
    note = await queries.debit_note(tx, confirm.debit_note_id)
    billed_on, number = await queries.first_billed(tx, note.debit_note_id)
    check_not_before("credited_on", confirm.credited_on, billed_on, number)
    await check_not_billed(tx, note.supplier_code, confirm.supplier_number, note.debit_note_id)
    rules.check_not_confirmed(note.debit_note_number, note.supplier_number)
    rules.check_confirms(note.debit_note_number, note.total_amount, confirm.total_amount, note.currency)
    row = confirm.model_dump(include={"debit_note_id", "supplier_number", "credited_on"})
    normal = {"normal_number": normal_number(confirm.supplier_number)}
    write_document(tx, {DebitNoteConfirmation: row | normal})
    return DebitNoteConfirmed(
        debit_note_id=note.debit_note_id,
        debit_note_number=note.debit_note_number,
        supplier_number=confirm.supplier_number,
    )


@operation("payables.reverse_debit_note", event=DebitNoteReversedEvent)
async def reverse_debit_note(tx: Transaction, reverse: ReverseDebitNote) -> DocumentReversed:
    """Take a debit note back, as a whole: its invoices are owed again, and what went back is to be claimed.
    With it goes that the supplier has confirmed it: the number of the supplier's credit note is free again.

    Refuses: NotFound, ReversedAlready; StandsOnIt when it was set off; TooEarly, NotPostable, NoFiscalYear,
    PeriodLocked.
    """
    note = await queries.debit_note(tx, reverse.debit_note_id)
    await posting.check_not_reversed(tx, _TYPE, note.debit_note_id, note.debit_note_number)
    answer = await posting.reverse(
        tx,
        _TYPE,
        reverse.debit_note_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=note.debit_note_number,
        posted_on=note.posted_on,
    )
    invoices = list({line.invoice_id for line in note.lines})
    for row in await queries.claimed_of(tx, invoices, without=note.debit_note_id):
        await _set_discount(tx, row, row.claimed, note.currency)
    return answer
