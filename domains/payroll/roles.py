"""Which standard roles have which permissions of payroll.

`ROLES` are those that it introduces, `GRANTS` says who may what, and `ADMINISTRATORS_ONLY` what nobody else
may, with the reason. Whoever keeps the books may all of it.
"""

ROLES: dict[str, str] = {}

GRANTS = {"accountant": ("payroll.*",)}

ADMINISTRATORS_ONLY: dict[str, str] = {}
