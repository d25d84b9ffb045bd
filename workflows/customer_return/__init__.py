"""Customer return: goods come back, and the customer gets its money, or other goods. See `process`."""

from workflows.customer_return.process import CustomerReturn

__all__ = ["CustomerReturn"]
