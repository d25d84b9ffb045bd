"""An order is amended before anything has left: what stays of it, and what differs line by line."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domains.sales.messages import AmendOrder, LineChange, OrderPlaced, OrderStatus, PlaceOrder, PricedLine
from domains.sales.rules.orders import DELIVERED, ON_ITS_WAY, GoodsHaveLeft, NotInThisStatus, PricedOrder

MAY_BE_AMENDED = (OrderStatus.PLACED, OrderStatus.HELD, OrderStatus.CONFIRMED)


def check_amendable(status: str, *, has_left: bool) -> None:
    """Refuses: GoodsHaveLeft once anything was delivered; NotInThisStatus when the order has ended."""
    if status in ON_ITS_WAY and (has_left or status == DELIVERED):
        raise GoodsHaveLeft("goods have left for this order: it cannot be amended any more")
    if status not in MAY_BE_AMENDED:
        raise NotInThisStatus(f"an order that is {status} cannot be amended")


def as_wanted(
    order: OrderPlaced,
    amend: AmendOrder,
    *,
    discount_percent: Decimal | None,
    requested_on: date | None,
) -> PlaceOrder:
    """The amended order as it would have been placed on its own day; lines and the day asked for differ.

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
        lines=amend.lines,
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
