"""Order to cash: from a customer's order to the money in the bank. The procedure is in `process`."""

from workflows.order_to_cash.process import OrderToCash

__all__ = ["OrderToCash"]
