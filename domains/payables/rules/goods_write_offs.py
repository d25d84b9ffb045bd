"""What is open of goods of a purchase order and stays so is written off, line by line as a whole.

Goods that came are owed until they are billed; goods that were billed and went back are claimed until they
are credited. What is written off of the one is a gain, of the other a loss, both on one account of their own.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from domains.ledger.messages import AccountRole, Line, OpenGoods, Party, PartyType, Role
from domains.payables.messages import LineToMatch, PayablesRole
from domains.payables.messages.goods_write_offs import (
    GoodsNeverSettled,
    GoodsToWriteOff,
    GoodsWriteOffProposed,
    LineToWriteOff,
)
from foundation.values.errors import BusinessError, ProcessEnded, Refusals
from foundation.values.money import ZERO

BILL_ANEW = "what is billed after all is entered without an order, on the account of what was written off"


class NothingToWriteOff(BusinessError):
    """Nothing of worth is open of the goods of the purchase order; `errors` names each line."""

    status = 409


class BilledAndBlocked(BusinessError):
    """A blocked invoice bills what is to be written off; `errors` names each line."""

    status = 409


class GoodsWrittenOffBefore(BusinessError):
    """An invoice bills goods that were written off as never billed; `errors` names each line."""

    status = 409


class OrderTakesNoInvoice(BusinessError):
    """The purchase order has ended: nobody waits for an invoice of what would be open again."""

    status = 409


def goods_to_write_off(
    open_goods: Sequence[OpenGoods], lines: Sequence[LineToWriteOff], billed_by: Mapping[int, str]
) -> list[OpenGoods]:
    """All that is open of the lines that are named; all of worth when none is. What came free of charge, and
    was priced afterwards, is of no worth in the books, and an invoice is waited for all the same.

    `billed_by` gives the blocked invoice that bills a line. Refuses: NothingToWriteOff; BilledAndBlocked.
    """
    named = {line.line_number: position for position, line in enumerate(lines)}
    there = [goods for goods in open_goods if goods.base_amount or goods.order_line_number in named]
    if not there:
        raise NothingToWriteOff(
            "nothing of worth is open of the goods of this order: name lines that are free"
        )
    known = {goods.order_line_number for goods in there}
    nothing, blocked = Refusals(), Refusals()
    for position, line in enumerate(lines):
        if line.line_number not in known or named[line.line_number] != position:
            why = f"nothing is open of line {line.line_number}, or it is named twice"
            nothing.add(f"lines.{position}.line_number", why)
    nothing.raise_if_any(NothingToWriteOff)
    chosen = [goods for goods in there if not lines or goods.order_line_number in named]
    for number in sorted({goods.order_line_number for goods in chosen} & billed_by.keys()):
        why = f"line {number} is billed by {billed_by[number]}, which is blocked: accept or reject it first"
        blocked.add(f"lines.{named[number]}.line_number" if lines else "lines", why)
    blocked.raise_if_any(BilledAndBlocked)
    return chosen


def why_changed(proposed: GoodsWriteOffProposed, open_goods: Sequence[OpenGoods]) -> str:
    """Which receipts and returns have something else open than people have said yes to; empty when none."""
    now = {goods.item_id: (goods.quantity, goods.base_amount) for goods in open_goods}
    changed = [
        f"line {line.order_line_number} of {line.document_number}"
        for line in proposed.lines
        if now.get(line.open_item_id) != (line.stock_quantity, line.amount)
    ]
    return f"something else is open by now than was approved: {', '.join(changed)}" if changed else ""


def check_not_written_off(
    lines: Sequence[LineToMatch], received: Sequence[OpenGoods], written_off: Mapping[int, Collection[str]]
) -> None:
    """An invoice bills no more of a line of which something was written off than is open of it: the write-off
    is taken back first. `written_off` gives the numbers of those that stand, by line of the order.

    Refuses: GoodsWrittenOffBefore.
    """
    refusals = Refusals()
    left: dict[int, Decimal] = {}
    for goods in received:
        left[goods.order_line_number] = left.get(goods.order_line_number, ZERO) + goods.quantity
    for position, line in enumerate(lines):
        number = line.order_line_number
        left[number] = left.get(number, ZERO) - (line.stock_quantity if line.is_stocked else ZERO)
        if left[number] < 0 and number in written_off:
            by = ", ".join(sorted(written_off[number]))
            why = f"goods of line {number} were written off by {by}: take that back first"
            refusals.add(f"lines.{position}.quantity", why)
    refusals.raise_if_any(GoodsWrittenOffBefore)


def check_no_write_off(numbers: Iterable[str]) -> None:
    """Nothing is to be billed any more because it was written off. Refuses: GoodsWrittenOffBefore."""
    if by := ", ".join(sorted(numbers)):
        raise GoodsWrittenOffBefore(
            f"what came and is not billed was written off by {by}: take that back first"
        )


def check_none_written_off(ended: ProcessEnded, written_off: Mapping[int, Collection[str]]) -> None:
    """An order that has ended takes no invoice; what of it was written off is named.

    Refuses: GoodsWrittenOffBefore.
    """
    numbers = {number for of_line in written_off.values() for number in of_line}
    if by := ", ".join(sorted(numbers)):
        raise GoodsWrittenOffBefore(f"{ended.detail}; goods of it were written off by {by}: {BILL_ANEW}")


def check_order_waits(order_number: str, *, has_ended: bool) -> None:
    """Refuses: OrderTakesNoInvoice."""
    if has_ended:
        raise OrderTakesNoInvoice(f"{order_number} has ended, and nobody waits for an invoice: {BILL_ANEW}")


def lines_told(lines: Sequence[GoodsToWriteOff]) -> dict[int, Decimal]:
    """How much of each line of the order is written off, in the stock unit."""
    told: dict[int, Decimal] = {}
    for line in lines:
        told[line.order_line_number] = told.get(line.order_line_number, ZERO) + line.stock_quantity
    return told


def postings(proposed: GoodsWriteOffProposed, account: Callable[[Role], str]) -> list[Line]:
    """What is not billed is owed no more; what is not credited is claimed no more."""
    sign = 1 if proposed.kind is GoodsNeverSettled.NOT_BILLED else -1
    supplier = Party(PartyType.SUPPLIER, proposed.supplier_code)
    received = account(AccountRole.GOODS_RECEIVED_NOT_INVOICED)
    lines = [
        Line(received, sign * line.amount, sign * line.amount, line.document_number, supplier)
        for line in proposed.lines
    ]
    total = -sign * proposed.total_amount
    return [*lines, Line(account(PayablesRole.GOODS_WRITTEN_OFF), total, total, proposed.order_number)]
