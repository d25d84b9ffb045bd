"""Which standard roles have which permissions of banking.

Who posts what is on a statement does not say which accounts are ours.
"""

GRANTS = {
    "accountant": (
        "banking.bank_account.read",
        "banking.payment_proposal.read",
        "banking.payment_run.*",
        "banking.payment_status.*",
        "banking.statement.*",
    ),
    "finance director": ("banking.*",),
}
