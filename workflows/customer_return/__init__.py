"""Customer return: goods come back, and the customer gets its money, or other goods. See `process`.

The process is not imported here: each run of an order loads what it uses anew, and uses `crediting` only.
"""
