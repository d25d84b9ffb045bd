"""Procure to pay: from what we order to what we have paid for it. The procedure is in `process`."""

from workflows.procure_to_pay.process import ProcureToPay

__all__ = ["ProcureToPay"]
