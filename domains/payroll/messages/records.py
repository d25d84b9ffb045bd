"""Who is paid together, what pay is made of, and what somebody is paid: as records.

Amounts are in the company's currency, which is that of the country's law. Bracket limits and rates are as the
rules of components have them.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from domains.master_data.messages import Language
from domains.payroll.messages.kinds import ComponentSign, PayFrequency, ProrationMethod
from foundation.runtime.sealing import Sealed
from foundation.values.events import PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    CountryCode,
    Message,
    Name,
    Percent,
    Quantity,
    Text,
    UnitAmount,
)

ComponentCode = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
"""What formulas call a component: small letters, digits and _."""
Treatment = Annotated[str, Field(pattern="^[a-z0-9_]{0,40}$")]


class PutPayGroup(Message):
    """People who are paid together: by one law, as often."""

    code: Code
    name: Name
    country: CountryCode
    frequency: PayFrequency
    holiday_calendar_code: Code | None = None
    """Whose days are no working days, where a part of a period is reckoned by these; without one, holidays
    count as if they were worked.
    """
    variance_percent: Annotated[Decimal, Field(ge=0, le=1_000, decimal_places=6)] | None = None
    """By how much gross or net may differ from a person's last payslip before somebody should look at it."""
    minimum_wage: Annotated[UnitAmount, Field(gt=0)] | None = None
    """Money for an hour; what counts as base is held against it."""
    blocked: bool = False


class BracketAsked(Message):
    """What counts for a sum above an amount."""

    above: Amount
    percent: Annotated[Decimal, Field(ge=0, le=1_000, decimal_places=6)] = Decimal(0)
    fixed: Amount = Decimal(0)


class ComponentVersionAsked(Message):
    """How a component is computed from a day on; which fields are given depends on its kind."""

    valid_from: date
    kind: Literal["fixed", "rate", "percentage", "formula", "brackets"]
    amount: Amount | None = None
    """Of a fixed one; without it, each agreement says it."""
    rate: UnitAmount | None = None
    """Of one by quantity; without it, each agreement says it."""
    percent: Annotated[Decimal, Field(ge=-1_000, le=1_000, decimal_places=6)] | None = None
    of: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    """The components that a percentage or a table is of; `base`: all that count as base."""
    formula: Annotated[Text, Field(max_length=2_000)] = ""
    brackets: Annotated[tuple[BracketAsked, ...], Field(max_length=100)] = ()
    is_marginal: bool = True
    """Whether each bracket's per cent are of what lies in it, and not of the whole sum."""
    round_to: Amount | None = None
    """The minor unit of the currency when empty, half up."""
    round_how: Literal["half_up", "half_even", "up", "down"] = "half_up"
    most_a_period: Amount | None = None
    most_a_year: Amount | None = None


class PostTaxAsked(Message):
    """How a deduction from what is left after the law is taken."""

    priority: Annotated[int, Field(ge=0, le=10_000)] = 100
    """The lowest is taken first."""
    most: Amount | None = None
    is_owed_on: bool = True
    """Whether what could not be taken is owed the next time."""
    comes_after_garnishments: bool = False


class PutPayComponent(Message):
    """One component of pay, with all its versions."""

    code: ComponentCode
    name: Name
    country: CountryCode
    sign: ComponentSign
    treatment: Treatment = ""
    """How the country's law treats it, by a name of its pack; none for what the law does not look at."""
    counts_as_base: bool = False
    proration: ProrationMethod | None = None
    """By what a part of a period is reckoned; without one it is paid whole."""
    post_tax: PostTaxAsked = PostTaxAsked()
    versions: Annotated[tuple[ComponentVersionAsked, ...], Field(min_length=1, max_length=100)]


class PayItemAsked(Message):
    """What somebody is paid by a component, as far as the component does not say it."""

    component: ComponentCode
    amount: Amount | None = None
    rate: UnitAmount | None = None
    quantity: Quantity | None = None


class CostShare(Message):
    """So much of somebody's pay is of a cost centre."""

    cost_centre: Code
    percent: Percent


class PayAccount(Message):
    """Where so much of the net pay goes; without an amount and per cent, the rest."""

    iban: Annotated[str, Field(max_length=34)]
    bic: Annotated[str, Field(max_length=11)] = ""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    percent: Annotated[Percent, Field(gt=0)] | None = None


Items = Annotated[tuple[PayItemAsked, ...], Field(max_length=100)]
CostShares = Annotated[tuple[CostShare, ...], Field(max_length=50)]
Accounts = Annotated[tuple[PayAccount, ...], Field(max_length=10)]


class PayAgreement(Message):
    """What somebody is paid from a day on, by which law, and where to."""

    code: Code
    employee_code: Code
    pay_group_code: Code
    valid_from: date
    valid_to: date | None = None
    """The last day; empty while it goes on. On any day one agreement holds for somebody."""
    actor: Annotated[Text, Field(max_length=200)] = ""
    """As whom the person works with us, as API keys name it: who approves a run is not paid by it."""
    language: Language = "en"
    """In which the person reads the payslips: `de` or `en`."""
    hours_a_week: Annotated[Quantity, Field(ge=0, le=168)] = Decimal(40)
    items: Items = ()
    details: dict[str, Any] = Field(default_factory=dict)
    """What the country's law must know of the person, such as tax class or Form W-4."""
    cost_centres: CostShares = ()
    """Together 100 per cent; without any, costs are of none."""
    accounts: Accounts = ()
    """In the order in which they are served; the last one takes the rest."""


class PutPayAgreement(PayAgreement):
    """Write down what somebody is paid: sealed wherever this is written down but in its table."""

    items: Sealed[Items] = ()
    details: Sealed[dict[str, Any]] = Field(default_factory=dict)
    accounts: Sealed[Accounts] = ()


SumName = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]{0,79}$")]
OpeningAmount = Annotated[Decimal, Field(gt=-(10**11), lt=10**11, decimal_places=6)]
OpeningSums = Annotated[dict[SumName, OpeningAmount], Field(max_length=300)]


class YearOpening(Message):
    """What was paid to somebody in a year before we paid it: by the system before this one, or by another
    employer where the law counts that. It counts like what our own payslips have added up.
    """

    code: Code
    employee_code: Code
    year: Annotated[int, Field(ge=1900, le=9999)]
    """The calendar year in which was paid."""
    country: CountryCode
    law: OpeningSums = Field(default_factory=dict)
    """By the names by which the country's pack adds up, such as `federal_wages`."""
    components: OpeningSums = Field(default_factory=dict)
    """By component: what its limits of a year count."""


class PutYearOpening(YearOpening):
    """Write down what was paid before: sealed wherever this is written down but in its table."""

    law: Sealed[OpeningSums] = Field(default_factory=dict)
    components: Sealed[OpeningSums] = Field(default_factory=dict)


class PayRecordPut(Message):
    """It is written down; whether it is new."""

    code: str
    created: bool


class PayGroupChangedEvent(PublicEvent, name="payroll.pay_group_changed"):
    """A pay group is new or was changed."""

    code: str
    created: bool


class PayComponentChangedEvent(PublicEvent, name="payroll.pay_component_changed"):
    """A component of pay is new or was changed."""

    code: str
    created: bool


class PayAccountChangedEvent(PublicEvent, name="payroll.pay_account_changed"):
    """Somebody's pay goes to other accounts from now on, by a change of bank details."""

    change_id: UUID
    change_number: str
