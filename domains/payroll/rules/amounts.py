"""What the components of pay come to, for one person and one period, each with the steps to it.

Components are computed in the order in which they rest on one another. The days of the period are cut where a
version or an item of pay begins or ends; each piece is computed as if it held for the whole period, and
weighted by its days. A component is rounded once, limited once, and its pieces add up to it to the cent.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domains.payroll.messages.kinds import ProrationMethod
from domains.payroll.rules.components import (
    BASE,
    BracketTable,
    ByFormula,
    ComponentCatalogue,
    ComponentKind,
    ComponentVersion,
    FixedAmount,
    PayComponent,
    PercentageOf,
    RateTimesQuantity,
    UnknownComponent,
)
from domains.payroll.rules.proration import ProratedPart, Span, WorkCalendar, part_of, prorated
from domains.payroll.rules.statutory import PayPeriod
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, minor_unit, percent_of, rounded

Steps = tuple[tuple[str, Decimal], ...]
"""The figures on the way to an amount, in their order, each in words that a reader can check."""

ALWAYS = Span(date.min, date.max)


class PayItemIncomplete(BusinessError):
    """An item of pay does not say what its component is computed from; `errors` names the field."""


@dataclass(frozen=True)
class PayItem:
    """What somebody is to be paid of a component, on some days: the monthly salary since March, overtime on a
    day.

    What is left out, the component says. Items of one component on the same days add up.
    """

    code: str
    days: Span = ALWAYS
    amount: Decimal | None = None
    rate: Decimal | None = None
    """Money for each hour, or whatever is counted; for a percentage of others, the per cent."""
    quantity: Decimal | None = None


@dataclass(frozen=True)
class PayBasis:
    """What somebody's components are computed from, in one period."""

    period: PayPeriod
    currency: str
    items: tuple[PayItem, ...]
    employed: Span = ALWAYS
    gaps: tuple[Span, ...] = ()
    """Days between the first and the last of employment on which nobody works for us."""
    unpaid: tuple[Span, ...] = ()
    """Days of leave without pay."""
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    """What else formulas name, such as years of service."""
    to_date: Mapping[str, Decimal] = field(default_factory=dict)
    """Of each component: what was paid before in the calendar year in which this is paid."""


@dataclass(frozen=True)
class AmountPiece:
    """A part of a component's amount: of some days, and at one rate where hours are paid."""

    days: Span
    amount: Decimal
    hours: Decimal | None = None
    rate: Decimal | None = None


@dataclass(frozen=True)
class ComponentAmount:
    """What a component comes to, by which versions, and in which steps. The pieces add up to the amount.

    `earned_in` is the first day of the period that an amount for an earlier period belongs to.
    """

    component: PayComponent
    amount: Decimal
    pieces: tuple[AmountPiece, ...]
    rule: str
    steps: Steps
    earned_in: date | None = None

    @property
    def code(self) -> str:
        """The component's code."""
        return self.component.code


@dataclass(frozen=True)
class _Part:
    """A piece before it is rounded, with the version and the words that it comes from."""

    measured: ProratedPart
    version: ComponentVersion
    says: str
    item: PayItem
    steps: Steps = ()


def computed(catalogue: ComponentCatalogue, basis: PayBasis) -> tuple[ComponentAmount, ...]:
    """All components that somebody has an item of in the period, in the order in which they were computed.

    A component without an item counts as 0 where others rest on it.
    Refuses: UnknownComponent, NoComponentVersion, PayItemIncomplete, NothingToProrateBy, FormulaRefused.
    """
    period = Span.of(basis.period)
    items: dict[str, list[PayItem]] = defaultdict(list)
    for item in basis.items:
        if item.code not in catalogue.components:
            why = f"there is no component {item.code!r}; enter it, or take its code back"
            raise UnknownComponent(why, errors=[(f"items.{item.code}", why)])
        if item.days.within(period):
            items[item.code].append(item)
    known = {**basis.figures, **dict.fromkeys(catalogue.components, ZERO), BASE: ZERO}
    amounts = []
    for code, component in catalogue.components.items():
        parts = [part for item in items.get(code, ()) for part in _parts(component, item, basis, known)]
        if parts:
            amount = _amount(component, parts, basis)
            amounts.append(amount)
            known[code] = amount.amount
            known[BASE] += amount.amount if component.counts_as_base else ZERO
    return tuple(amounts)


def _parts(
    component: PayComponent, item: PayItem, basis: PayBasis, known: Mapping[str, Decimal]
) -> Iterator[_Part]:
    """The days on which one version of a component holds for one item, each with its share.

    What is prorated is a share of the period; what rests on others a share of the days of employment, since
    they are prorated already; all else is a share of the item's own days, and so paid whole.
    """
    period = Span.of(basis.period)
    days = item.days.within(period)
    assert days is not None, "items of other periods were left out"
    method = component.proration or ProrationMethod.CALENDAR_DAYS
    whole: tuple[Span, ...] = (days,)
    spans: tuple[Span, ...] = (days,)
    if component.proration:
        employed = days.within(basis.employed)
        whole, spans = (period,), employed.without((*basis.gaps, *basis.unpaid)) if employed else ()
    elif component.rests_on_others:
        present = period.within(basis.employed) or period
        whole = present.without(basis.gaps) or (present,)
        spans = tuple(both for span in whole if (both := days.within(span)))
    for span in spans:
        for piece, version in component.versions_in(span):
            of_amount, says, steps = _for_a_whole_period(component.code, version.kind, item, known)
            measured = part_of(whole, piece, of_amount, method, basis.calendar)
            yield _Part(measured, version, f"{says}{_share(measured, method)}, {piece}", item, steps)


def _share(part: ProratedPart, method: ProrationMethod) -> str:
    if part.units == part.whole:
        return ""
    return f" × {part.units}/{part.whole} {method.replace('_', ' ')}"


def _for_a_whole_period(
    code: str, kind: ComponentKind, item: PayItem, known: Mapping[str, Decimal]
) -> tuple[Decimal, str, Steps]:
    """What a whole period comes to, in words, and the steps to it where they are several."""
    match kind:
        case FixedAmount(amount=amount):
            fixed = _said(code, "amount", item.amount, amount)
            return fixed, f"{fixed:f}", ()
        case RateTimesQuantity(rate=rate):
            each = _said(code, "rate", item.rate, rate)
            quantity = _said(code, "quantity", item.quantity, None)
            return each * quantity, f"{each:f} × {quantity:f}", ()
        case PercentageOf(of=of, percent=percent):
            share, whole = _said(code, "rate", item.rate, percent), _sum(of, known)
            return percent_of(whole, share), f"{share:f} % of {' + '.join(of)}, {whole:f}", ()
        case ByFormula(formula=formula):
            own = {"amount": item.amount, "rate": item.rate, "quantity": item.quantity}
            values = {**known, **{name: value for name, value in own.items() if value is not None}}
            result = formula.evaluate(values)
            used = tuple((f"{name} =", values[name]) for name in formula.names if name in values)
            return result, f"formula {formula.text}", used
        case BracketTable():
            return _by_brackets(kind, _sum(kind.of, known))


def _said(code: str, what: str, of_item: Decimal | None, of_component: Decimal | None) -> Decimal:
    value = of_component if of_item is None else of_item
    if value is None:
        why = f"{code} needs its {what}: the component says none, nor does this item"
        raise PayItemIncomplete(why, errors=[(f"items.{code}.{what}", why)])
    return value


def _sum(of: Sequence[str], known: Mapping[str, Decimal]) -> Decimal:
    return sum((known[name] for name in of), ZERO)


def _by_brackets(table: BracketTable, whole: Decimal) -> tuple[Decimal, str, Steps]:
    reached = [bracket for bracket in table.brackets if whole > bracket.above]
    says = f"by the table for {' + '.join(table.of)}, {whole:f}"
    if not reached:
        return ZERO, f"{says}: below its first bracket", ()
    if not table.is_marginal:
        top = reached[-1]
        amount = top.fixed + percent_of(whole, top.percent)
        return amount, f"{says}: {top.fixed:f} + {top.percent:f} % of it, as it is above {top.above:f}", ()
    steps = []
    for bracket, above in zip(reached, [*(one.above for one in reached[1:]), whole], strict=True):
        part = percent_of(above - bracket.above, bracket.percent)
        steps.append((f"{bracket.percent:f} % of {bracket.above:f} to {above:f}", part))
    return sum((part for _, part in steps), ZERO), says, tuple(steps)


def _amount(component: PayComponent, parts: Sequence[_Part], basis: PayBasis) -> ComponentAmount:
    """What the parts come to: summed exactly, rounded once, limited, and shared out again."""
    last = max(parts, key=lambda part: part.measured.days.last).version
    exact = sum((part.measured.exact for part in parts), ZERO)
    total, said = _rounded_and_limited(component.code, exact, last, basis)
    measured = [part.measured for part in parts]
    amounts = prorated(measured, currency=basis.currency, total=total)
    steps: list[tuple[str, Decimal]] = []
    for part in parts:
        steps += [*part.steps, (part.says, part.measured.exact)]
    versions = dict.fromkeys(f"{part.version.valid_from}" for part in parts)
    pieces = tuple(_piece(part, amount) for part, amount in zip(parts, amounts, strict=True))
    rule = f"{component.name}, as from {' and '.join(versions)}"
    return ComponentAmount(component, total, pieces, rule, (*steps, *said))


def _piece(part: _Part, amount: Decimal) -> AmountPiece:
    kind, measured = part.version.kind, part.measured
    if not isinstance(kind, RateTimesQuantity) or not kind.is_of_hours or part.item.quantity is None:
        return AmountPiece(measured.days, amount)
    hours = part.item.quantity * measured.units / measured.whole
    return AmountPiece(measured.days, amount, hours, kind.rate if part.item.rate is None else part.item.rate)


def _rounded_and_limited(
    code: str, exact: Decimal, version: ComponentVersion, basis: PayBasis
) -> tuple[Decimal, Steps]:
    """The amount as it is paid, and what was done to it; limits are for amounts that are not negative."""
    rounding = version.rounding
    unit = rounding.to if rounding else minor_unit(basis.currency)
    amount = rounded(rounding.of(exact) if rounding else exact, basis.currency)
    steps = []
    if amount != exact:
        how = rounding.how if rounding else "half_up"
        steps.append((f"rounded {how.replace('_', ' ')} to {unit}", amount))
    if version.most_a_period is not None and amount > version.most_a_period:
        amount = rounded(version.most_a_period, basis.currency)
        steps.append((f"at most {amount:f} a period", amount))
    if version.most_a_year is not None:
        so_far = basis.to_date.get(code, ZERO)
        left = rounded(max(version.most_a_year - so_far, ZERO), basis.currency)
        if amount > left:
            amount = left
            steps.append((f"at most {version.most_a_year:f} a year, {so_far:f} of it before", amount))
    return amount, tuple(steps)
