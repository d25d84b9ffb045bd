"""Garnishment orders: what a creditor may have of somebody's net pay, as a record.

Amounts are in the company's currency, to the cent.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from foundation.runtime.sealing import Sealed
from foundation.values.messages import Amount, Code, Message, Name, Percent, Text

NotNegative = Annotated[Amount, Field(ge=0, decimal_places=2)]
Positive = Annotated[Amount, Field(gt=0, decimal_places=2)]


class ProtectedBandAsked(Message):
    """How much of the net above an amount, up to the next band, is left to who earned it."""

    above: NotNegative
    percent: Percent


class ProtectedNetAsked(Message):
    """What of a net cannot be garnished: the larger of a fixed amount and the bands.

    A table such as § 850c ZPO is bands with a step: it is read at the net rounded down to its multiples.
    """

    at_least: NotNegative = Decimal(0)
    bands: Annotated[tuple[ProtectedBandAsked, ...], Field(max_length=100)] = ()
    """Each above a higher amount than the one before."""
    step: Positive | None = None


class GarnishmentOrder(Message):
    """A court's or an authority's order to pay a creditor out of somebody's net pay."""

    code: Code
    employee_code: Code
    creditor: Code
    """To whom it is paid: the key of the account on which it is owed (role `payroll_liabilities`)."""
    creditor_name: Name
    """As the payslip names the creditor."""
    reference: Annotated[Text, Field(max_length=200)] = ""
    """The number of the file."""
    priority: Annotated[int, Field(ge=0, le=10_000)] = 100
    """The lowest is served first; those of the same share."""
    valid_from: date
    """It is taken of what is paid from this day on."""
    valid_to: date | None = None
    """The last day of payment on which it is; empty while it goes on."""
    total_amount: Positive | None = None
    """All that is owed by the order; without it, it goes on until it ends."""
    a_period: Positive | None = None
    """What is asked for of one payslip, at most; without it all that is still owed."""
    protected: ProtectedNetAsked = ProtectedNetAsked()


class PutGarnishmentOrder(GarnishmentOrder):
    """Write a garnishment order down: sealed wherever this is written down but in its table."""

    creditor_name: Sealed[Name]
    reference: Sealed[Annotated[Text, Field(max_length=200)]] = ""
    total_amount: Sealed[Positive | None] = None
    a_period: Sealed[Positive | None] = None
    protected: Sealed[ProtectedNetAsked] = ProtectedNetAsked()
