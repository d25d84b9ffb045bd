"""What German law must know of a person: the wage tax card, the insurance, and what kind of job it is."""

from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domains.payroll.countries.de.contribution_bases import WHOLE_MONTH
from domains.payroll.countries.de.contribution_rates import UPPER_LIMIT_OF_MIDI_JOBS, GermanState
from domains.payroll.countries.de.insured import (
    HIGHEST_ADDITIONAL_RATE,
    CareGroup,
    HealthGroup,
    PensionGroup,
    UnemploymentGroup,
)
from domains.payroll.countries.de.levies import HIGHEST_LEVY
from domains.payroll.countries.de.wage_tax_inputs import WageTaxClass
from foundation.values.messages import Amount, Message, Percent
from foundation.values.money import ONE, ZERO

Euros = Annotated[Amount, Field(ge=0, le=999_999_999, decimal_places=2)]
FundCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=28)]
"""A health fund by its number or short name: `01234567`, `TK`. It is part of the code of an authority."""
AdditionalPercent = Annotated[Percent, Field(le=HIGHEST_ADDITIONAL_RATE)]
LevyPercent = Annotated[Percent, Field(le=HIGHEST_LEVY)]
PayYear = Annotated[int, Field(ge=2000, le=2100)]
AGE_OF_RELIEF = 64
FIVE_CENTS = Decimal("0.05")


class EarlierEmployment(Message):
    """What earlier employers have paid in a year, from their certificates: one-off pay is taxed with it."""

    year: PayYear
    taxable_pay: Euros


class WageTaxCard(Message):
    """What the tax office says of an employee (ELStAM). Amounts are in euros."""

    wage_tax_class: WageTaxClass
    factor: Annotated[Decimal, Field(gt=0, le=1, decimal_places=3)] | None = None
    """Of a couple in class 4 that has chosen the procedure."""
    child_allowances: Annotated[Decimal, Field(ge=0, le=99, decimal_places=1)] = ZERO
    is_church_member: bool = False
    """Of a church that taxes."""
    yearly_allowance: Euros = ZERO
    """What of the year's pay is free of tax (Jahresfreibetrag)."""
    monthly_allowance: Euros | None = None
    """None means a twelfth of the year's, up to the next euro (R 39a.1 LStR)."""
    yearly_addition: Euros = ZERO
    """What is taxed in addition in the year (Hinzurechnungsbetrag)."""
    monthly_addition: Euros | None = None
    """As the allowance."""
    earlier_employment: EarlierEmployment | None = None

    @model_validator(mode="after")
    def _factor_in_class_four(self) -> Self:
        if self.factor is not None and self.wage_tax_class is not WageTaxClass.EQUAL_EARNER:
            raise ValueError("a factor is for class 4 only: leave factor out, or enter class 4")
        return self

    def earned_earlier(self, year: int) -> Decimal:
        """What earlier employers have paid in the year."""
        earlier = self.earlier_employment
        return earlier.taxable_pay if earlier is not None and earlier.year == year else ZERO

    @property
    def allowance_of_month(self) -> Decimal:
        """What is free of tax in a month."""
        return _of_month(self.monthly_allowance, self.yearly_allowance)

    @property
    def addition_of_month(self) -> Decimal:
        """What is taxed in addition in a month."""
        return _of_month(self.monthly_addition, self.yearly_addition)


def _of_month(monthly: Decimal | None, yearly: Decimal) -> Decimal:
    return (yearly / 12).quantize(ONE, ROUND_UP) if monthly is None else monthly


def of_day(monthly: Decimal) -> Decimal:
    """A month's allowance as that of a day: a thirtieth, up to the next five cents (R 39a.1 LStR)."""
    return (monthly / WHOLE_MONTH / FIVE_CENTS).quantize(ONE, ROUND_UP) * FIVE_CENTS


class HealthFund(Message):
    """The statutory health fund that the contributions go to, also those of who is insured privately."""

    code: FundCode
    additional_percent: AdditionalPercent
    """The fund's whole additional rate (Zusatzbeitrag): 2.9 for 2.9 %."""


class FundLevies(Message):
    """The levies' rates in per cent: the fund's, or for a mini-job those of the Minijob-Zentrale."""

    sick_pay: LevyPercent | None
    """U1 at the rate that was chosen; None where the employer takes no part in it."""
    maternity: LevyPercent
    """U2."""
    pays_insolvency_levy: bool = True
    """Not public bodies and private households."""


class OwnInsurance(Message):
    """Health and care insurance that employees pay for themselves, with a subsidy. Euros a month."""

    is_voluntary_member: bool = False
    """Of a statutory fund, whose additional rate counts then; otherwise the insurer is private."""
    health_premium: Euros
    care_premium: Euros
    basic_premium: Euros = ZERO
    """What of both is for basic cover, as the insurer has told the tax office; only for private insurance."""
    has_sick_pay_claim: bool = True
    """As it would be in a statutory fund."""


class MiniJobChoices(Message):
    """What decides of the contributions of a mini-job; see MiniJobMonth."""

    has_opted_out: bool = False
    is_in_statutory_health: bool = True
    is_taxed_flat: bool = True
    has_other_pension_base: bool = False


class TimeWithoutContributions(Message):
    """Days for which no contributions are due, both included: sickness benefit, parental leave."""

    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError(f"ends_on {self.ends_on} is before starts_on {self.starts_on}")
        return self


class GermanyDetails(Message):
    """What one person's wage tax and contributions go by. Amounts are in euros.

    Refused: a factor outside class 4, premiums of one's own beside contributions to a fund, a voluntary
    member in a midi-job, a child born before its parent, and times that end before they start.
    """

    born_on: date
    state: GermanState
    """Where the work is done: care insurance in Saxony, church tax."""
    in_east_berlin: bool = False
    """Counts for 2024 only, to which the March clause may attribute one-off pay of 2025."""
    tax: WageTaxCard
    fund: HealthFund | None = None
    """None only for a mini-job."""
    health_group: HealthGroup = HealthGroup.GENERAL
    pension_group: PensionGroup = PensionGroup.FULL
    unemployment_group: UnemploymentGroup = UnemploymentGroup.FULL
    care_group: CareGroup = CareGroup.FULL
    has_sick_pay_claim: bool = True
    """Read of voluntary members whom we pay for: without it, the reduced rate holds."""
    own_insurance: OwnInsurance | None = None
    is_parent: bool = False
    """For life, and shown to be so; a child whose birthday is given makes one."""
    children_born_on: tuple[date, ...] = ()
    """Each lowers the care contribution until it is 25, from the second to the fifth."""
    levies: FundLevies
    regular_monthly_pay: Euros | None = None
    """What is regularly paid, with a twelfth of the one-off pay of a year: it makes a mini- or a midi-job.

    None is for who is regularly paid more than midi-jobs are.
    """
    is_in_training: bool = False
    """Apprentices and those in a voluntary year, who are in no mini- or midi-job."""
    mini_job: MiniJobChoices = MiniJobChoices()
    basic_hourly_wage: Euros | None = None
    """The basic wage an hour of premiums (§ 3b Abs. 2 EStG). None means the rate of each premium's line."""
    without_contributions: tuple[TimeWithoutContributions, ...] = ()

    @model_validator(mode="after")
    def _insured_once(self) -> Self:
        insured_by_us = self.health_group is not HealthGroup.NONE or self.care_group is not CareGroup.NONE
        if self.own_insurance is not None and insured_by_us:
            raise ValueError(
                "own_insurance needs health_group 0 and care_group 0: employees pay it themselves"
            )
        is_voluntary = self.health_group is HealthGroup.VOLUNTARY
        regular = self.regular_monthly_pay
        if is_voluntary and regular is not None and regular <= UPPER_LIMIT_OF_MIDI_JOBS:
            raise ValueError("health_group 9 earns more than a midi-job's regular_monthly_pay: one is wrong")
        return self

    @model_validator(mode="after")
    def _born_before_their_children(self) -> Self:
        for number, child in enumerate(self.children_born_on):
            if child <= self.born_on:
                raise ValueError(f"children_born_on.{number}: {child} is not after born_on, {self.born_on}")
        return self

    @property
    def age_relief_from(self) -> int:
        """The year after the one in which the 64th year of life is completed (§ 24a EStG).

        A year of life is completed on the day before the birthday.
        """
        return (self.born_on - timedelta(days=1)).year + AGE_OF_RELIEF + 1
