"""The standard roles that receivables introduces, and which roles have its permissions."""

ROLES = {
    "credit manager": "Sets credit limits, and decides whether a customer over its limit is supplied.",
    "finance director": "Decides about credit when the credit manager has not.",
}
"""What they decide about names them as roles, and needs no permission more."""

GRANTS = {"accountant": ("receivables.*",)}
