"""What people are paid for a period: the procedure is in `process`."""

from workflows.payroll_run.process import PayrollRun

__all__ = ["PayrollRun"]
