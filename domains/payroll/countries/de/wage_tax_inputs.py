"""What the German wage tax is asked with, and what it answers, in the words of a payslip.

In brackets stands the name that the Ministry's programme flow has for it. Amounts are in euros, with whole
cents; the flow has them in cents.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum

from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import ZERO


class WageTaxClass(IntEnum):
    """The wage tax classes (§ 38b EStG): by whether somebody is married, and how many jobs somebody has."""

    SINGLE = 1
    SINGLE_PARENT = 2
    HIGHER_EARNER = 3
    """Of a couple whose other half is in class 5, or earns nothing."""
    EQUAL_EARNER = 4
    LOWER_EARNER = 5
    SECOND_JOB = 6


@dataclass(frozen=True, kw_only=True)
class PrivatePremiums:
    """Basic private health and care insurance, instead of statutory one (PKV), a month in any pay period."""

    premium: Decimal
    """What the employee pays for basic cover (PKPV)."""
    employer_subsidy: Decimal = ZERO
    """What the employer pays towards it (PKPVAGZ); in 2025 only whether there is one counts (PKV 2)."""


@dataclass(frozen=True, kw_only=True)
class InsuredFor:
    """What the employee is insured for, as far as it lowers the wage tax."""

    additional_health_percent: Decimal = ZERO
    """The statutory health insurer's whole additional rate (KVZ), 2.5 for 2.5 %; of no account if private."""
    private: PrivatePremiums | None = None
    has_care_surcharge: bool = False
    """Pays more for care insurance, without children (PVZ)."""
    care_discounts: int = 0
    """Discounts on care insurance for the second to the fifth child, 0 to 4 (PVA); not with the surcharge."""
    is_in_saxony: bool = False
    """Where employees pay more of care insurance, and employers less (PVS)."""
    has_pension_insurance: bool = True
    """Statutory, or of a profession's own institution (KRV 0)."""
    has_unemployment_insurance: bool = True
    """Counts from 2026 on (ALV 0)."""


@dataclass(frozen=True, kw_only=True)
class EmployerPension:
    """A pension of a former employer (Versorgungsbezug), whose amount is part of the gross pay."""

    amount: Decimal
    """What of the gross pay of the period is pension (VBEZ)."""
    first_year: int
    """The calendar year in which it was paid first (VJAHR); of several pensions that of the oldest."""
    first_month_amount: Decimal
    """In January 2005, or in the first full month if that was later (VBEZM)."""
    extra_payments: Decimal = ZERO
    """Expected extra payments of the calendar year in which it began (VBEZS), without death benefits."""
    months: int
    """For how many months of the year it is paid, 0 to 12 (ZMVB): of account where the period is a year.

    With 0 a yearly pension has no allowance, and one-off pay is taxed as with twelve.
    """


@dataclass(frozen=True, kw_only=True)
class TaxableOneOffPay:
    """Pay that is not of one period, such as a bonus (sonstige Bezüge), taxed by the whole year's pay."""

    amount: Decimal
    """All one-off pay of this payment (SONSTB)."""
    expected_yearly_pay: Decimal
    """The other pay of the year, one-off pay of earlier payments included (JRE4)."""
    yearly_allowance: Decimal = ZERO
    """The employee's tax-free amount of the year (JFREIB)."""
    yearly_addition: Decimal = ZERO
    """The amount of the year that is taxed in addition (JHINZU)."""
    compensation: Decimal = ZERO
    """What of the amount is severance or taxable benefit from shares (SONSTENT): not insured."""
    compensation_in_yearly_pay: Decimal = ZERO
    """The same in the expected yearly pay (JRE4ENT)."""
    pension: Decimal = ZERO
    """What of the amount is an employer's pension, death benefits included (VBS)."""
    pension_in_yearly_pay: Decimal = ZERO
    """The same in the expected yearly pay (JVBEZ)."""
    death_benefit: Decimal = ZERO
    """What of the pension is a death benefit, or settles it with capital (STERBE)."""
    untaxed_share_benefit: Decimal = ZERO
    """Benefits from shares that are not taxed now but insured (MBV, § 19a EStG), beside the amount."""


@dataclass(frozen=True, kw_only=True)
class WageTaxInputs:
    """What the wage tax of one payment to one employee depends on."""

    on: date
    """The day by whose year's law is taxed: the last of the pay period, or the day one-off pay is paid."""
    frequency: PayFrequency
    """Of the pay period: yearly, monthly, weekly or daily (LZZ)."""
    wage_tax_class: int
    """1 to 6, see WageTaxClass (STKL)."""
    gross: Decimal
    """Taxable pay of the period, without one-off pay and before any allowance (RE4)."""
    factor: Decimal | None = None
    """Of a couple in class 4, above 0 and up to 1, three decimals (f); none without the procedure (af 0)."""
    child_allowances: Decimal = ZERO
    """How many, with one decimal (ZKF); they count in the classes 1 to 4."""
    is_church_member: bool = False
    """Of a church that taxes (R above 0)."""
    allowance: Decimal = ZERO
    """The employee's tax-free amount of the period (LZZFREIB)."""
    addition: Decimal = ZERO
    """The amount of the period that is taxed in addition (LZZHINZU)."""
    age_relief_from: int | None = None
    """The calendar year after the 64th birthday (AJAHR), from which on relief for age is given (ALTER1)."""
    insured: InsuredFor = field(default_factory=InsuredFor)
    pension: EmployerPension | None = None
    one_off: TaxableOneOffPay | None = None


@dataclass(frozen=True, kw_only=True)
class TaxOnYear:
    """How the tax on a year's pay is found, in euros: what a reader of the payslip adds up."""

    yearly_pay: Decimal
    """ZRE4J."""
    pay_after_allowances: Decimal
    """Less allowances for pensions, relief for age and the employee's own; with what is added (ZRE4)."""
    fixed_allowances: Decimal
    """Lump sums and the single parent's allowance (ZTABFB)."""
    insurance_allowance: Decimal
    """For social insurance (VSP)."""
    private_insurance: Decimal
    """What of it is taken to be private health and care insurance (VKV), by the flow of 2025."""
    taxable_income: Decimal
    """ZVE; 0 below one euro."""
    tax: Decimal
    """ST, before the factor."""

    @property
    def steps(self) -> tuple[tuple[str, Decimal], ...]:
        """The figures by their names, in the order in which they are found."""
        return (
            ("yearly pay", self.yearly_pay),
            ("pay after allowances", self.pay_after_allowances),
            ("fixed allowances", self.fixed_allowances),
            ("insurance allowance", self.insurance_allowance),
            ("taxable income", self.taxable_income),
            ("tax of the year", self.tax),
        )


@dataclass(frozen=True, kw_only=True)
class WageTax:
    """What is withheld of one payment, in euros and cents, and of what church tax is a percentage."""

    law: str
    """The version of the programme flow."""
    wage_tax: Decimal
    """Of the pay of the period (LSTLZZ)."""
    solidarity_surcharge: Decimal
    """Of the pay of the period (SOLZLZZ)."""
    church_tax_base: Decimal
    """Of the pay of the period (BK); 0 for no church."""
    one_off_wage_tax: Decimal = ZERO
    """Of one-off pay (STS)."""
    one_off_solidarity_surcharge: Decimal = ZERO
    """SOLZS."""
    one_off_church_tax_base: Decimal = ZERO
    """BKS."""
    private_insurance: Decimal | None
    """What counted as private health and care insurance (VKVLZZ), for the yearly statement; to 2025."""
    one_off_private_insurance: Decimal | None
    """What more of it counted by one-off pay (VKVSONST), which may be negative; to 2025."""
    year: TaxOnYear
    """The pay of the period as if it were paid the whole year."""
    one_off_years: tuple[TaxOnYear, TaxOnYear] | None = None
    """The whole year without one-off pay and with it, if there is any; the difference is its tax."""
