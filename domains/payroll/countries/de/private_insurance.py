"""What the employer adds to health and care insurance that employees pay for themselves.

For who is insured privately, it is what the employer would bear of statutory insurance, at the average
additional rate, and at most half of the premium. A voluntary member who pays for themselves gets half of
the contribution that they pay: their fund's rate. Amounts are euros a month, each rounded half-up to the
cent, general and additional part for themselves. Sources: § 257 SGB V; § 61 SGB XI.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import (
    WHOLE_MONTH,
    check_amount,
    check_days,
    check_percent,
    in_cents,
    limit_for,
    share_of,
)
from domains.payroll.countries.de.contribution_rates import GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import Steps
from domains.payroll.countries.de.insured import HIGHEST_ADDITIONAL_RATE
from foundation.values.errors import Refusals
from foundation.values.money import ZERO


@dataclass(frozen=True)
class InsurancePremiums:
    """What an employee pays an insurer for a month.

    `has_sick_pay_claim` is as it would be in a statutory fund.
    `additional_rate`, in per cent, is the fund's for a voluntary member who pays for themselves: `health`
    and `care` are then what the member pays the fund. None means a private insurer, and the average rate
    of the year.
    """

    health: Decimal
    care: Decimal
    has_sick_pay_claim: bool = True
    additional_rate: Decimal | None = None


@dataclass(frozen=True)
class Subsidy:
    """What the employer adds to health and to care insurance; free of tax and contributions."""

    health: Decimal
    care: Decimal
    health_steps: Steps
    care_steps: Steps


def subsidy(
    premiums: InsurancePremiums, month: date, pay: Decimal, *, state: GermanState, days: int = WHOLE_MONTH
) -> Subsidy:
    """The employer's subsidy for a month. Refuses: UnknownYear, Invalid.

    `pay` is what contributions would be taken of, before the limit. With surcharges and discounts of care
    insurance it has nothing to do: they are the employee's alone.
    """
    rates = rates_of(month.year)
    additional = rates.average_additional if premiums.additional_rate is None else premiums.additional_rate
    wrong = Refusals()
    check_amount(wrong, "health", premiums.health)
    check_amount(wrong, "care", premiums.care)
    check_amount(wrong, "pay", pay)
    check_days(wrong, "days", days)
    check_percent(wrong, "additional_rate", additional, HIGHEST_ADDITIONAL_RATE)
    wrong.raise_if_any()
    base = min(pay, limit_for(rates.health_limit, days))
    general = (rates.health if premiums.has_sick_pay_claim else rates.health_reduced) / 2
    of_employer = rates.care / 2 - (rates.care_saxony if state is GermanState.SAXONY else ZERO)
    health, health_steps = _at_most_half(base, (general, additional / 2), premiums.health)
    care, care_steps = _at_most_half(base, (of_employer,), premiums.care)
    return Subsidy(health, care, health_steps, care_steps)


def _at_most_half(base: Decimal, percents: tuple[Decimal, ...], premium: Decimal) -> tuple[Decimal, Steps]:
    as_if_statutory = sum((share_of(base, percent) for percent in percents), ZERO)
    half = in_cents(premium / 2)
    amount = min(as_if_statutory, half)
    rates = tuple(("rate in per cent", percent) for percent in percents)
    most = (("employer's share in statutory insurance", as_if_statutory), ("half of the premium", half))
    return amount, (("base", base), *rates, *most, ("subsidy", amount))
