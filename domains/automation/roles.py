"""Which standard roles have which permissions of automation."""

GRANTS = {"operator": ("automation.*",)}
