"""What pay in the transition area (Übergangsbereich) counts for contributions: midi-jobs.

Pay of more than the limit of mini-jobs, regularly not more than 2,000 euros a month, counts less. There
is one base for the contribution as a whole and a smaller one for the employee's share; the employer bears
the difference. Sources: § 20 Abs. 2 and 2a SGB IV; § 2 Abs. 2 BVV; joint circular of the social insurance
organisations of 20 December 2022 (months in part, months below and above the area).
"""

from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import WHOLE_MONTH, in_cents
from domains.payroll.countries.de.contribution_rates import UPPER_LIMIT_OF_MIDI_JOBS, ContributionRates
from foundation.values.money import ZERO


@dataclass(frozen=True)
class MidiJobBases:
    """What contributions are taken of: the whole contribution, and the employee's share. Euros, in cents.

    `steps` are the figures on the way. With `is_reduced` false, pay is above the area and counts as it is.
    """

    total: Decimal
    employee: Decimal
    is_reduced: bool
    steps: tuple[tuple[str, Decimal], ...]


def midi_job_bases(
    regular: Decimal, rates: ContributionRates, *, one_off: Decimal = ZERO, days: int = WHOLE_MONTH
) -> MidiJobBases:
    """The two bases of a month's pay, for a job whose regular pay makes it a midi-job.

    Regular pay of a month in part is raised to a whole month, the formula applied, and the result lowered
    in the same proportion; one-off pay joins as it is. Below the area the whole base is pay times F, and
    the employee's is 0; above it, pay counts as it is. Each base is rounded half-up to the
    cent, and nothing before.
    """
    actual = regular + one_off
    if not actual:
        return MidiJobBases(ZERO, ZERO, True, ())
    of_whole_month = (regular * WHOLE_MONTH / days if regular else ZERO) + one_off
    steps = (
        ("pay", actual),
        ("pay of a whole month", in_cents(of_whole_month)),
        ("factor F", rates.factor_f),
    )
    if of_whole_month > UPPER_LIMIT_OF_MIDI_JOBS:
        return MidiJobBases(actual, actual, False, steps[:2])
    if of_whole_month <= rates.mini_job_limit:
        return MidiJobBases(in_cents(actual * rates.factor_f), ZERO, True, steps)
    return MidiJobBases(
        in_cents(whole_base(of_whole_month, rates) * actual / of_whole_month),
        in_cents(employee_base(of_whole_month, rates) * actual / of_whole_month),
        True,
        steps,
    )


def whole_base(pay: Decimal, rates: ContributionRates) -> Decimal:
    """What the contribution as a whole is taken of, not rounded: § 20 Abs. 2a Satz 1 SGB IV.

    F × G + (2000 : (2000 − G) − G : (2000 − G) × F) × (pay − G), with G as the limit of mini-jobs.
    """
    lower, factor = rates.mini_job_limit, rates.factor_f
    rise = UPPER_LIMIT_OF_MIDI_JOBS - lower * factor
    return factor * lower + rise * (pay - lower) / (UPPER_LIMIT_OF_MIDI_JOBS - lower)


def employee_base(pay: Decimal, rates: ContributionRates) -> Decimal:
    """What the employee's share is taken of, not rounded: § 20 Abs. 2a Satz 6 SGB IV.

    2000 : (2000 − G) × (pay − G), with G as the limit of mini-jobs.
    """
    lower = rates.mini_job_limit
    return UPPER_LIMIT_OF_MIDI_JOBS * (pay - lower) / (UPPER_LIMIT_OF_MIDI_JOBS - lower)
