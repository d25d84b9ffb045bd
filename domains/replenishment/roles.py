"""Which standard roles have which permissions of replenishment."""

GRANTS = {
    "buyer": ("replenishment.*",),
    "warehouse": ("replenishment.reorder_rule.read", "replenishment.shortage.read"),
}
