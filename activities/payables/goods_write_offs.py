"""Goods that are never billed, or never credited: what is open of them is written off, and taken back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from activities.ledger import posting
from activities.ledger.posting import Entry, Settling, settle_goods, write_entry
from domains.ledger.messages import AccountRole, DocumentReversed, OpenGoods, Source
from domains.ledger.queries.goods_received import goods_of_order, goods_to_claim
from domains.payables.messages import PayablesRole
from domains.payables.messages.goods_write_offs import (
    GOODS_WRITE_OFF,
    GoodsNeverSettled,
    GoodsToWriteOff,
    GoodsWriteOffDone,
    GoodsWriteOffNews,
    GoodsWriteOffProposed,
    GoodsWriteOffReversedEvent,
    GoodsWriteOffSubmitted,
    GoodsWriteOffSubmittedEvent,
    GoodsWrittenOff,
    GoodsWrittenOffEvent,
    PostGoodsWriteOff,
    ProposeGoodsWriteOff,
    ReverseGoodsWriteOff,
    SubmitGoodsWriteOff,
)
from domains.payables.queries import goods_write_offs as queries
from domains.payables.rules import goods_write_offs as rules
from domains.payables.tables.goods_write_offs import GoodsWriteOff, GoodsWriteOffLine
from foundation.database.connections import facts
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO, DualAmount


@operation("payables.propose_goods_write_off")
async def propose_goods_write_off(tx: Transaction, propose: ProposeGoodsWriteOff) -> GoodsWriteOffProposed:
    """Find what is open of goods of an order, and is to be written off, in the company's currency. Nothing is
    posted before people have said yes.

    Refuses: NothingToWriteOff, BilledAndBlocked, per line; TooEarly before the receipt or return,
    StillSettled; NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor.
    """
    books = await posting.books_on(tx, propose.written_off_on)
    for role in (AccountRole.GOODS_RECEIVED_NOT_INVOICED, PayablesRole.GOODS_WRITTEN_OFF):
        books.account(role)
    goods = await _open_goods(tx, propose, propose.order_id)
    is_billed = propose.kind is GoodsNeverSettled.NOT_BILLED
    billed_by = await queries.blocked_lines(tx, propose.order_id) if is_billed else {}
    chosen = rules.goods_to_write_off(goods, propose.lines, billed_by)
    for one in chosen:
        await posting.check_open_on(tx, "written_off_on", propose.written_off_on, one.opened)
    return GoodsWriteOffProposed(
        write_off_number=tx.closing.sequence_number("GW", "payables.goods_write_off_number"),
        currency=books.currency,
        total_amount=sum((one.base_amount for one in chosen), ZERO),
        **facts(propose, GoodsWriteOffProposed) | {"lines": tuple(_line(one) for one in chosen)},
    )


@operation("payables.submit_goods_write_off", event=GoodsWriteOffSubmittedEvent)
async def submit_goods_write_off(_: Transaction, submit: SubmitGoodsWriteOff) -> GoodsWriteOffSubmitted:
    """People are asked about it."""
    return GoodsWriteOffSubmitted(reason=submit.reason, **facts(submit.proposed, GoodsWriteOffSubmitted))


@operation("payables.post_goods_write_off", event=GoodsWrittenOffEvent)
async def post_goods_write_off(tx: Transaction, post: PostGoodsWriteOff) -> GoodsWriteOffDone:
    """Write off what people have said yes to: it is open no more, on an account of its own. The order's
    process is told, as long as it runs. Nothing is posted, and the answer says why, when something else is
    open by now, or a blocked invoice bills it.

    Refuses: NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor; TooEarly, StillSettled.
    """
    # The day is that of the command: an operator may have named another than was approved.
    proposed = post.proposed.model_copy(update={"written_off_on": post.written_off_on})
    books = await posting.books_on(tx, post.written_off_on)
    goods = {one.item_id: one for one in await _open_goods(tx, proposed, proposed.order_id)}
    if why := await _why_not(tx, proposed, list(goods.values())):
        return GoodsWriteOffDone(status="changed", why_not=why)
    for line in proposed.lines:
        opened = goods[line.open_item_id].opened
        await posting.check_open_on(tx, "written_off_on", post.written_off_on, opened)
    _write(tx, post, proposed)
    entry = rules.postings(proposed, books.account)
    about = f"Goods write-off {proposed.write_off_number} for {proposed.order_number}: {post.reason}"[:2000]
    source = Source(GOODS_WRITE_OFF, proposed.write_off_id, GOODS_WRITE_OFF)
    await write_entry(tx, books, Entry(source, post.written_off_on, books.currency, about, entry))
    _settle(tx, proposed)
    is_heard = not await queries.has_ended(tx, post.process_of_order)
    if proposed.kind is GoodsNeverSettled.NOT_BILLED and is_heard:
        lines = rules.lines_told(proposed.lines)
        tx.tell(post.process_of_order, "goods_written_off", _news(proposed, lines=lines, is_taken_back=False))
    return GoodsWriteOffDone(status="posted", posted=GoodsWrittenOff(**facts(proposed, GoodsWrittenOff)))


async def _open_goods(
    tx: Transaction, about: ProposeGoodsWriteOff | GoodsWriteOffProposed, order_id: UUID
) -> list[OpenGoods]:
    """What is open of the goods of the order, locked: of what came, or of what went back."""
    if about.kind is GoodsNeverSettled.NOT_BILLED:
        return await goods_of_order(tx, order_id, on=about.written_off_on)
    return [goods for _, goods in await goods_to_claim(tx, order_id)]


async def _why_not(tx: Transaction, proposed: GoodsWriteOffProposed, open_goods: Sequence[OpenGoods]) -> str:
    """Why what was approved is not written off after all; empty when it is."""
    if proposed.kind is GoodsNeverSettled.NOT_BILLED:
        blocked = await queries.blocked_lines(tx, proposed.order_id)
        for line in proposed.lines:
            if number := blocked.get(line.order_line_number):
                return f"line {line.order_line_number} is billed by {number}, which is blocked"
    return rules.why_changed(proposed, open_goods)


def _line(goods: OpenGoods) -> GoodsToWriteOff:
    return GoodsToWriteOff(
        open_item_id=goods.item_id,
        document_number=goods.opened.number,
        order_line_number=goods.order_line_number,
        stock_quantity=goods.quantity,
        amount=goods.base_amount,
    )


def _write(tx: Transaction, post: PostGoodsWriteOff, proposed: GoodsWriteOffProposed) -> None:
    """The write-off with its lines."""
    head = proposed.model_dump(exclude={"write_off_id", "write_off_number", "lines"})
    own = {"id": proposed.write_off_id, "number": proposed.write_off_number}
    asked = post.model_dump(include={"process_of_order", "reason", "requested_by", "approved_by"})
    write_document(tx, {GoodsWriteOff: head | own | asked})
    rows = [
        {"write_off_id": proposed.write_off_id, "line_number": number, **dict(line)}
        for number, line in enumerate(proposed.lines, start=1)
    ]
    write_document(tx, {GoodsWriteOffLine: rows})


def _settle(tx: Transaction, proposed: GoodsWriteOffProposed) -> None:
    """What came is owed no more; what went back is claimed no more."""
    by = Settling(GOODS_WRITE_OFF, proposed.write_off_id, proposed.write_off_number, proposed.written_off_on)
    sign = 1 if proposed.kind is GoodsNeverSettled.NOT_BILLED else -1
    for line in proposed.lines:
        value = DualAmount(line.amount, line.amount)
        quantity = sign * line.stock_quantity
        settle_goods(tx, by, line.open_item_id, quantity, -value if sign > 0 else value)


def _news(
    of: GoodsWriteOffProposed | queries.GoodsWriteOffView, *, lines: dict[int, Decimal], is_taken_back: bool
) -> GoodsWriteOffNews:
    return GoodsWriteOffNews(
        write_off_id=of.write_off_id,
        write_off_number=of.write_off_number,
        is_taken_back=is_taken_back,
        lines=lines,
    )


@operation("payables.reverse_goods_write_off", event=GoodsWriteOffReversedEvent)
async def reverse_goods_write_off(tx: Transaction, reverse: ReverseGoodsWriteOff) -> DocumentReversed:
    """Take a write-off back, as a whole: what it had written off is open again, to be billed, or claimed. The
    order's process is told.

    Refuses: NotFound, ReversedAlready; OrderTakesNoInvoice when nobody waits for an invoice of the goods any
    more; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    known = await queries.goods_write_off(tx, reverse.write_off_id)
    await posting.check_not_reversed(tx, GOODS_WRITE_OFF, known.write_off_id, known.write_off_number)
    if known.kind is GoodsNeverSettled.NOT_BILLED:
        process_of_order = await queries.process_of_order(tx, known.write_off_id)
        has_ended = await queries.has_ended(tx, process_of_order)
        rules.check_order_waits(known.order_number, has_ended=has_ended)
        tx.tell(process_of_order, "goods_written_off", _news(known, lines={}, is_taken_back=True))
    return await posting.reverse(
        tx,
        GOODS_WRITE_OFF,
        reverse.write_off_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=known.write_off_number,
        posted_on=known.written_off_on,
    )
