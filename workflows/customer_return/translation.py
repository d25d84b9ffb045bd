"""What one domain's answer means in the next domain's words: the return as it is handed on."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

from domains.inventory.messages import LineToTakeBack, TakeBackGoods
from domains.ledger.messages import PlannedEntry
from domains.sales.messages import (
    InspectReturn,
    LineReceived,
    OrderLineAsked,
    PlaceOrder,
    ReturnAuthorised,
    ReturnLine,
    RunReturn,
)
from domains.sales.rules.returns import NotAsAuthorised
from foundation.values.errors import Refusals
from workflows.customer_return.crediting import BilledGoods, as_billed

SIX_DECIMALS = Decimal("0.000001")
NOTHING = Decimal(0)


def all_fit(authorised: ReturnAuthorised) -> tuple[LineReceived, ...]:
    """Everything that was authorised came back, fit to be sold again."""
    return tuple(LineReceived(line_number=x.line_number, quantity=x.quantity) for x in authorised.lines)


def check_as_authorised(authorised: ReturnAuthorised, inspection: InspectReturn) -> None:
    """Check that no more came back than was authorised, of each line once, and no more is scrapped than came.

    Refuses: NotAsAuthorised, with every such line.
    """
    known = {line.line_number: line.quantity for line in authorised.lines}
    refusals = Refusals()
    for position, line in enumerate(inspection.lines):
        most = known.pop(line.line_number, None)
        if most is None:
            why = f"line {line.line_number} is not on the return, or named twice"
            refusals.add(f"lines.{position}.line_number", why)
        elif line.quantity > most:
            refusals.add(f"lines.{position}.quantity", f"at most {most.normalize():f} was authorised")
        if line.scrapped_quantity > line.quantity:
            refusals.add(f"lines.{position}.scrapped_quantity", "more is scrapped than came back")
    refusals.raise_if_any(NotAsAuthorised)


def goods_to_take_back(
    authorised: ReturnAuthorised,
    inspection: InspectReturn,
    received: Iterable[LineReceived],
    planned: tuple[PlannedEntry, ...],
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
        followed_by=planned,
    )


def _in_stock_units(line: ReturnLine, quantity: Decimal) -> Decimal:
    if quantity == line.quantity:
        return line.stock_quantity
    return (quantity * line.stock_quantity / line.quantity).quantize(SIX_DECIMALS)


def goods_to_credit(
    asked: RunReturn, authorised: ReturnAuthorised, received: Iterable[LineReceived]
) -> tuple[BilledGoods, ...]:
    """What came back, by the orders that bill it. When all of an order that is cancelled has come back, its
    freight is credited with it.
    """
    back = {line.line_number: line.quantity for line in received}
    lines = [
        (line.line_number, line.replaces_line_number, back.get(line.line_number, NOTHING))
        for line in authorised.lines
    ]
    wholly = asked.cancels_order and all(
        back.get(line.line_number) == line.quantity for line in authorised.lines
    )
    return tuple(
        replace(goods, with_freight=wholly and goods.order_id == asked.order_id)
        for goods in as_billed(asked.order_id, authorised.replaces_order_id, lines)
    )


def sent_free_of_charge(authorised: ReturnAuthorised, received: Iterable[LineReceived]) -> BilledGoods:
    """What of it had replaced other goods, by the lines that had sent it."""
    replaced = {line.line_number for line in authorised.lines if line.replaces_line_number is not None}
    quantities = {line.line_number: line.quantity for line in received if line.line_number in replaced}
    return BilledGoods(
        authorised.order_id, {number: quantity for number, quantity in quantities.items() if quantity}
    )


def replacement(
    asked: RunReturn,
    authorised: ReturnAuthorised,
    inspection: InspectReturn,
    goods: BilledGoods,
) -> PlaceOrder:
    """Goods that came back again, free of charge."""
    is_own = goods.order_id == asked.order_id
    billed_as = {
        line.line_number if is_own else line.replaces_line_number: line
        for line in authorised.lines
        if is_own is (authorised.replaces_order_id is None or line.replaces_line_number is None)
    }
    return PlaceOrder(
        order_id=replacement_id(asked.return_id, goods.order_id),
        customer_code=authorised.customer_code,
        ordered_on=inspection.received_on,
        customer_reference=f"Replacement for {authorised.return_number}",
        warehouse_code=authorised.warehouse_code,
        lines=tuple(
            OrderLineAsked(
                item_code=billed_as[number].item_code,
                quantity=quantity,
                unit=billed_as[number].unit,
                unit_price=NOTHING,
            )
            for number, quantity in goods.quantities.items()
        ),
        replaces_order_id=goods.order_id,
        replaces_line_numbers=tuple(goods.quantities),
    )


def replacement_id(return_id: UUID, order_id: UUID) -> UUID:
    """The id of the order that sends goods again which another had billed."""
    return uuid5(return_id, f"replacement of goods of {order_id}")
