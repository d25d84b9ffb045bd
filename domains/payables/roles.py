"""Which standard roles have which permissions of payables.

Who enters an invoice does not decide whether another price than that of the order is right.
"""

GRANTS = {"accountant": ("payables.supplier_invoice.*",), "finance director": ("payables.*",)}
