"""What each domain knows: pure rules, tables, messages and queries, the same four files in every domain."""

BANDS = (
    ("identity", "master_data"),
    ("ledger",),
    (
        "automation",
        "hr",
        "banking",
        "payables",
        "procurement",
        "inventory",
        "receivables",
        "sales",
        "payroll",
    ),
    ("replenishment",),
)
"""The domains, the lowest band first: the order in which their schema.sql are run."""
