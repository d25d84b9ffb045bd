"""The standard roles that receivables introduces, and which roles have its permissions."""

ROLES = {
    "credit manager": "Sets credit limits, decides about who is over them, and writes off what is not paid.",
    "finance director": "Decides about credit when the credit manager has not.",
}
"""What they decide about names them as roles, and needs no permission more."""

GRANTS = {
    # Whoever posts payments does not write off what was not paid: that would hide money that was taken.
    "accountant": (
        "receivables.collective_invoice.*",
        "receivables.credit_note.*",
        "receivables.dunning.*",
        "receivables.invoice.*",
        "receivables.write_off.read",
    ),
    "credit manager": ("receivables.write_off.*",),
}
