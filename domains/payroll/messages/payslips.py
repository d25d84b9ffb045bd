"""A payslip as it is kept and shown: every line with its rule, and the steps to it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from domains.master_data.messages import Language
from domains.payroll.messages.records import CostShare
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class PayslipLineKind(StrEnum):
    """What a line does: the kinds of components, and what is taken or owed by the law."""

    EARNING = "earning"
    PRE_TAX_DEDUCTION = "pre_tax_deduction"
    BENEFIT_IN_KIND = "benefit_in_kind"
    INFORMATION = "information"
    WITHHELD = "withheld"
    """What the law takes of the employee's pay."""
    POST_TAX_DEDUCTION = "post_tax_deduction"
    LOAN_REPAID = "loan_repaid"
    """An instalment of a loan or an advance."""
    GARNISHED = "garnished"
    EMPLOYER_CONTRIBUTION = "employer_contribution"
    """Of a component; paid by the employer beside the gross."""
    EMPLOYER_OWES = "employer_owes"
    """By the law; paid by the employer beside the gross."""


class FigureStep(Message):
    """A figure on the way to a line."""

    says: str
    amount: Decimal


class PayslipLine(Message):
    """One line of a payslip, in the company's currency. Amounts are positive for each kind."""

    kind: PayslipLineKind
    code: str
    name: str
    amount: ShownAmount
    quantity: ShownQuantity | None = None
    """The hours, or whatever else is counted; `rate` is money for one of them, if all have the same."""
    rate: ShownQuantity | None = None
    earned_in: date | None = None
    """The first day of the closed period that it is of, when that is computed again; empty for this one's."""
    authority: str = ""
    """To whom it is owed, of what the law asks for, and of what is garnished."""
    base: ShownAmount | None = None
    remaining: ShownAmount | None = None
    """What is left after it of a loan, or of all that a garnishment order says is owed."""
    rule: str = ""
    steps: tuple[FigureStep, ...] = ()


class PaidTo(Message):
    """What of the net pay goes to an account."""

    iban: str
    bic: str = ""
    amount: ShownAmount


class PayslipPerson(Message):
    """What a payslip says of the person beside the figures, as it was computed from."""

    language: Language = "en"
    cost_centres: tuple[CostShare, ...] = ()
    """Who bears what it costs."""
    details: dict[str, Any] = Field(default_factory=dict)
    """What the country's law must know, all of it."""
