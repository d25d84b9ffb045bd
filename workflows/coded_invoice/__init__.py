"""Coded invoice: a supplier's invoice without an order. The procedure is in `process`."""

from workflows.coded_invoice.process import InvoiceWithoutOrder

__all__ = ["InvoiceWithoutOrder"]
