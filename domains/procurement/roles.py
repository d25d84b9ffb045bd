"""The standard roles that procurement introduces, and which roles have its permissions."""

ROLES = {
    "buyer": "Orders from suppliers, and looks after what they deliver.",
    "requester": "Says what is needed, wherever it is bought.",
}

GRANTS = {
    "buyer": ("procurement.*",),
    "requester": ("procurement.requisition.*",),
    "warehouse": ("procurement.goods.receive", "procurement.requisition.*"),
    # Not the prices: who enters an invoice does not change what it is held against.
    "accountant": (
        "procurement.goods.*",
        "procurement.purchase_order.place",
        "procurement.purchase_order.cancel",
        "procurement.purchase_order.read",
    ),
}
