"""The shapes of a year's figures: what a module such as `federal_2026` fills in, and who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import HUNDRED, ZERO, rounded


class TaxBracket(NamedTuple):
    """Of an annual wage of at least `over`: `base`, and `rate` (a fraction) of what is above `over`."""

    over: Decimal
    base: Decimal
    rate: Decimal


Schedule = tuple[TaxBracket, ...]
"""Brackets in rising order, the first from 0."""
Schedules = Mapping[FilingStatus, Schedule]


def as_printed(rates: str, over: str, base: str) -> Schedule:
    """A schedule from its columns as they are printed, the rates in per cent; the bracket from 0 is free."""
    printed = zip(over.split(), base.split(), rates.split(), strict=True)
    rows = (TaxBracket(Decimal(a), Decimal(b), Decimal(c) / HUNDRED) for a, b, c in printed)
    return (TaxBracket(ZERO, ZERO, ZERO), *rows)


def by_rates(rates: str, up_to: str) -> Schedule:
    """A schedule from 0 on, from its rates in per cent and the wages at which the next rate begins.

    The base of each bracket is rounded to cents on the way, as California prints it.
    """
    rows: list[TaxBracket] = []
    base, over, rate = ZERO, ZERO, ZERO
    for begins, percent in zip(["0", *up_to.split()], rates.split(), strict=True):
        base = rounded(base + (Decimal(begins) - over) * rate, "USD")
        over, rate = Decimal(begins), Decimal(percent) / HUNDRED
        rows.append(TaxBracket(over, base, rate))
    return tuple(rows)


def bracket_of(schedule: Schedule, annual: Decimal) -> TaxBracket:
    """The bracket of an annual wage, not negative: at least its `over`, and less than that of the next."""
    return next(one for one in reversed(schedule) if one.over <= annual)


@dataclass(frozen=True)
class AlienAmounts:
    """What Pub. 15-T adds to a nonresident alien's wages of a pay period, by its length."""

    form_of_2019: Mapping[PayFrequency, Decimal]
    """Table 1: first paid before 2020, with a Form W-4 of then."""
    form_of_2020: Mapping[PayFrequency, Decimal]
    """Table 2."""


@dataclass(frozen=True)
class DeferralLimits:
    """How much may be deferred in a year by section 401(k), in dollars."""

    limit: Decimal
    """Section 402(g)."""
    catch_up: Decimal
    """Beyond it, in the year in which somebody becomes 50 and later: section 414(v)."""
    catch_up_at_60_to_63: Decimal
    """Instead, for who is 60 to 63 at the end of the year."""
    roth_only_above: Decimal | None
    """Whose social security wages of the year before are more than this makes Roth contributions only."""


@dataclass(frozen=True)
class FederalFigures:
    """The federal figures of one calendar year, in dollars and fractions."""

    year: int
    standard: Schedules
    """Pub. 15-T, percentage method for automated payroll: Form W-4 of 2019 or earlier, or no Step 2 box."""
    multiple_jobs: Schedules
    """The same, when the box of Step 2 is checked."""
    line_1g: Mapping[FilingStatus, Decimal]
    """What Worksheet 1A takes off when the box of Step 2 is not checked."""
    allowance: Decimal
    """One allowance of a Form W-4 of 2019 or earlier, a year."""
    alien: AlienAmounts
    social_security_base: Decimal
    deferrals: DeferralLimits
    futa_credit_reduction: Mapping[str, Decimal]
    """By state: how much of the credit against federal unemployment tax its employers lose."""
    supplemental_rate: Decimal = Decimal("0.22")
    supplemental_rate_above: Decimal = Decimal("0.37")
    supplemental_limit: Decimal = Decimal(1_000_000)
    social_security_rate: Decimal = Decimal("0.062")
    medicare_rate: Decimal = Decimal("0.0145")
    additional_medicare_rate: Decimal = Decimal("0.009")
    additional_medicare_above: Decimal = Decimal(200_000)
    futa_rate: Decimal = Decimal("0.06")
    futa_credit: Decimal = Decimal("0.054")
    futa_base: Decimal = Decimal(7_000)


@dataclass(frozen=True)
class FlatTax:
    """A state's income tax of one rate, less allowances a year where its certificate has such."""

    rate: Decimal
    rule: str
    allowance: Decimal = ZERO
    additional_allowance: Decimal = ZERO


class ByAllowances(NamedTuple):
    """For a single person, and for a head of household or a married person with 2 allowances or more."""

    single: Decimal
    other: Decimal


@dataclass(frozen=True)
class BracketTax:
    """California's income tax, EDD Method B, in dollars a year."""

    rule: str
    schedules: Schedules
    low_income: ByAllowances
    """Up to which annual wage nothing is withheld."""
    standard_deduction: ByAllowances
    allowance_credit: Decimal
    """What one regular allowance takes off the tax."""
    deduction_allowance: Decimal
    """What one allowance for estimated deductions takes off the wage."""
    supplemental_rate: Decimal
    bonus_rate: Decimal
    """Of bonuses and stock options."""


@dataclass(frozen=True)
class StateContribution:
    """What a state asks beside income tax and unemployment tax, of the wages of its unemployment tax."""

    code: str
    rate: Decimal
    rule: str
    base: Decimal | None = None
    """Up to which wages in a year; all without."""


@dataclass(frozen=True)
class StateFigures:
    """What one state asks in one calendar year, in dollars and fractions."""

    name: str
    revenue: str
    """Who takes the income tax."""
    unemployment: str
    """Who takes the unemployment tax."""
    unemployment_base: Decimal
    """Of the wages of a year that an employer pays unemployment tax on, the first so many dollars."""
    income_tax: FlatTax | BracketTax | None = None
    income_tax_lowered_by: frozenset[str] = frozenset()
    """The treatments that lower what its income tax is withheld from."""
    unemployment_lowered_by: frozenset[str] = frozenset()
    """The treatments that lower what its unemployment tax is paid on."""
    of_employee: tuple[StateContribution, ...] = ()
    of_employer: tuple[StateContribution, ...] = ()
    agreements: frozenset[str] = field(default_factory=frozenset)
    """The states whose residents may ask that only their home state's income tax is withheld."""
