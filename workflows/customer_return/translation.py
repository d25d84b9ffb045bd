"""What one domain's answer means in the next domain's words: the return as it is handed on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.inventory.messages import LineToTakeBack, TakeBackGoods
from domains.ledger.messages import AccountRole, PlannedEntry, Role
from domains.receivables.messages import (
    Billed,
    DueQuantity,
    PostCreditNote,
    ReceivablesRole,
    WithdrawFromBilling,
    WithdrawnFromBilling,
)
from domains.sales.messages import (
    InspectReturn,
    LineQuantity,
    LineReceived,
    OrderLineAsked,
    PlaceOrder,
    Resolution,
    ReturnAuthorised,
    ReturnLine,
    RunReturn,
)
from domains.sales.rules.returns import NotAsAuthorised
from foundation.values.errors import Refusals
from workflows.customer_return import crediting

SIX_DECIMALS = Decimal("0.000001")
NOTHING = Decimal(0)


def all_fit(authorised: ReturnAuthorised) -> tuple[LineReceived, ...]:
    """Everything that was authorised came back, fit to be sold again."""
    return tuple(LineReceived(line_number=x.line_number, quantity=x.quantity) for x in authorised.lines)


def check_as_authorised(authorised: ReturnAuthorised, inspection: InspectReturn) -> None:
    """Check that no more came back than was authorised, and no more is scrapped than came back.

    Refuses: NotAsAuthorised, with every such line.
    """
    known = {line.line_number: line.quantity for line in authorised.lines}
    refusals = Refusals()
    for position, line in enumerate(inspection.lines):
        most = known.pop(line.line_number, NOTHING)
        if line.quantity > most:
            refusals.add(f"lines.{position}.quantity", f"at most {most.normalize():f} was authorised")
        if line.scrapped_quantity > line.quantity:
            refusals.add(f"lines.{position}.scrapped_quantity", "more is scrapped than came back")
    refusals.raise_if_any(NotAsAuthorised)


def goods_to_take_back(
    authorised: ReturnAuthorised,
    inspection: InspectReturn,
    received: Iterable[LineReceived],
    resolution: Resolution,
) -> TakeBackGoods | None:
    """What inventory takes back, in stock units; None when nothing came that is kept in stock."""
    known = {line.line_number: line for line in authorised.lines}
    lines = tuple(
        LineToTakeBack(
            line_number=line.line_number,
            quantity=_in_stock_units(known[line.line_number], line.quantity),
            scrapped_quantity=_in_stock_units(known[line.line_number], line.scrapped_quantity),
        )
        for line in received
        if line.quantity and known[line.line_number].is_stocked
    )
    if not lines:
        return None
    return TakeBackGoods(
        return_id=authorised.return_id,
        order_id=authorised.order_id,
        received_on=inspection.received_on,
        reference=authorised.return_number,
        lines=lines,
        followed_by=planned_credit(inspection.received_on, resolution),
    )


def planned_credit(on: date, resolution: Resolution) -> tuple[PlannedEntry, ...]:
    """What will be posted on a day when goods that were billed have come back."""
    if resolution is Resolution.REPLACE:
        return (PlannedEntry(posted_on=on),)
    roles: list[Role] = [AccountRole.RECEIVABLE, AccountRole.CUSTOMER_ON_ACCOUNT, ReceivablesRole.REVENUE]
    if resolution is Resolution.REFUND:
        roles.append(AccountRole.BANK)
    return (PlannedEntry(posted_on=on, roles=tuple(roles)),)


def _in_stock_units(line: ReturnLine, quantity: Decimal) -> Decimal:
    if quantity == line.quantity:
        return line.stock_quantity
    return (quantity * line.stock_quantity / line.quantity).quantize(SIX_DECIMALS)


@dataclass(frozen=True)
class BilledGoods:
    """What came back as it was billed: goods that had replaced others were billed with those."""

    order_id: UUID
    received: tuple[LineReceived, ...]
    """By the lines of that order."""
    all_is_credited: bool
    """Whether the order is cancelled: when all has come back, all is credited, with its freight."""


def goods_of(asked: RunReturn, received: tuple[LineReceived, ...]) -> BilledGoods:
    """What came back, with the order that it left with."""
    return BilledGoods(asked.order_id, received, all_is_credited=asked.cancels_order)


def billed_goods(
    asked: RunReturn, authorised: ReturnAuthorised, received: tuple[LineReceived, ...]
) -> BilledGoods:
    """With which order what came back was billed, and by which of its lines."""
    if authorised.replaces_order_id is None:
        return goods_of(asked, received)
    replaced = {line.line_number: line.replaces_line_number for line in authorised.lines}
    lines = tuple(
        line.model_copy(update={"line_number": number})
        for line in received
        if (number := replaced[line.line_number]) is not None
    )
    return BilledGoods(authorised.replaces_order_id, lines, all_is_credited=False)


def withdrawal(goods: BilledGoods, authorised: ReturnAuthorised) -> WithdrawFromBilling:
    """What is not to be billed any more; with the freight when all of a cancelled order has come back."""
    back = {line.line_number: line.quantity for line in goods.received if line.quantity}
    wholly = all(back.get(line.line_number) == line.quantity for line in authorised.lines)
    return WithdrawFromBilling(
        order_id=goods.order_id,
        lines=tuple(
            DueQuantity(order_line_number=number, quantity=quantity) for number, quantity in back.items()
        ),
        with_freight=goods.all_is_credited and wholly,
    )


def less(received: Iterable[LineReceived], withdrawn: WithdrawnFromBilling) -> tuple[LineReceived, ...]:
    """What came back, but for what will not be billed."""
    taken = {line.order_line_number: line.quantity for line in withdrawn.lines}
    return tuple(
        LineReceived(
            line_number=line.line_number, quantity=line.quantity - taken.get(line.line_number, NOTHING)
        )
        for line in received
    )


def unbilled(withdrawn: WithdrawnFromBilling) -> tuple[LineQuantity, ...]:
    """What will not be billed, in the order's words."""
    return tuple(
        LineQuantity(line_number=line.order_line_number, quantity=line.quantity) for line in withdrawn.lines
    )


def credit_notes(
    asked: RunReturn,
    inspection: InspectReturn,
    goods: BilledGoods,
    received: Iterable[LineReceived],
    billed: Billed,
) -> tuple[list[PostCreditNote], tuple[LineQuantity, ...]]:
    """The credit notes for what came back, over the newest invoices first; and what of it was never billed.

    When a cancelled order's goods have all come back, its invoices are credited wholly, freight and all.
    """
    back = {line.line_number: line.quantity for line in received if line.quantity}
    to_credit, never_billed = crediting.over_newest_first(billed, back)
    wholly = goods.all_is_credited and _covers(billed, to_credit)
    notes = [
        PostCreditNote(
            credit_note_id=credit_note_id(asked.return_id, invoice.invoice_id),
            invoice_id=invoice.invoice_id,
            # What was still to be billed when it came back is credited when it was.
            credited_on=max(inspection.received_on, invoice.invoiced_on),
            reason=asked.reason,
            lines=() if wholly else lines,
            or_less=True,
            order_id=goods.order_id if billed.is_collective else None,
        )
        for invoice, lines in to_credit
        if wholly or lines
    ]
    unbilled = tuple(
        LineQuantity(line_number=number, quantity=quantity) for number, quantity in never_billed.items()
    )
    return notes, unbilled


def _covers(billed: Billed, to_credit: Sequence[crediting.ToCredit]) -> bool:
    """Whether everything that was billed, but the freight, is to be credited."""
    wanted = sum(len([line for line in invoice.lines if not line.is_freight]) for invoice in billed.invoices)
    credited = [(invoice, line) for invoice, lines in to_credit for line in lines]
    whole = {
        (invoice.invoice_id, line.order_line_number): line.quantity
        for invoice in billed.invoices
        for line in invoice.lines
    }
    return wanted == len(credited) and all(
        whole[invoice.invoice_id, line.order_line_number] == line.quantity for invoice, line in credited
    )


def credit_note_id(return_id: UUID, invoice_id: UUID) -> UUID:
    """The id follows from the return and the invoice, whenever it is asked for."""
    return uuid5(return_id, f"credit of {invoice_id}")


def replacement(
    asked: RunReturn,
    authorised: ReturnAuthorised,
    inspection: InspectReturn,
    received: Iterable[LineReceived],
) -> PlaceOrder:
    """The same goods again, free of charge."""
    known = {line.line_number: line for line in authorised.lines}
    sent = [line for line in received if line.quantity]
    return PlaceOrder(
        order_id=uuid5(asked.return_id, "replacement"),
        customer_code=authorised.customer_code,
        ordered_on=inspection.received_on,
        customer_reference=f"Replacement for {authorised.return_number}",
        warehouse_code=authorised.warehouse_code,
        lines=tuple(
            OrderLineAsked(
                item_code=known[line.line_number].item_code,
                quantity=line.quantity,
                unit=known[line.line_number].unit,
                unit_price=NOTHING,
            )
            for line in sent
        ),
        replaces_order_id=authorised.replaces_order_id or asked.order_id,
        replaces_line_numbers=tuple(
            line.line_number
            if authorised.replaces_order_id is None
            else known[line.line_number].replaces_line_number
            for line in sent
        ),
    )
