"""Goods of a purchase order go back to the supplier, and come again after all."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from activities.inventory.stock_writer import write_book, write_reservations
from activities.ledger import posting
from activities.ledger.posting import Books, Entry, Settling, settle_goods, write_entry, write_items
from domains.inventory import tables
from domains.inventory.messages import InventoryRole
from domains.inventory.messages.vendor_returns import (
    GoodsSentBack,
    GoodsSentBackEvent,
    SendGoodsBack,
)
from domains.inventory.queries import locked
from domains.inventory.queries import vendor_returns as queries
from domains.inventory.rules import vendor_returns as rules
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.vendor_returns import PartSentBack
from domains.ledger.messages import (
    AccountRole,
    Document,
    Line,
    NewItem,
    Party,
    PartyType,
    Side,
    Source,
)
from domains.ledger.queries.goods_received import goods_that_came
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount

_TYPE = "vendor_return"
_OF_CLAIMS = (AccountRole.PAYABLE, AccountRole.TAX_RECEIVABLE)
"""What a debit note is posted to, beside what the return is."""


@operation("inventory.send_goods_back", event=GoodsSentBackEvent)
async def send_goods_back(tx: Transaction, back: SendGoodsBack) -> GoodsSentBack:
    """Let goods of a purchase order go back to the supplier at what they are worth. What they had been taken
    in at is to be billed no more, or, when it was, is an open item that a debit note closes.

    Values are in the company's currency, rounded half-up per line of a receipt. Only what is not set aside
    goes. The order's process is told. Refuses: NotFound; NotToSendBack, NotOnHand, Invalid for parts of what
    cannot be divided, each per line; NotStocked, NotThereYet; TooEarly before the receipt, or before it was
    billed; StillSettled; OrderHasEnded for goods that are to come again; NoFiscalYear, PeriodLocked,
    TooFarAhead, NoAccountFor.
    """
    books = await posting.books_on(tx, back.returned_on)
    came = await queries.came_for_order(tx, back.order_id)
    if not came:
        raise NotFound(f"nothing has come for purchase order {back.order_id}")
    has_ended = await queries.has_ended(tx, back.process_of_order)
    if back.replace:
        why = "nothing comes again for it, order anew"
        rules.check_order_takes(came[0].order_number, has_ended=has_ended, why=why)
    warehouse_code = back.warehouse_code or came[-1].warehouse_code
    shelf, book, parts = await _taken(tx, back, warehouse_code, came)
    for part in parts:
        await _check_day(tx, books, back, part)
    parts = _at_cost(book, parts)
    await write_reservations(tx, warehouse_code, shelf)
    number = tx.closing.sequence_number("VR", "inventory.vendor_return_number")
    answer = _answer(back, came[0], number, parts, book.currency)
    _write(tx, back, answer, warehouse_code, parts)
    write_book(
        tx,
        book,
        document_id=back.return_id,
        number=number,
        moved_on=back.returned_on,
        warehouse_code=warehouse_code,
    )
    await _post(tx, books, back, answer, parts)
    if not has_ended:
        tx.tell(back.process_of_order, "goods_sent_back", answer)
    return answer


def _at_cost(book: Book, parts: Sequence[PartSentBack]) -> tuple[PartSentBack, ...]:
    """The parts with what they were worth when they left."""
    costs = {
        part.line_number: book.send_back(
            part.item_code,
            part.stock_quantity,
            of=(part.came.receipt_id, part.came.receipt_line_number),
            line_number=part.line_number,
        )
        for part in parts
    }
    return rules.costs_of(parts, costs)


async def _taken(
    tx: Transaction, back: SendGoodsBack, warehouse_code: str, came: Sequence[Row]
) -> tuple[Shelf, Book, tuple[PartSentBack, ...]]:
    """The goods, locked, without what goes back. What can go back is read again behind the lock."""
    asked = {line.line_number for line in back.lines}
    item_codes = {row.item_code for row in came if row.order_line_number in asked}
    shelf = await locked.shelf(tx, warehouse_code, item_codes, on=back.returned_on, leaves=True)
    shelf.check_stocked(("warehouse_code", code) for code in sorted(item_codes))
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes)))
    rows = await queries.came_for_order(tx, back.order_id)
    goods = await goods_that_came(tx, back.order_id)
    parts = rules.parts_sent_back(
        back.lines, queries.came_for_lines(rows, goods), back.returned_on, book.currency
    )
    lines = rules.asked_back(parts)
    shelf.check_whole(
        (f"lines.{line.line_number - 1}.quantity", line.item_code, line.stock_quantity) for line in lines
    )
    shelf.take(lines, only_free=True)
    shelf.check_days("returned_on")
    return shelf, book, parts


async def _check_day(tx: Transaction, books: Books, back: SendGoodsBack, part: PartSentBack) -> None:
    """What is billed can be claimed back on the day. Refuses: TooEarly, StillSettled, NoAccountFor."""
    came, on = part.came, back.returned_on
    check_not_before("returned_on", on, came.received_on, came.receipt_number)
    if part.is_billed:
        check_not_before("returned_on", on, came.last_billed_on, f"what was billed of {came.receipt_number}")
        for role in _OF_CLAIMS:
            books.account(role)
    else:
        await posting.check_open_on(tx, "returned_on", on, came.opened)


def _answer(
    back: SendGoodsBack, order: Row, number: str, parts: Sequence[PartSentBack], currency: str
) -> GoodsSentBack:
    return GoodsSentBack(
        return_id=back.return_id,
        return_number=number,
        order_id=back.order_id,
        order_number=order.order_number,
        supplier_code=order.supplier_code,
        returned_on=back.returned_on,
        replace=back.replace,
        value=sum((part.value for part in parts), ZERO),
        cost=sum((part.cost for part in parts), ZERO),
        currency=currency,
        lines=rules.lines_sent_back(parts),
    )


def _write(
    tx: Transaction,
    back: SendGoodsBack,
    answer: GoodsSentBack,
    warehouse_code: str,
    parts: Sequence[PartSentBack],
) -> None:
    """The return with its lines."""
    head = answer.model_dump(exclude={"return_id", "return_number", "lines"})
    own = {"id": back.return_id, "number": answer.return_number, "warehouse_code": warehouse_code}
    asked = back.model_dump(include={"process_of_order", "reason", "reference"})
    write_document(tx, {tables.VendorReturn: head | own | asked})
    write_document(tx, {tables.VendorReturnLine: [_row(back.return_id, part) for part in parts]})


def _row(return_id: UUID, part: PartSentBack) -> dict[str, Any]:
    came = part.came
    return {
        "return_id": return_id,
        "line_number": part.line_number,
        "order_line_number": came.order_line_number,
        "receipt_id": came.receipt_id,
        "receipt_line_number": came.receipt_line_number,
        "item_code": part.item_code,
        "quantity": part.quantity,
        "unit": came.unit,
        "stock_quantity": part.stock_quantity,
        "is_billed": part.is_billed,
        "value": part.value,
        "cost": part.cost,
    }


async def _post(
    tx: Transaction,
    books: Books,
    back: SendGoodsBack,
    answer: GoodsSentBack,
    parts: Sequence[PartSentBack],
) -> None:
    """Goods received, not invoiced, against inventory, and the price difference between both. What is not
    billed is settled; what is billed is open until a debit note claims it.

    Refuses: NoAccountFor, NotPostable.
    """
    received = books.account(AccountRole.GOODS_RECEIVED_NOT_INVOICED)
    supplier = Party(PartyType.SUPPLIER, answer.supplier_code)
    text, number, on = answer.order_number, answer.return_number, back.returned_on

    def line(account: str, amount: Decimal, party: Party | None = None) -> Line:
        return Line(account, amount, amount, text, party)

    lines = [
        *(line(received, part.value, supplier) for part in parts),
        line(books.account(InventoryRole.INVENTORY), -answer.cost),
        line(books.account(AccountRole.PRICE_DIFFERENCE), answer.cost - answer.value),
    ]
    about = f"Vendor return {number} for {answer.order_number}: {back.reason}"[:2000]
    source = Source(_TYPE, back.return_id, "value")
    await write_entry(tx, books, Entry(source, on, books.currency, about, lines))
    for part in (part for part in parts if not part.is_billed):
        _settle(tx, Settling(_TYPE, back.return_id, number, on), part)
    items = [_claim(back, part, received, supplier) for part in parts if part.is_billed]
    document = Document(_TYPE, back.return_id, number, order_id=back.order_id)
    write_items(tx, document, items, on=on, currency=books.currency)


def _settle(tx: Transaction, by: Settling, part: PartSentBack) -> None:
    (item_id,) = part.came.opened.item_ids
    settle_goods(tx, by, item_id, part.stock_quantity, DualAmount(-part.value, -part.value))


def _claim(back: SendGoodsBack, part: PartSentBack, account: str, supplier: Party) -> NewItem:
    return NewItem(
        id=uuid5(back.return_id, f"line {part.line_number}"),
        side=Side.GOODS_RECEIVED,
        account_code=account,
        party=supplier,
        due_on=back.returned_on,
        value=DualAmount(part.value, part.value),
        quantity=-part.stock_quantity,
        order_line_number=part.came.order_line_number,
    )
