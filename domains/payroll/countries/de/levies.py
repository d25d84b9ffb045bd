"""What the employer pays beside contributions: the levies U1 and U2, and the insolvency levy.

They are taken of the pay that pension contributions are taken of, or would be, also of who is not insured
there; of midi-jobs it is the reduced base, of mini-jobs the pay as it is. U1 and U2 leave one-off pay
out. Amounts are euros, each levy rounded half-up to the cent. Sources: § 7 Abs. 2 AAG; § 358 SGB III;
joint circular of the social insurance organisations of 20 December 2022, 4.3.9. What a fund reimburses,
and accident insurance, are not computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import check_percent, limit_for, pension_limit
from domains.payroll.countries.de.contribution_rates import ContributionRates, GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import (
    Contribution,
    ContributionGroup,
    borne_by_employer,
)
from domains.payroll.countries.de.contributions import InsuredMonth, check_paid
from domains.payroll.countries.de.midi_jobs import midi_job_bases
from foundation.values.errors import Refusals
from foundation.values.money import ZERO

HIGHEST_LEVY = 10
"""Per cent; no fund comes near it."""


@dataclass(frozen=True)
class LevyRates:
    """What an employer pays of levies to a health fund, in per cent.

    `sick_pay` is U1 at the rate that was chosen, and none where the employer takes no part, with more
    than 30 employees, or where employment is for no longer than four weeks. `maternity` is U2.
    `pays_insolvency_levy` is false for public bodies and private households.
    """

    sick_pay: Decimal | None
    maternity: Decimal
    pays_insolvency_levy: bool = True


def levies(
    paid: InsuredMonth,
    rates: LevyRates,
    *,
    fund: str,
    state: GermanState,
    in_east_berlin: bool = False,
) -> tuple[Contribution, ...]:
    """The levies of a month; what is 0 is left out. Refuses: UnknownYear, Invalid.

    For a mini-job, `fund` is the Minijob-Zentrale and one-off pay is within `one_off_pension`.
    """
    year = rates_of(paid.month.year)
    check_paid(paid)
    wrong = Refusals()
    check_percent(wrong, "sick_pay", rates.sick_pay or ZERO, HIGHEST_LEVY)
    check_percent(wrong, "maternity", rates.maternity, HIGHEST_LEVY)
    if not fund.strip():
        wrong.add("fund", "name the health fund that the levies go to")
    wrong.raise_if_any()
    limit = limit_for(pension_limit(year, state, in_east_berlin=in_east_berlin), paid.days)
    regular, whole = _bases(paid, limit, year)
    due = _due(regular, whole, rates, fund, year)
    return tuple(one for one in due if one.total)


def _bases(paid: InsuredMonth, limit: Decimal, year: ContributionRates) -> tuple[Decimal, Decimal]:
    """What is taken of: of regular pay alone, and with one-off pay."""
    regular = min(paid.regular, limit)
    whole = regular + paid.one_off_pension
    if not paid.is_midi_job:
        return regular, whole
    with_one_off = midi_job_bases(paid.regular, year, one_off=paid.one_off_pension, days=paid.days)
    if not with_one_off.is_reduced:
        return regular, whole
    return midi_job_bases(paid.regular, year, days=paid.days).total, with_one_off.total


def _due(
    regular: Decimal, whole: Decimal, rates: LevyRates, fund: str, year: ContributionRates
) -> Iterator[Contribution]:
    law = f"§ 7 AAG, {year.year}"
    if rates.sick_pay is not None:
        yield borne_by_employer(ContributionGroup.SICK_PAY_LEVY, fund, law, regular, rates.sick_pay)
    yield borne_by_employer(ContributionGroup.MATERNITY_LEVY, fund, law, regular, rates.maternity)
    if rates.pays_insolvency_levy:
        law = f"§ 358 SGB III, {year.year}"
        yield borne_by_employer(ContributionGroup.INSOLVENCY_LEVY, fund, law, whole, year.insolvency)
