"""What an employer tells authorities, as it is shown."""

from datetime import date

from domains.payroll.messages.kinds import ReturnBasis, ReturnPeriod
from foundation.values.messages import Message, ShownAmount


class PayrollReturnKind(Message):
    """A return that a country asks for; `due_on` and figures are those of a period."""

    country: str
    kind: str
    name: str
    """What it is called there."""
    law: str
    each: ReturnPeriod
    basis: ReturnBasis
    """Whether it is of payslips for days of its period, or of those paid in it."""


class ReturnFigureView(Message):
    """One figure of a return."""

    number: str
    """Of its box or line; empty where it has none."""
    name: str
    amount: ShownAmount


class PayrollReturnView(Message):
    """One return: of an employee, to a fund, or as a whole when `about` is empty."""

    about: str
    to_pay: ShownAmount | None
    """What is to be paid with it; empty when nothing is."""
    figures: tuple[ReturnFigureView, ...]


class PayrollReturnsView(PayrollReturnKind):
    """The returns of a period, of payslips that stand now. Amounts are in the country's currency."""

    starts_on: date
    ends_on: date
    due_on: date
    """By when they are to be there, and what is to be paid with them."""
    currency: str
    returns: tuple[PayrollReturnView, ...]
