"""The chart of accounts and the fiscal years."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from foundation.messages import Code, Message, Name


class AccountKind(StrEnum):
    """On which side of which statement an account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class AccountRole(StrEnum):
    """What an account is for, when a document posts itself. One account per role and company."""

    BANK = "bank"
    CASH = "cash"
    RECEIVABLE = "receivable"
    CUSTOMER_ON_ACCOUNT = "customer_on_account"
    PAYABLE = "payable"
    INVENTORY = "inventory"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    REVENUE = "revenue"
    FREIGHT_REVENUE = "freight_revenue"
    TAX_PAYABLE = "tax_payable"
    TAX_RECEIVABLE = "tax_receivable"
    DISCOUNT_GRANTED = "discount_granted"
    SMALL_DIFFERENCES = "small_differences"
    EXCHANGE_GAIN = "exchange_gain"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_CLEARING = "exchange_clearing"
    ROUNDING_DIFFERENCE = "rounding_difference"
    OPENING_BALANCE = "opening_balance"
    DUNNING_FEES = "dunning_fees"
    INTEREST_INCOME = "interest_income"
    RETAINED_EARNINGS = "retained_earnings"


class PutAccount(Message):
    """An account of the chart."""

    code: Code
    name: Name
    kind: AccountKind
    role: AccountRole | None = None
    blocked: bool = False


class LoadChart(Message):
    """Load the template of about 60 accounts; accounts that are there already stay as they are."""

    template: Annotated[str, Field(pattern="^standard$")] = "standard"


class ChartLoaded(Message):
    """How many accounts were added."""

    added: int


class AccountPut(Message):
    """The account, or the fiscal year, is written."""

    code: str
    created: bool


class PutFiscalYear(Message):
    """A fiscal year.

    Its periods are the calendar months it touches; `locked_through` closes those before it.
    """

    code: Code
    starts_on: date
    ends_on: date
    locked_through: date | None = None
    """No entry dated on this day or before it can be posted any more."""
