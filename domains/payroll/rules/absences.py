"""When days without pay can be noted, and taken back."""

from datetime import date

from foundation.values.errors import BusinessError


class PaidForTheseDays(BusinessError):
    """The person was paid for some of these days: that payslip is taken back first."""

    status = 409


def check_not_paid(employee_code: str, first: date, last: date, payslip: str | None) -> None:
    """`payslip` is the number of one that is posted, and is of some of these days.

    Refuses: PaidForTheseDays.
    """
    if payslip is not None:
        days = f"{first}" if first == last else f"{first} to {last}"
        why = f"{employee_code} is paid by {payslip} for some days from {days}"
        raise PaidForTheseDays(f"{why}: take that payslip back first, and pay it by a correction afterwards")
