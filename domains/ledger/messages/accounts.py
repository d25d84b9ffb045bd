"""The chart of accounts and the fiscal years."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from foundation.values.messages import Code, Message, Name


class AccountKind(StrEnum):
    """On which side of which statement an account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Role(StrEnum):
    """What an account is for, when a document posts itself. Each domain declares its own as a subclass.

    A role with a subledger makes its account a control account: only the subledger's documents post to it.
    """

    subledger: str | None

    def __new__(cls, value: str, subledger: str | None = None) -> Self:
        """A role, and the subledger that its account controls."""
        role = str.__new__(cls, value)
        role._value_ = value
        role.subledger = subledger
        return role


def declared_roles() -> dict[str, Role]:
    """All roles that the domains declare, by name."""
    return {role.value: role for domain in Role.__subclasses__() for role in domain}


def _check_role(name: str | None) -> str | None:
    if name is not None and name not in (known := declared_roles()):
        raise ValueError(f"there is no role {name}; there are: {', '.join(sorted(known))}")
    return name


RoleName = Annotated[str, Field(max_length=60), AfterValidator(_check_role)]
"""The name of a role that a domain declares."""


class AccountRole(Role):
    """The roles that the ledger itself posts by."""

    BANK = "bank"
    CASH = "cash"
    RECEIVABLE = "receivable", "receivable"
    CUSTOMER_ON_ACCOUNT = "customer_on_account", "receivable"
    PAYABLE = "payable", "payable"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced", "goods_received"
    PRICE_DIFFERENCE = "purchase_price_difference"
    TAX_PAYABLE = "tax_payable"
    TAX_RECEIVABLE = "tax_receivable"
    DISCOUNT_GRANTED = "discount_granted"
    DISCOUNT_RECEIVED = "discount_received"
    SMALL_DIFFERENCES = "small_differences"
    EXCHANGE_GAIN = "exchange_gain"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_CLEARING = "exchange_clearing"
    ROUNDING_DIFFERENCE = "rounding_difference"
    OPENING_BALANCE = "opening_balance"
    RETAINED_EARNINGS = "retained_earnings"


class PutAccount(Message):
    """An account of the chart. With a role, documents post to it that name the role without a key."""

    code: Code
    name: Name
    kind: AccountKind
    role: RoleName | None = None
    blocked: bool = False


class PutAccountRole(Message):
    """Which account a role means for one key: an item group, a bank, whatever the document names."""

    role: RoleName
    key: Annotated[Code, Field(min_length=1)]
    account_code: Code


class PutDimensionValue(Message):
    """A cost centre, a project, or another value that journal lines are told apart by."""

    dimension: Annotated[str, Field(pattern="^[a-z][a-z_]{0,39}$")]
    code: Code
    name: Name
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
