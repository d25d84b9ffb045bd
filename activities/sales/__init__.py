"""What sales can do: write an order down, amend it, note how far it has come, and take goods back."""

from activities.sales.amendments import amend_order, price_amendment
from activities.sales.orders import (
    cancel_order,
    close_order,
    confirm_order,
    find_status,
    hold_order,
    place_order,
    record_fulfilment,
    take_fulfilment_back,
)
from activities.sales.returns import authorise_return, cancel_return, close_return

__all__ = [
    "amend_order",
    "authorise_return",
    "cancel_order",
    "cancel_return",
    "close_order",
    "close_return",
    "confirm_order",
    "find_status",
    "hold_order",
    "place_order",
    "price_amendment",
    "record_fulfilment",
    "take_fulfilment_back",
]
