"""Which standard roles have which permissions of payables.

Who enters invoices neither decides about those that are blocked, nor says what is tolerated.
"""

GRANTS = {
    "accountant": ("payables.debit_note.*", "payables.goods_write_off.*", "payables.supplier_invoice.*"),
    "finance director": (
        *("payables.blocked_invoice.*", "payables.tolerance.*"),
        "payables.goods_write_off.read",
    ),
}
