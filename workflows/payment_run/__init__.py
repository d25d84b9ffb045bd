"""What is paid to suppliers: from the proposal to the file for the bank. The procedure is in `process`."""

from workflows.payment_run.process import SupplierPaymentRun

__all__ = ["SupplierPaymentRun"]
