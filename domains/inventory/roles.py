"""The standard role that inventory introduces, with its permissions here."""

ROLES = {"warehouse": "Receives and ships goods, inspects what comes back, counts the stock."}

GRANTS = {"warehouse": ("inventory.*",)}
