"""The standard roles that receivables introduces, and which roles have its permissions."""

ROLES = {
    "credit manager": "Decides whether a customer over the credit limit is supplied.",
    "finance director": "Decides about credit when the credit manager has not.",
}
"""Both only decide: what they decide about names them as roles, and needs no permission more."""

GRANTS = {"accountant": ("receivables.*",)}
