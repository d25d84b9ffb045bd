"""The standard role that procurement introduces, and which roles have its permissions."""

ROLES = {"buyer": "Orders from suppliers, and looks after what they deliver."}

GRANTS = {
    "buyer": ("procurement.*",),
    "warehouse": ("procurement.goods.receive",),
    "accountant": ("procurement.*",),
}
