"""Which standard roles have which permissions of payables.

`ROLES` are those that it introduces, `GRANTS` says who may what, and `ADMINISTRATORS_ONLY` what nobody else
may, with the reason. Whoever keeps the books may all of it.
"""

ROLES: dict[str, str] = {}

# Prices are decided by whoever has ordered, not by whoever enters the invoice.
GRANTS = {"accountant": ("payables.*",)}

ADMINISTRATORS_ONLY: dict[str, str] = {}
