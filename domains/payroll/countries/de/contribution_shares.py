"""A contribution with its two shares, and the lines of the payment that it becomes.

Rounding is that of § 2 BVV: where both bear half, half the rate is applied, rounded half-up to the cent,
and doubled; where not, each share is rounded for itself and the contribution is their sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from domains.payroll.countries.de.contribution_bases import share_of
from domains.payroll.rules.statutory import Bearer, StatutoryLine
from foundation.values.money import ZERO

Steps = tuple[tuple[str, Decimal], ...]


class ContributionGroup(StrEnum):
    """What a contribution is reported as to the health fund (Beitragsgruppe); the code of its lines."""

    HEALTH_GENERAL = "1000"
    HEALTH_REDUCED = "3000"
    HEALTH_OF_MINI_JOBS = "6000"
    HEALTH_VOLUNTARY = "9000"
    HEALTH_ADDITIONAL = "ZBP"
    HEALTH_ADDITIONAL_VOLUNTARY = "ZBF"
    PENSION = "0100"
    PENSION_EMPLOYER = "0300"
    PENSION_OF_MINI_JOBS = "0500"
    UNEMPLOYMENT = "0010"
    UNEMPLOYMENT_EMPLOYER = "0020"
    CARE = "0001"
    SICK_PAY_LEVY = "U1"
    MATERNITY_LEVY = "U2"
    INSOLVENCY_LEVY = "0050"
    TAX_OF_MINI_JOBS = "ST"


@dataclass(frozen=True)
class Contribution:
    """What is due of one kind for one employee and month; amounts in euros, rounded to the cent.

    `base` is what the contribution as a whole is taken of. `rule` names the law and the year.
    """

    group: ContributionGroup
    fund: str
    rule: str
    base: Decimal
    employee: Decimal
    employer: Decimal
    employee_steps: Steps = ()
    employer_steps: Steps = ()

    @property
    def total(self) -> Decimal:
        """What goes to the fund."""
        return self.employee + self.employer

    def lines(self) -> tuple[StatutoryLine, ...]:
        """A line for each who bears something of it; the code is the group's, the authority the fund."""
        borne = (
            (Bearer.EMPLOYEE, self.employee, self.employee_steps),
            (Bearer.EMPLOYER, self.employer, self.employer_steps),
        )
        return tuple(
            StatutoryLine(
                code=self.group.value,
                bearer=bearer,
                authority=self.fund,
                base=self.base,
                amount=amount,
                rule=self.rule,
                steps=steps,
            )
            for bearer, amount, steps in borne
            if amount
        )


@dataclass(frozen=True)
class ContributionBase:
    """What a contribution is taken of, as a whole and for the employee's share; they differ in midi-jobs."""

    total: Decimal
    employee: Decimal
    is_reduced: bool = False
    steps: Steps = ()


@dataclass(frozen=True)
class SharedRate:
    """Rates of one contribution in per cent: the whole, what the employee bears, and what only they bear.

    `surcharge` comes on top of the whole and `discount` lowers it; both are the employee's alone.
    """

    whole: Decimal
    employee: Decimal
    surcharge: Decimal = ZERO
    discount: Decimal = ZERO


def halves(rate: Decimal) -> SharedRate:
    """A rate of which both bear half."""
    return SharedRate(whole=rate, employee=rate / 2)


def shared(
    group: ContributionGroup, fund: str, rule: str, bases: ContributionBase, rated: SharedRate
) -> Contribution:
    """A contribution that employee and employer share, each share rounded half-up to the cent.

    With a reduced base the whole is half the rate of the whole base, rounded and doubled; the employee
    bears their rate of their own base, the employer the rest. A surcharge is taken of the whole base, a
    discount of the employee's, each rounded for itself. Otherwise a discount lowers the employee's rate
    before it is rounded.
    """
    surcharge = share_of(bases.total, rated.surcharge)
    if bases.is_reduced:
        return _shared_of_reduced(group, fund, rule, bases, rated, surcharge)
    percent = rated.employee - rated.discount
    own = share_of(bases.employee, percent)
    employer = share_of(bases.total, rated.whole - rated.employee)
    return Contribution(
        group,
        fund,
        rule,
        bases.total,
        own + surcharge,
        employer,
        (*bases.steps, *_step("rate in per cent", bases.employee, percent, own), *_more(rated, surcharge)),
        (*bases.steps, *_step("rate in per cent", bases.total, rated.whole - rated.employee, employer)),
    )


def _shared_of_reduced(
    group: ContributionGroup,
    fund: str,
    rule: str,
    bases: ContributionBase,
    rated: SharedRate,
    surcharge: Decimal,
) -> Contribution:
    whole = 2 * share_of(bases.total, rated.whole / 2)
    own = share_of(bases.employee, rated.employee)
    discount = share_of(bases.employee, rated.discount)
    less = (("discount in per cent", rated.discount), ("discount", discount)) if rated.discount else ()
    return Contribution(
        group,
        fund,
        rule,
        bases.total,
        own + surcharge - discount,
        whole - own,
        (
            *bases.steps,
            *_step("rate in per cent", bases.employee, rated.employee, own),
            *_more(rated, surcharge),
            *less,
        ),
        (
            *bases.steps,
            *_step("half the rate in per cent", bases.total, rated.whole / 2, whole / 2),
            ("doubled", whole),
            ("less the employee's share", own),
            ("employer's share", whole - own),
        ),
    )


def borne_by_employer(
    group: ContributionGroup, fund: str, rule: str, base: Decimal, rate: Decimal, steps: Steps = ()
) -> Contribution:
    """A contribution that the employer bears alone, a rate of its base, half-up to the cent."""
    amount = share_of(base, rate)
    return Contribution(
        group, fund, rule, base, ZERO, amount, (), (*steps, *_step("rate in per cent", base, rate, amount))
    )


def difference(after: Iterable[Contribution], before: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """What more is due than was, by fund and group, as when one-off pay joins a month that was paid before.

    What is less is negative: it is taken back. What has not changed is left out.
    """
    due = {(one.fund, one.group): one for one in after}
    for one in before:
        key = (one.fund, one.group)
        now = due.get(key, replace(one, base=ZERO, employee=ZERO, employer=ZERO))
        due[key] = replace(
            now,
            base=now.base - one.base,
            employee=now.employee - one.employee,
            employer=now.employer - one.employer,
            employee_steps=(("now", now.employee), ("before", one.employee)),
            employer_steps=(("now", now.employer), ("before", one.employer)),
        )
    return tuple(one for one in due.values() if one.employee or one.employer)


def _step(name: str, base: Decimal, rate: Decimal, amount: Decimal) -> Steps:
    return (("base", base), (name, rate), ("share, rounded", amount))


def _more(rated: SharedRate, surcharge: Decimal) -> Steps:
    if not rated.surcharge:
        return ()
    return (("surcharge in per cent", rated.surcharge), ("surcharge, rounded", surcharge))
