"""Vendor return: goods go back to the supplier, and what it had billed is claimed back."""

from workflows.vendor_return.process import ReturnToVendor

__all__ = ["ReturnToVendor"]
