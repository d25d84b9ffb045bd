"""The standard role that master data introduces, and which roles have its permissions.

Who sells does not decide what a customer may owe, when it pays, and what it is charged.
"""

ROLES = {
    "pricing manager": "Says what customers are charged and when they pay: prices, discounts, payment terms."
}

GRANTS = {
    "sales clerk": ("master_data.customer.write",),
    "pricing manager": (
        "master_data.customer.write",
        "master_data.customer_terms.write",
        "master_data.payment_terms.write",
        "master_data.price_list.write",
    ),
    "buyer": ("master_data.supplier.write", "master_data.bank_details_change.cancel"),
    "finance director": ("master_data.bank_details_change.cancel",),
    "payroll clerk": ("master_data.bank_details_change.cancel",),
    "payroll approver": ("master_data.bank_details_change.cancel",),
    "credit manager": ("master_data.customer.write", "master_data.credit_limit.write"),
    "accountant": ("master_data.*",),
    "operator": ("master_data.*",),
}
