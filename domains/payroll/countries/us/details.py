"""What the law of the United States must know of a person: Form W-4, the states, and what each state asks."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from foundation.values.messages import Amount, Message, Percent
from foundation.values.money import ZERO

Dollars = Annotated[Amount, Field(ge=0, decimal_places=2)]
StateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""A state as the Postal Service writes it: `PA`."""
Allowances = Annotated[int, Field(ge=0, le=99)]
ExemptYear = Annotated[int, Field(ge=2020, le=2100)]


class FilingStatus(StrEnum):
    """How somebody files a return, as Step 1(c) of Form W-4 has it."""

    SINGLE = "single"
    MARRIED_FILING_JOINTLY = "married_filing_jointly"
    HEAD_OF_HOUSEHOLD = "head_of_household"


class MaritalStatus(StrEnum):
    """Line 3 of a Form W-4 of 2019 or earlier."""

    SINGLE = "single"
    MARRIED = "married"
    MARRIED_AT_SINGLE_RATE = "married_at_single_rate"


class SupplementalMethod(StrEnum):
    """How income tax is withheld from supplemental wages of up to 1,000,000 in a year."""

    FLAT = "flat"
    AGGREGATE = "aggregate"


class FormW4(Message):
    """Form W-4 of 2020 or later. As it stands without an entry, it is what counts for who has given none."""

    form: Literal["2020_or_later"] = "2020_or_later"
    filing_status: FilingStatus = FilingStatus.SINGLE
    """Married filing separately is `single`, a qualifying surviving spouse `married_filing_jointly`."""
    multiple_jobs: bool = False
    """The box of Step 2(c)."""
    credits: Dollars = ZERO
    """Step 3, a year."""
    other_income: Dollars = ZERO
    """Step 4(a), a year."""
    deductions: Dollars = ZERO
    """Step 4(b), a year."""
    extra_withholding: Dollars = ZERO
    """Step 4(c), each pay period."""
    exempt_year: ExemptYear | None = None
    """The year for which exemption is claimed. It ends on 15 February of the next, unless claimed again."""


class FormW4Of2019(Message):
    """Form W-4 of 2019 or earlier: it counts until a newer one is given."""

    form: Literal["2019_or_earlier"] = "2019_or_earlier"
    marital_status: MaritalStatus = MaritalStatus.SINGLE
    allowances: Allowances = 0
    """Line 5."""
    extra_withholding: Dollars = ZERO
    """Line 6, each pay period."""
    exempt_year: ExemptYear | None = None
    """As in FormW4."""


class IllinoisW4(Message):
    """Form IL-W-4."""

    form: Literal["IL-W-4"] = "IL-W-4"
    allowances: Allowances = 0
    """Line 1."""
    additional_allowances: Allowances = 0
    """Line 2: 65 or older, or blind."""
    extra_withholding: Dollars = ZERO
    """Line 3, each pay period."""


class CaliforniaDE4(Message):
    """Form DE 4."""

    form: Literal["DE 4"] = "DE 4"
    filing_status: FilingStatus = FilingStatus.SINGLE
    """`single` also for who is married with two incomes; `married_filing_jointly` with one income."""
    allowances: Allowances = 0
    """Line 1a, regular allowances."""
    deduction_allowances: Allowances = 0
    """Line 1b, for estimated deductions."""
    extra_withholding: Dollars = ZERO
    """Line 2, each pay period."""


CERTIFICATES = {"IL-W-4": "IL", "DE 4": "CA"}
"""Which state each certificate is for."""


class UnitedStatesDetails(Message):
    """What one person's taxes go by: the certificates that they have given, and where they work and live.

    Amounts are in US dollars. Refused: what the law does not let a nonresident alien claim (Pub. 15, section
    9), and a certificate of another state than the one whose income tax is withheld.
    """

    w4: Annotated[FormW4 | FormW4Of2019, Field(discriminator="form")] = FormW4()
    nonresident_alien: bool = False
    """Whether Pub. 15-T adds to the wages. Not for students and business apprentices from India."""
    supplemental_method: SupplementalMethod = SupplementalMethod.FLAT
    born_on: date | None = None
    """Asked only for who defers more than the limit of section 402(g): catch-up contributions go by age."""
    state: StateCode
    """Where the work is done."""
    home_state: StateCode | None = None
    """Where they live, when that is another state."""
    nonresident_certificate: bool = False
    """Whether they have asked that only the home state's income tax is withheld, as by Form REV-419."""
    state_certificate: Annotated[IllinoisW4 | CaliforniaDE4, Field(discriminator="form")] | None = None
    state_unemployment_percent: Percent
    """The employer's rate of state unemployment tax in this year, from the state's notice."""

    @model_validator(mode="after")
    def _as_a_nonresident_alien_may(self) -> Self:
        if not self.nonresident_alien:
            return self
        if self.w4.exempt_year is not None:
            raise ValueError("a nonresident alien may not claim exemption on Form W-4: leave exempt_year out")
        is_single = (
            self.w4.filing_status is FilingStatus.SINGLE
            if isinstance(self.w4, FormW4)
            else self.w4.marital_status is not MaritalStatus.MARRIED
        )
        if not is_single:
            raise ValueError("a nonresident alien is withheld as single: enter w4 as single")
        return self

    @model_validator(mode="after")
    def _with_the_states_own_certificate(self) -> Self:
        if self.nonresident_certificate and self.home_state in (None, self.state):
            raise ValueError("nonresident_certificate needs a home_state other than the state of work")
        state, given = self.income_tax_state, self.state_certificate
        if given is not None and CERTIFICATES[given.form] != state:
            raise ValueError(f"{given.form} is no certificate of {state}: leave state_certificate out")
        return self

    @property
    def income_tax_state(self) -> str:
        """The state whose income tax is withheld: that of work, or on request the home state."""
        return self.home_state if self.nonresident_certificate and self.home_state else self.state
