"""Contributions of mini-jobs: pay that is regularly not more than the limit (Geringfügigkeitsgrenze).

The employer pays flat rates to the Minijob-Zentrale, and the employee what is missing of the whole
pension contribution, unless they have opted out. Amounts are euros, each share rounded half-up to the
cent. Sources: § 8 SGB IV; § 249b SGB V; §§ 163 Abs. 8, 168 Abs. 1 Nr. 1b and 172 Abs. 3 SGB VI; § 2 Abs.
1 BVV; § 40a Abs. 2 EStG. Mini-jobs in private households, and short-term employment (§ 8 Abs. 1 Nr. 2 SGB
IV), are not computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domains.payroll.countries.de.contribution_bases import (
    WHOLE_MONTH,
    check_amount,
    check_days,
    limit_for,
    share_of,
)
from domains.payroll.countries.de.contribution_rates import (
    UPPER_LIMIT_OF_MIDI_JOBS,
    ContributionRates,
    rates_of,
)
from domains.payroll.countries.de.contribution_shares import (
    Contribution,
    ContributionGroup,
    Steps,
    borne_by_employer,
)
from foundation.values.errors import BusinessError, Refusals

MINI_JOB_CENTRE = "minijob-centre"
"""The Minijob-Zentrale, as the authority of a line."""
MOST_TIMES_THE_LIMIT = 2
"""What may be earned in a month that was not foreseen, in two months of a year: § 8 Abs. 1b SGB IV."""


class MoreThanAMiniJob(BusinessError):
    """So much cannot be paid for a mini-job, not even in a month that nobody has foreseen."""


class PayArea(StrEnum):
    """How contributions are taken, by what is regularly paid in a month."""

    MINI_JOB = "mini_job"
    MIDI_JOB = "midi_job"
    ABOVE = "above"


def pay_area(month: date, regularly: Decimal) -> PayArea:
    """In which area pay is that is regularly paid in a month.

    A twelfth of the one-off pay that is due each year is part of it. Apprentices, and those in a
    voluntary year, are in no such area; that is for the caller to know. Refuses: UnknownYear, Invalid.
    """
    wrong = Refusals()
    check_amount(wrong, "regularly", regularly)
    wrong.raise_if_any()
    if regularly <= rates_of(month.year).mini_job_limit:
        return PayArea.MINI_JOB
    return PayArea.MIDI_JOB if regularly <= UPPER_LIMIT_OF_MIDI_JOBS else PayArea.ABOVE


@dataclass(frozen=True)
class MiniJobMonth:
    """What is paid for a mini-job in a month, and what decides of its contributions.

    `pay` is with one-off pay. `has_opted_out` is of pension insurance, and also for who is exempt
    otherwise. `is_in_statutory_health` is so also for who is insured with the family. `is_taxed_flat`
    says that 2 per cent are paid in place of tax by the card. `has_other_pension_base` says that another
    employment is subject to pension contributions, so that the least base of 175 euros does not hold.
    """

    month: date
    pay: Decimal
    days: int = WHOLE_MONTH
    has_opted_out: bool = False
    is_in_statutory_health: bool = True
    is_taxed_flat: bool = True
    has_other_pension_base: bool = False


def mini_job_contributions(paid: MiniJobMonth) -> tuple[Contribution, ...]:
    """What is due for a mini-job in a month: health, pension, flat tax; what is 0 is left out.

    Levies are due beside it (`levies`), of the pay as it is. Refuses: UnknownYear, Invalid, MoreThanAMiniJob.
    """
    rates = rates_of(paid.month.year)
    wrong = Refusals()
    check_amount(wrong, "pay", paid.pay)
    check_days(wrong, "days", paid.days)
    wrong.raise_if_any()
    if paid.pay > MOST_TIMES_THE_LIMIT * rates.mini_job_limit:
        why = f"{paid.pay} is more than twice {rates.mini_job_limit}: it is no mini-job in this month"
        raise MoreThanAMiniJob(f"pay: {why}", errors=[("pay", why)])
    return tuple(one for one in _due(paid, rates) if one.total)


def _due(paid: MiniJobMonth, rates: ContributionRates) -> Iterator[Contribution]:
    if paid.is_in_statutory_health:
        yield borne_by_employer(
            ContributionGroup.HEALTH_OF_MINI_JOBS,
            MINI_JOB_CENTRE,
            f"§ 249b SGB V, {rates.year}",
            paid.pay,
            rates.mini_job_health,
        )
    if paid.has_opted_out:
        yield borne_by_employer(
            ContributionGroup.PENSION_OF_MINI_JOBS,
            MINI_JOB_CENTRE,
            f"§ 172 Abs. 3 SGB VI, {rates.year}",
            paid.pay,
            rates.mini_job_pension,
        )
    elif paid.pay:
        yield _whole_pension(paid, rates)
    if paid.is_taxed_flat:
        yield borne_by_employer(
            ContributionGroup.TAX_OF_MINI_JOBS,
            MINI_JOB_CENTRE,
            f"§ 40a Abs. 2 EStG, {rates.year}",
            paid.pay,
            rates.mini_job_tax,
        )


def _whole_pension(paid: MiniJobMonth, rates: ContributionRates) -> Contribution:
    """The whole contribution, of which the employer bears its flat rate and the employee the rest.

    Not above the least base, the whole is taken of that base and rounded, and the employee bears what the
    employer's rounded share leaves; above it, each share is rounded for itself: § 2 Abs. 1 Satz 3 and 5
    BVV.
    """
    employer = share_of(paid.pay, rates.mini_job_pension)
    least = limit_for(rates.mini_job_pension_base, paid.days)
    if paid.pay <= least and not paid.has_other_pension_base:
        base, whole = least, share_of(least, rates.pension)
        employee = whole - employer
        steps: Steps = (
            ("pay", paid.pay),
            ("least base", least),
            ("rate in per cent", rates.pension),
            ("whole contribution, rounded", whole),
            ("less the employer's share", employer),
            ("employee's share", employee),
        )
    else:
        percent = rates.pension - rates.mini_job_pension
        base, employee = paid.pay, share_of(paid.pay, percent)
        steps = (("base", paid.pay), ("rate in per cent", percent), ("share, rounded", employee))
    return Contribution(
        ContributionGroup.PENSION,
        MINI_JOB_CENTRE,
        f"§ 168 Abs. 1 Nr. 1b SGB VI, {rates.year}",
        base,
        employee,
        employer,
        steps,
        (("base", paid.pay), ("rate in per cent", rates.mini_job_pension), ("share, rounded", employer)),
    )
