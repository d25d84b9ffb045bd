"""Social insurance contributions of an employee for one month: health, care, pension and unemployment.

All amounts are euros. What is subject to contributions ends at the limits of the year, of a month in part
at their part (`contribution_bases`). Both bear half of everything but what is said here: the childless
bear a surcharge in care insurance alone, parents of several children pay less, employees in Saxony bear
half a per cent more of it, and of who is retired only the employer's half may be due. The additional
contribution of the fund is rounded for itself, as it is reported for itself. Rounding: § 2 BVV
(`contribution_shares`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import (
    WHOLE_MONTH,
    check_amount,
    check_days,
    limit_for,
    pension_limit,
)
from domains.payroll.countries.de.contribution_rates import ContributionRates, GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import (
    Contribution,
    ContributionBase,
    ContributionGroup,
    SharedRate,
    borne_by_employer,
    halves,
    shared,
)
from domains.payroll.countries.de.insured import (
    CareGroup,
    HealthGroup,
    Insured,
    PensionGroup,
    UnemploymentGroup,
    care_discount,
    care_surcharge,
    check_insured,
)
from domains.payroll.countries.de.midi_jobs import midi_job_bases
from foundation.values.errors import Refusals
from foundation.values.money import ZERO

Group = ContributionGroup


@dataclass(frozen=True)
class InsuredMonth:
    """What is paid for a month, as far as contributions are asked of it.

    `month` is any day of it; `days` are the days that count (`insurance_days`). `regular` is pay before
    any limit, `one_off_health` and `one_off_pension` are the parts of one-off pay that are subject to
    contributions (`one_off_pay`) in health and care, and in pension and unemployment insurance.
    `is_midi_job` says that pay is regularly in the transition area.
    """

    month: date
    regular: Decimal
    days: int = WHOLE_MONTH
    one_off_health: Decimal = ZERO
    one_off_pension: Decimal = ZERO
    is_midi_job: bool = False


@dataclass(frozen=True)
class ContributionBases:
    """What contributions are taken of: health and care insurance, and pension and unemployment insurance."""

    health: ContributionBase
    pension: ContributionBase


def contributions(insured: Insured, paid: InsuredMonth) -> tuple[Contribution, ...]:
    """What is due for a month in all branches, the health fund's first; what is 0 is left out.

    Refuses: UnknownYear, Invalid.
    """
    rates = rates_of(paid.month.year)
    check_insured(insured, paid.month)
    check_paid(paid)
    _check_fits(insured, paid)
    bases = bases_of(insured, paid, rates)
    due = (
        *_health(insured, bases.health, rates),
        *_care(insured, paid.month, bases.health, rates),
        *_pension(insured, bases.pension, rates),
        *_unemployment(insured, bases.pension, rates),
    )
    return tuple(one for one in due if one.total)


def bases_of(insured: Insured, paid: InsuredMonth, rates: ContributionRates) -> ContributionBases:
    """What contributions are taken of, up to the limits.

    A voluntary member's health and care insurance is always taken of the limit: pay is above it over the
    year, whatever a month brings (§ 240 Abs. 1 and 4a SGB V; § 57 Abs. 4 SGB XI), and one-off pay adds
    nothing.
    """
    for_health = limit_for(rates.health_limit, paid.days)
    for_pension = limit_for(
        pension_limit(rates, insured.state, in_east_berlin=insured.in_east_berlin), paid.days
    )
    if paid.is_midi_job:
        midi = midi_job_bases(paid.regular, rates, one_off=paid.one_off_pension, days=paid.days)
        if midi.is_reduced:
            reduced = ContributionBase(midi.total, midi.employee, True, midi.steps)
            return ContributionBases(reduced, reduced)
    if insured.health is HealthGroup.VOLUNTARY:
        steps = (("limit", for_health),)
        health = ContributionBase(for_health, for_health, steps=steps)
    else:
        health = _up_to(for_health, paid.regular, paid.one_off_health)
    return ContributionBases(health, _up_to(for_pension, paid.regular, paid.one_off_pension))


def _up_to(limit: Decimal, regular: Decimal, one_off: Decimal) -> ContributionBase:
    base = min(regular, limit) + one_off
    steps = (("regular pay", regular), ("limit", limit), ("one-off pay within its limit", one_off))
    return ContributionBase(base, base, steps=steps if one_off else steps[:2])


def check_paid(paid: InsuredMonth) -> None:
    """Refuses: Invalid, naming each field of what is paid that cannot be so."""
    wrong = Refusals()
    check_amount(wrong, "regular", paid.regular)
    check_amount(wrong, "one_off_health", paid.one_off_health)
    check_amount(wrong, "one_off_pension", paid.one_off_pension)
    check_days(wrong, "days", paid.days)
    if paid.regular and paid.days == 0:
        wrong.add("days", "regular pay needs days that it is paid for; pay without any is one-off pay")
    wrong.raise_if_any()


def _check_fits(insured: Insured, paid: InsuredMonth) -> None:
    wrong = Refusals()
    if paid.is_midi_job and insured.health is HealthGroup.VOLUNTARY:
        wrong.add(
            "is_midi_job", "a voluntary member earns more than a midi-job pays: one of the two is wrong"
        )
    wrong.raise_if_any()


def _health(insured: Insured, bases: ContributionBase, rates: ContributionRates) -> Iterator[Contribution]:
    if insured.health is HealthGroup.NONE:
        return
    is_voluntary = insured.health is HealthGroup.VOLUNTARY
    is_reduced = insured.health is HealthGroup.REDUCED or (is_voluntary and not insured.has_sick_pay_claim)
    group = {
        HealthGroup.GENERAL: Group.HEALTH_GENERAL,
        HealthGroup.REDUCED: Group.HEALTH_REDUCED,
        HealthGroup.VOLUNTARY: Group.HEALTH_VOLUNTARY,
    }[insured.health]
    law = "§ 257 Abs. 1 SGB V" if is_voluntary else "§ 249 SGB V"
    rule = f"{law}, {rates.year}"
    rate = rates.health_reduced if is_reduced else rates.health
    yield shared(group, insured.fund, rule, bases, halves(rate))
    additional = Group.HEALTH_ADDITIONAL_VOLUNTARY if is_voluntary else Group.HEALTH_ADDITIONAL
    yield shared(additional, insured.fund, f"§ 242 SGB V, {rule}", bases, halves(insured.additional_rate))


def _care(
    insured: Insured, month: date, bases: ContributionBase, rates: ContributionRates
) -> Iterator[Contribution]:
    if insured.care is CareGroup.NONE:
        return
    more_in_saxony = rates.care_saxony if insured.state is GermanState.SAXONY else ZERO
    rated = SharedRate(
        whole=rates.care,
        employee=rates.care / 2 + more_in_saxony,
        surcharge=care_surcharge(insured, month, rates),
        discount=care_discount(insured, month, rates),
    )
    yield shared(Group.CARE, insured.fund, f"§§ 55, 58 SGB XI, {rates.year}", bases, rated)


def _pension(insured: Insured, bases: ContributionBase, rates: ContributionRates) -> Iterator[Contribution]:
    if insured.pension is PensionGroup.FULL:
        rule = f"§ 168 Abs. 1 SGB VI, {rates.year}"
        yield shared(Group.PENSION, insured.fund, rule, bases, halves(rates.pension))
    elif insured.pension is PensionGroup.EMPLOYER:
        rule = f"§ 172 Abs. 1 SGB VI, {rates.year}"
        yield borne_by_employer(
            Group.PENSION_EMPLOYER, insured.fund, rule, bases.total, rates.pension / 2, bases.steps
        )


def _unemployment(
    insured: Insured, bases: ContributionBase, rates: ContributionRates
) -> Iterator[Contribution]:
    if insured.unemployment is UnemploymentGroup.FULL:
        rule = f"§ 346 Abs. 1 SGB III, {rates.year}"
        yield shared(Group.UNEMPLOYMENT, insured.fund, rule, bases, halves(rates.unemployment))
    elif insured.unemployment is UnemploymentGroup.EMPLOYER:
        rule = f"§ 346 Abs. 3 SGB III, {rates.year}"
        yield borne_by_employer(
            Group.UNEMPLOYMENT_EMPLOYER, insured.fund, rule, bases.total, rates.unemployment / 2, bases.steps
        )
