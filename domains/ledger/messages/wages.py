"""Net pay that is owed: what the domain that computes it tells the one that pays it.

Neither knows the other, and what people are paid goes through no process: it is asked for within a
transaction.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class WagePart:
    """What of a posted payslip goes to one account, in the company's currency."""

    payslip_id: UUID
    payslip_number: str
    place: int
    """Which of the accounts that the payslip goes to, from 1 on."""
    employee_code: str
    employee_name: str
    amount: Decimal
    iban: str
    """Where it goes now, and so the `bic`."""
    bic: str
    iban_before: str = ""
    """Where the payslip says that it goes, when that is another account."""


@dataclass(frozen=True)
class WagesOwed:
    """What the payslips of a payroll run that stand leave to be paid, by person and account."""

    payroll_run_id: UUID
    run_number: str
    is_sealed: bool
    """Whether all of it is posted that will be."""
    paid_on: date
    """Its day: nothing is paid before."""
    currency: str
    parts: tuple[WagePart, ...]
