"""What inventory can do: take goods in and back, set them aside, let them go, and value them."""

from activities.inventory.amendments import amend_reservation
from activities.inventory.receipts import receive_stock
from activities.inventory.reservations import release_reservation, reserve_stock
from activities.inventory.returns import check_goods_back, take_back_goods
from activities.inventory.revaluations import revalue_item
from activities.inventory.reversals import reverse_receipt, reverse_revaluation
from activities.inventory.shipments import post_goods_issue

__all__ = [
    "amend_reservation",
    "check_goods_back",
    "post_goods_issue",
    "receive_stock",
    "release_reservation",
    "reserve_stock",
    "revalue_item",
    "reverse_receipt",
    "reverse_revaluation",
    "take_back_goods",
]
