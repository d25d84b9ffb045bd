"""Bank details change: from who asks that money goes elsewhere to the day on which it does."""

from workflows.bank_details_change.process import BankDetailsChange

__all__ = ["BankDetailsChange"]
