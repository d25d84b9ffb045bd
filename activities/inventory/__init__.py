"""What inventory can do: take goods in and back, set them aside, let them go, value and correct them."""

from activities.inventory.amendments import amend_reservation
from activities.inventory.counts import count_stock
from activities.inventory.landed_costs import post_landed_cost, reverse_landed_cost
from activities.inventory.price_corrections import correct_price
from activities.inventory.receipts import receive_stock
from activities.inventory.reservations import release_reservation, reserve_stock
from activities.inventory.returns import check_goods_back, take_back_goods
from activities.inventory.revaluations import revalue_item
from activities.inventory.reversals import (
    check_shipment_back,
    reverse_correction,
    reverse_receipt,
    reverse_return,
    reverse_revaluation,
    reverse_shipment,
)
from activities.inventory.scrapping import scrap_goods
from activities.inventory.shipments import post_goods_issue
from activities.inventory.transfers import receive_transfer, transfer_stock
from activities.inventory.write_downs import write_down_item

__all__ = [
    "amend_reservation",
    "check_goods_back",
    "check_shipment_back",
    "correct_price",
    "count_stock",
    "post_goods_issue",
    "post_landed_cost",
    "receive_stock",
    "receive_transfer",
    "release_reservation",
    "reserve_stock",
    "revalue_item",
    "reverse_correction",
    "reverse_landed_cost",
    "reverse_receipt",
    "reverse_return",
    "reverse_revaluation",
    "reverse_shipment",
    "scrap_goods",
    "take_back_goods",
    "transfer_stock",
    "write_down_item",
]
