"""What a person should look at before a payroll run is approved, as it is shown."""

from decimal import Decimal
from enum import StrEnum

from foundation.values.messages import Message


class PayExceptionKind(StrEnum):
    """What is unusual about somebody's pay."""

    HELD = "held"
    """It cannot be paid as it is: its reason is named."""
    FIRST_PAYSLIP = "first_payslip"
    VARIANCE = "variance"
    """Gross or net is further from the last payslip than the group's `variance_percent`."""
    BELOW_MINIMUM_WAGE = "below_minimum_wage"
    NOT_PAID_ANY_MORE = "not_paid_any_more"
    """Who was paid by the group's last run has no payslip, or was left out."""


class PayExceptionView(Message):
    """One thing to look at."""

    employee_code: str
    employee_name: str
    payslip_number: str
    """Of the last one, when there is none in this run."""
    kind: PayExceptionKind
    says: str
    figures: dict[str, Decimal]
