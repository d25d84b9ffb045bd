"""The wage tax certificate (Lohnsteuerbescheinigung, § 41b EStG) as figures, from the sums of the year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.contribution_shares import ContributionGroup
from domains.payroll.countries.de.insured_payment import SUBSIDY_CARE, SUBSIDY_HEALTH
from domains.payroll.countries.de.payment import GermanPayment
from domains.payroll.countries.de.withheld_tax import CHURCH, OF_ONE_OFF, SOLIDARITY, WAGE_TAX, is_taxed_flat
from domains.payroll.countries.de.year_sums import TAXABLE_ONE_OFF, TAXABLE_REGULAR
from domains.payroll.rules.statutory import Bearer, StatutoryLine
from foundation.values.money import ZERO

Group = ContributionGroup
HEALTH = (Group.HEALTH_GENERAL, Group.HEALTH_REDUCED, Group.HEALTH_ADDITIONAL)
VOLUNTARY = (Group.HEALTH_VOLUNTARY, Group.HEALTH_ADDITIONAL_VOLUNTARY)
PENSION_OF_EMPLOYER = (Group.PENSION, Group.PENSION_OF_MINI_JOBS)
"""Not the employer's half for the retired, which earns them no pension (§ 172 Abs. 1 SGB VI)."""
TAXES = (WAGE_TAX, SOLIDARITY, CHURCH)


@dataclass(frozen=True)
class WageTaxCertificate:
    """The figures of one employee's certificate of a year, in euros and cents, each by its number.

    Numbers 22b and 23b, of professional pension funds, are 0: their contributions are not computed.
    """

    gross_wage: Decimal
    """3: taxable pay, one-off pay included, benefits in kind as well."""
    wage_tax: Decimal
    """4."""
    solidarity_surcharge: Decimal
    """5."""
    church_tax: Decimal
    """6."""
    employer_pension: Decimal
    """22a."""
    employee_pension: Decimal
    """23a."""
    subsidy_to_voluntary_health: Decimal
    """24a."""
    subsidy_to_private_health: Decimal
    """24b."""
    subsidy_to_care: Decimal
    """24c."""
    health: Decimal
    """25: the employee's share, and of a voluntary member whom we pay for the whole contribution."""
    care: Decimal
    """26, as 25."""
    unemployment: Decimal
    """27: the employee's share."""
    private_premiums: Decimal
    """28: the premiums for basic cover, as the insurer has told them."""
    employer_professional_pension: Decimal = ZERO
    """22b."""
    employee_professional_pension: Decimal = ZERO
    """23b."""


CERTIFIED = (
    "employer_pension",
    "employee_pension",
    "subsidy_to_voluntary_health",
    "subsidy_to_private_health",
    "subsidy_to_care",
    "health",
    "care",
    "unemployment",
    "private_premiums",
)
"""The figures that are sums of the year by the name `certificate_…`."""


def wage_tax_certificate(year_to_date: Mapping[str, Decimal]) -> WageTaxCertificate:
    """Somebody's certificate of a year, from all that its payments have added."""
    sums = {name: year_to_date.get(f"certificate_{name}", ZERO) for name in CERTIFIED}
    return WageTaxCertificate(
        gross_wage=year_to_date.get(TAXABLE_REGULAR, ZERO) + year_to_date.get(TAXABLE_ONE_OFF, ZERO),
        wage_tax=year_to_date.get(WAGE_TAX, ZERO),
        solidarity_surcharge=year_to_date.get(SOLIDARITY, ZERO),
        church_tax=year_to_date.get(CHURCH, ZERO),
        **sums,
    )


def certified_of(payment: GermanPayment, lines: Iterable[StatutoryLine]) -> dict[str, Decimal]:
    """What a payment adds to the certificate's sums; nothing of a mini-job that is taxed flat."""
    if is_taxed_flat(payment):
        return {}
    asked = tuple(lines)
    taxes = {code: _sum_of(asked, Bearer.EMPLOYEE, code, code + OF_ONE_OFF) for code in TAXES}
    voluntary_health = _sum_of(asked, Bearer.EMPLOYER, *VOLUNTARY)
    voluntary_care = _sum_of(asked, Bearer.EMPLOYER, Group.CARE) if _is_voluntary(asked) else ZERO
    own = payment.person.own_insurance
    subsidy = _sum_of(asked, Bearer.EMPLOYER, SUBSIDY_HEALTH)
    is_private = own is not None and not own.is_voluntary_member
    sums = {
        "employer_pension": _sum_of(asked, Bearer.EMPLOYER, *PENSION_OF_EMPLOYER),
        "employee_pension": _sum_of(asked, Bearer.EMPLOYEE, Group.PENSION),
        "subsidy_to_voluntary_health": voluntary_health + (ZERO if is_private else subsidy),
        "subsidy_to_private_health": subsidy if is_private else ZERO,
        "subsidy_to_care": voluntary_care + _sum_of(asked, Bearer.EMPLOYER, SUBSIDY_CARE),
        "health": _sum_of(asked, Bearer.EMPLOYEE, *HEALTH, *VOLUNTARY) + voluntary_health,
        "care": _sum_of(asked, Bearer.EMPLOYEE, Group.CARE) + voluntary_care,
        "unemployment": _sum_of(asked, Bearer.EMPLOYEE, Group.UNEMPLOYMENT),
        "private_premiums": _private_premiums(payment),
    }
    return {
        TAXABLE_REGULAR: payment.earned.taxed.regular,
        TAXABLE_ONE_OFF: payment.earned.taxed.one_off,
        **taxes,
        **{f"certificate_{name}": amount for name, amount in sums.items()},
    }


def _is_voluntary(lines: Iterable[StatutoryLine]) -> bool:
    return any(line.code in VOLUNTARY for line in lines)


def _private_premiums(payment: GermanPayment) -> Decimal:
    """The basic premiums of a month, told once in it, while employment lasts."""
    own = payment.person.own_insurance
    if own is None or own.is_voluntary_member or not payment.is_first or not payment.days_employed():
        return ZERO
    return own.basic_premium


def _sum_of(lines: Iterable[StatutoryLine], bearer: Bearer, *codes: str) -> Decimal:
    return sum((one.amount for one in lines if one.bearer is bearer and one.code in codes), ZERO)
