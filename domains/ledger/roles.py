"""The standard role that the ledger introduces, with its permissions here."""

ROLES = {
    "accountant": "Keeps the books: accounts, periods, entries, payments, what customers owe, stock values."
}

GRANTS = {"accountant": ("ledger.*",)}
