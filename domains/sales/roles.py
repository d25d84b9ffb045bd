"""The standard role that sales introduces, and which roles have its permissions."""

ROLES = {"sales clerk": "Takes, changes and cancels orders, authorises returns, looks after customers."}

GRANTS = {
    "sales clerk": ("sales.order.*", "sales.return.authorise"),
    "warehouse": ("sales.shipment.confirm", "sales.return.inspect"),
    "accountant": ("sales.payment.receive", "sales.order.bill"),
}
