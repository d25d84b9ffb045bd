"""What inventory can do: take goods in, set them aside, let them go, and value them."""

from activities.inventory.receipts import receive_stock
from activities.inventory.reservations import release_reservation, reserve_stock
from activities.inventory.revaluations import revalue_item
from activities.inventory.shipments import post_goods_issue

__all__ = ["post_goods_issue", "receive_stock", "release_reservation", "reserve_stock", "revalue_item"]
