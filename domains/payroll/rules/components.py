"""What pay is made of, as data: each component with its kind, its treatment, and its versions from a day on.

A component says how its amount comes about, what it does to gross and net, and how a country's law treats it.
Its rates and formulas change over time: each version counts from a day on, and a period in which one begins
is computed by both, each for its days. Components may rest on others; the order follows from that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Self

from domains.payroll.messages.kinds import ComponentSign, ProrationMethod
from domains.payroll.rules.formulas import RESERVED, ROUNDINGS, Formula
from domains.payroll.rules.proration import Span
from domains.payroll.rules.statutory import UnknownTreatment
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO

BASE = "base"
"""In formulas and as `of`: the sum of all components that count as base."""
OWN_NAMES = ("amount", "rate", "quantity")
"""In formulas: what the item of pay says that the component is computed for."""
NEGATIVE_NET = "negative_net"
"""What is owed of a net below 0, among what is owed from before."""


class ComponentRefused(BusinessError):
    """A component contradicts itself; `errors` names each field that is wrong."""


class UnknownComponent(BusinessError):
    """A component rests on what is neither a component nor a known figure."""


class ComponentCycle(BusinessError):
    """Components rest on one another in a circle, so that none can be computed first."""


class NoComponentVersion(BusinessError):
    """A component has no version for some days on which it is to be paid."""


TREATED = frozenset({ComponentSign.EARNING, ComponentSign.PRE_TAX_DEDUCTION, ComponentSign.BENEFIT_IN_KIND})
"""What the law looks at; these have a treatment, and nothing else has."""

COUNTED = frozenset({ComponentSign.EARNING, ComponentSign.BENEFIT_IN_KIND})
"""What may count as base of others."""


@dataclass(frozen=True)
class FixedAmount:
    """An amount for a period; the item of pay may say another."""

    amount: Decimal | None = None


@dataclass(frozen=True)
class RateTimesQuantity:
    """A rate for each hour, or whatever else is counted; the item of pay says the quantity, and may say
    another rate. The law is told the hours only of what counts hours.
    """

    rate: Decimal | None = None
    is_of_hours: bool = True


@dataclass(frozen=True)
class PercentageOf:
    """Per cent of the sum of others; the `rate` of the item of pay may be another percentage."""

    of: tuple[str, ...]
    percent: Decimal | None = None


@dataclass(frozen=True)
class ByFormula:
    """What a formula makes of other components, known figures, and what the item of pay says."""

    formula: Formula


@dataclass(frozen=True)
class PayBracket:
    """What counts for a sum above an amount; a sum that is exactly as high is not above it."""

    above: Decimal
    percent: Decimal = ZERO
    fixed: Decimal = ZERO


@dataclass(frozen=True)
class BracketTable:
    """A table by the sum of others, in ascending brackets.

    Marginal: each bracket's percentage is of what lies in it. Otherwise the whole sum is in the highest
    bracket that it is above, which gives its fixed amount and its percentage of the whole sum. Below the
    first: nothing.
    """

    of: tuple[str, ...]
    brackets: tuple[PayBracket, ...]
    is_marginal: bool


ComponentKind = FixedAmount | RateTimesQuantity | PercentageOf | ByFormula | BracketTable


@dataclass(frozen=True)
class PayRounding:
    """To multiples of what a component is rounded, and how, by the names that formulas know."""

    to: Decimal
    how: str = "half_up"

    def of(self, amount: Decimal) -> Decimal:
        """The amount as a multiple."""
        return (amount / self.to).quantize(Decimal(1), ROUNDINGS[self.how]) * self.to


@dataclass(frozen=True)
class ComponentVersion:
    """How a component is computed from a day on.

    `rounding` is to the currency's minor unit, half up, when nothing is said. `most_a_period` and
    `most_a_year` (the calendar year in which is paid) limit the amount; the version on the last day says
    them.
    """

    valid_from: date
    kind: ComponentKind
    rounding: PayRounding | None = None
    most_a_period: Decimal | None = None
    most_a_year: Decimal | None = None


@dataclass(frozen=True)
class PostTax:
    """How a post-tax deduction is taken: the lowest priority number first.

    `most` is what is taken at once, with what is owed from before. What could not be taken is owed next time,
    or given up. What comes after garnishments does not lower what they are reckoned by.
    """

    priority: int = 100
    most: Decimal | None = None
    is_owed_on: bool = True
    comes_after_garnishments: bool = False


@dataclass(frozen=True)
class PayComponent:
    """One component of pay, in all its versions.

    `proration` is for fixed amounts that stand for a whole period; without it they are paid whole, as a bonus
    is.
    """

    code: str
    name: str
    sign: ComponentSign
    versions: tuple[ComponentVersion, ...]
    treatment: str = ""
    counts_as_base: bool = False
    proration: ProrationMethod | None = None
    post_tax: PostTax = PostTax()

    @cached_property
    def by_day(self) -> tuple[ComponentVersion, ...]:
        """The versions in the order of the days from which they are valid."""
        return tuple(sorted(self.versions, key=lambda version: version.valid_from))

    @cached_property
    def rests_on_others(self) -> bool:
        """Whether some version is computed from other components or figures, and not of its own."""
        return any(isinstance(one.kind, PercentageOf | ByFormula | BracketTable) for one in self.versions)

    def versions_in(self, days: Span) -> list[tuple[Span, ComponentVersion]]:
        """Which version counts on which of the days. Refuses: NoComponentVersion."""
        known = [version for version in self.by_day if version.valid_from <= days.last]
        if not known or known[0].valid_from > days.first:
            why = f"{self.code} has no version on {days.first}; enter one that is valid from then on"
            raise NoComponentVersion(why, errors=[(f"components.{self.code}.valid_from", why)])
        if len(known) == 1:
            return [(days, known[0])]
        ends = [*(version.valid_from - timedelta(days=1) for version in known[1:]), days.last]
        pieces = (
            (Span(version.valid_from, end).within(days), version)
            for version, end in zip(known, ends, strict=True)
        )
        return [(piece, version) for piece, version in pieces if piece]


def rests_on(kind: ComponentKind) -> tuple[str, ...]:
    """The components and figures that a kind is computed from, without what the item of pay says."""
    match kind:
        case PercentageOf(of=of) | BracketTable(of=of):
            return of
        case ByFormula(formula=formula):
            return tuple(name for name in formula.names if name not in OWN_NAMES)
        case _:
            return ()


@dataclass(frozen=True)
class ComponentCatalogue:
    """All components of a company, checked, in the order in which they are computed."""

    components: Mapping[str, PayComponent]
    """In the order in which they are computed."""
    figures: frozenset[str]
    """What else formulas may name, such as years of service: said for each person."""

    @classmethod
    def of(
        cls,
        components: Sequence[PayComponent],
        *,
        treatments: Collection[str],
        figures: Collection[str] = (),
    ) -> Self:
        """The components, when each can be computed and the law knows how to treat it.

        They rest on one another in all their versions, also past ones.
        Refuses: ComponentRefused, UnknownTreatment, UnknownComponent, ComponentCycle.
        """
        _check_each(components, figures)
        _check_treatments(components, treatments)
        by_code = {one.code: one for one in components}
        base = [one.code for one in components if one.counts_as_base]
        graph: dict[str, list[str]] = {}
        for one in components:
            named = dict.fromkeys(name for version in one.versions for name in rests_on(version.kind))
            unknown = [name for name in named if name != BASE and name not in by_code and name not in figures]
            if unknown:
                why = (
                    f"{one.code} rests on {', '.join(unknown)}, which no component or known figure is called"
                )
                raise UnknownComponent(why, errors=[(f"components.{one.code}", why)])
            graph[one.code] = [name for name in named if name in by_code] + (base if BASE in named else [])
        try:
            order = tuple(TopologicalSorter(graph).static_order())
        except CycleError as circle:
            around = " → ".join(reversed(circle.args[1]))
            raise ComponentCycle(
                f"these rest on one another: {around}; compute one without the next"
            ) from None
        return cls({code: by_code[code] for code in order}, frozenset(figures))


def _check_treatments(components: Iterable[PayComponent], treatments: Collection[str]) -> None:
    wrong = Refusals()
    for one in components:
        if one.sign in TREATED and one.treatment not in treatments:
            known = ", ".join(sorted(treatments))
            why = f"{one.treatment!r} is no treatment of the country's law; there are: {known}"
            wrong.add(f"components.{one.code}.treatment", why)
        elif one.sign not in TREATED and one.treatment:
            wrong.add(
                f"components.{one.code}.treatment", f"the law does not look at a {one.sign}: leave it out"
            )
    wrong.raise_if_any(UnknownTreatment)


def _check_each(components: Sequence[PayComponent], figures: Collection[str]) -> None:
    wrong = Refusals()
    seen: dict[str, None] = {}
    for one in components:
        field = f"components.{one.code}"
        if not one.code.isascii() or not one.code.isidentifier() or one.code.startswith("_"):
            wrong.add(field, "a code is letters, digits and _, as formulas name it")
        if one.code in RESERVED or one.code in figures or one.code in (*OWN_NAMES, BASE, NEGATIVE_NET):
            wrong.add(field, "this code has a meaning of its own; choose another")
        if one.counts_as_base and one.sign not in COUNTED:
            wrong.add(field, "only earnings and benefits in kind count as base")
        if one.code in seen:
            wrong.add(field, "another component has this code")
        seen[one.code] = None
        days = [version.valid_from for version in one.versions]
        if not days or len(set(days)) < len(days):
            wrong.add(f"{field}.versions", "there is one version or more, each from another day on")
        for version in one.versions:
            for what, why in _wrong_with(version, one):
                wrong.add(f"{field}.{version.valid_from}.{what}", why)
    wrong.raise_if_any(ComponentRefused)


def _wrong_with(version: ComponentVersion, of: PayComponent) -> Iterable[tuple[str, str]]:
    if of.proration and not isinstance(version.kind, FixedAmount):
        yield "proration", "only a fixed amount is prorated: what rests on others follows them"
    if isinstance(version.kind, PercentageOf | BracketTable) and not version.kind.of:
        yield "of", "say which components it is computed from, or base"
    if isinstance(version.kind, BracketTable):
        brackets = version.kind.brackets
        above = [bracket.above for bracket in brackets]
        if not above or any(one >= other for one, other in pairwise(above)):
            yield "brackets", "there is one bracket or more, each above a higher amount than the one before"
        if version.kind.is_marginal and any(bracket.fixed for bracket in brackets):
            yield "brackets", "a marginal table has percentages only"
    if version.rounding and (version.rounding.to <= 0 or version.rounding.how not in ROUNDINGS):
        yield "rounding", f"is to multiples of more than 0, by one of {', '.join(ROUNDINGS)}"
    for name, most in (("most_a_period", version.most_a_period), ("most_a_year", version.most_a_year)):
        if most is not None and most < 0:
            yield name, "is not negative"
