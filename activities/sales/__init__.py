"""What sales can do: write an order down, amend it, note how far it has come, and take goods back."""

from activities.sales.orders import (
    cancel_order,
    close_order,
    confirm_order,
    hold_order,
    place_order,
    record_fulfilment,
)

__all__ = [
    "cancel_order",
    "close_order",
    "confirm_order",
    "hold_order",
    "place_order",
    "record_fulfilment",
]
