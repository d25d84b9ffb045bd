"""An order is amended before anything has left: what stays of it, and what differs line by line."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domains.sales.messages import (
    AmendedLine,
    AmendOrder,
    LineChange,
    OrderLineAsked,
    OrderPlaced,
    OrderStatus,
    PlaceOrder,
    PricedLine,
)
from domains.sales.rules.orders import (
    DELIVERED,
    ON_ITS_WAY,
    Agreed,
    AgreedLine,
    GoodsHaveLeft,
    NotInThisStatus,
    PricedOrder,
)
from foundation.values.errors import Refusals
from foundation.values.money import ZERO, rounded_unit_cost

MAY_BE_AMENDED = (OrderStatus.PLACED, OrderStatus.HELD, OrderStatus.CONFIRMED)


def check_amendable(status: str, *, has_left: bool) -> None:
    """Refuses: GoodsHaveLeft once anything was delivered; NotInThisStatus when the order has ended."""
    if status in ON_ITS_WAY and (has_left or status == DELIVERED):
        raise GoodsHaveLeft("goods have left for this order: it cannot be amended any more")
    if status not in MAY_BE_AMENDED:
        raise NotInThisStatus(f"an order that is {status} cannot be amended")


def lines_before(
    before: Sequence[PricedLine], wanted: Sequence[AmendedLine]
) -> tuple[PricedLine | None, ...]:
    """Which line of the order each line that is wanted now was; None for one that is new.

    The one that it names; else the one of the same item at the same place; else the first one of the same
    item that no other line was. Another item makes a line new. Refuses: Invalid, for a line that the order
    does not have, or that is named twice.
    """
    was = {line.line_number: line for line in before}
    refusals = Refusals()
    found: dict[int, int] = {}
    for position, line in enumerate(wanted):
        if line.line_number is None:
            continue
        if line.line_number not in was or line.line_number in found.values():
            why = f"line {line.line_number} is not on the order, or named twice"
            refusals.add(f"lines.{position}.line_number", why)
        found[position] = line.line_number
    refusals.raise_if_any()
    for at_its_place in (True, False):
        for position, line in enumerate(wanted):
            free = [
                known.line_number
                for known in before
                if known.item_code == line.item_code
                and known.line_number not in found.values()
                and (known.line_number == position + 1 or not at_its_place)
            ]
            if free and position not in found:
                found[position] = free[0]
    lines = (was.get(found.get(position, 0)) for position in range(len(wanted)))
    return tuple(
        line if line is not None and line.item_code == asked.item_code else None
        for line, asked in zip(lines, wanted, strict=True)
    )


def check_replacing(before: Sequence[PricedLine | None], wanted: Sequence[AmendedLine]) -> None:
    """A line that sends goods again stays free of charge, and is never more than what it replaces: less is
    credited, more is ordered anew. Refuses: Invalid, with every field that says otherwise.
    """
    refusals = Refusals()
    for position, (was, line) in enumerate(zip(before, wanted, strict=True)):
        if was is None or was.replaces_line_number is None:
            continue
        field, why = f"lines.{position}", f"line {was.line_number} replaces goods that came back"
        if line.quantity > was.quantity:
            most = f"{was.quantity.normalize():f}"
            refusals.add(f"{field}.quantity", f"{why}: at most {most}; what is more is another line")
        if line.unit not in (None, was.unit):
            refusals.add(f"{field}.unit", f"{why} in {was.unit}")
        if line.unit_price:
            refusals.add(f"{field}.unit_price", f"{why}, and is free of charge")
        if line.reprice:
            refusals.add(f"{field}.reprice", f"{why}, and is free of charge")
    refusals.raise_if_any()


def agreed(lines: Sequence[PricedLine | None], order: OrderPlaced, amend: AmendOrder) -> Agreed:
    """What of the order's lines stays, in the order of the lines that are wanted now."""
    return Agreed(
        priced_on=max(amend.amended_on or order.ordered_on, order.ordered_on),
        lines=tuple(
            None
            if was is None
            else AgreedLine(
                unit=was.unit,
                quantity=was.quantity,
                stock_quantity=was.stock_quantity,
                discount_percent=(
                    was.discount_percent if line.discount_percent is None and not line.reprice else None
                ),
            )
            for was, line in zip(lines, amend.lines, strict=True)
        ),
    )


def _line_as_wanted(line: AmendedLine, was: PricedLine | None, factor: Decimal | None) -> OrderLineAsked:
    """The line with what was agreed filled in; `factor` is what one of its unit is in stock units."""
    asked = OrderLineAsked(
        item_code=line.item_code,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent or ZERO,
        tax_code=line.tax_code,
        description=line.description,
    )
    if was is None:
        return asked
    unit = line.unit or was.unit
    asked = asked.model_copy(update={"unit": unit, "description": line.description or was.description})
    if line.reprice:
        return asked
    price = _agreed_price(was, unit, factor) if line.unit_price is None else line.unit_price
    return asked.model_copy(update={"unit_price": price, "tax_code": line.tax_code or was.tax_code})


def _agreed_price(was: PricedLine, unit: str, factor: Decimal | None) -> Decimal | None:
    """The price that was agreed, for one of this unit; None when the item is not traded in it."""
    if unit == was.unit or factor is None:
        return was.unit_price if unit == was.unit else None
    return rounded_unit_cost(was.unit_price * was.quantity * factor / was.stock_quantity)


def as_wanted(
    order: OrderPlaced,
    amend: AmendOrder,
    lines: Sequence[PricedLine | None],
    factors: Sequence[Decimal | None],
    *,
    discount_percent: Decimal | None,
    requested_on: date | None,
) -> PlaceOrder:
    """The amended order as it would have been placed on its own day; lines and the day asked for differ.

    `lines` are what its lines were, and `factors` what one of the units asked for is in stock units.
    `discount_percent` is what was agreed off every line; the customer's of today when it is not known.
    """
    return PlaceOrder(
        order_id=order.order_id,
        customer_code=order.customer_code,
        ordered_on=order.ordered_on,
        requested_on=amend.requested_on or requested_on,
        currency=order.currency,
        customer_reference=order.customer_reference,
        warehouse_code=order.warehouse_code,
        payment_terms_code=order.payment_terms_code,
        delivery=order.delivery,
        invoicing=order.invoicing,
        discount_percent=discount_percent,
        prices_include_tax=order.prices_include_tax,
        freight_amount=order.freight_amount,
        freight_tax_code=order.freight_tax_code,
        lines=tuple(
            _line_as_wanted(line, was, factor)
            for line, was, factor in zip(amend.lines, lines, factors, strict=True)
        ),
        replaces_line_numbers=tuple(was.replaces_line_number if was else None for was in lines),
    )


def as_amended(order: OrderPlaced, priced: PricedOrder) -> OrderPlaced:
    """The order with the lines and totals that it has now."""
    return order.model_copy(
        update={
            "lines": priced.lines,
            "net_amount": priced.taxed.net_amount,
            "tax_amount": priced.taxed.tax_amount,
            "total_amount": priced.taxed.total_amount,
            "base_total_amount": priced.base_total_amount,
        }
    )


def changes(before: Sequence[PricedLine], after: Sequence[PricedLine]) -> tuple[LineChange, ...]:
    """What differs, by line number; lines that are the same are left out."""
    was = {line.line_number: line for line in before}
    now = {line.line_number: line for line in after}
    return tuple(
        LineChange(line_number=number, before=was.get(number), after=now.get(number))
        for number in sorted(was.keys() | now.keys())
        if was.get(number) != now.get(number)
    )
