"""From gross to net: what somebody earned in a period, what is withheld and taken, and what is paid where.

Earnings, less what is deducted before tax, less what the law withholds, less deductions of the net, less
garnishments, is the net. What is taxed and not paid out, a benefit in kind, and what the employer owes beside
it, are lines of their own. Every amount is rounded when it is made, so that all of them add up to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.amounts import ComponentAmount, PayBasis, Steps, computed
from domains.payroll.rules.components import NEGATIVE_NET, ComponentCatalogue, UnknownComponent
from domains.payroll.rules.deductions import (
    NOTHING_BEFORE,
    BankShare,
    DeductionTaken,
    Garnished,
    Garnishment,
    PaidInPeriod,
    PostTaxDeduction,
    garnish,
    split,
    take,
)
from domains.payroll.rules.retroactive import RetroactiveAmount
from domains.payroll.rules.statutory import (
    Bearer,
    CountryPack,
    PayLine,
    PayPeriod,
    Statutory,
    StatutoryLine,
    TaxesWhenEarned,
    YearToDate,
)
from foundation.values.errors import BusinessError
from foundation.values.messages import Message
from foundation.values.money import ZERO

_SEEN_BY_THE_LAW: Mapping[ComponentSign, int] = {
    ComponentSign.EARNING: 1,
    ComponentSign.BENEFIT_IN_KIND: 1,
    ComponentSign.PRE_TAX_DEDUCTION: -1,
}
"""What a country's pack is given, and with which sign."""
_BEFORE_ALL_OTHERS = -1


class PayInAnotherCurrency(BusinessError):
    """The pay is in another currency than the country's law reckons in."""


@dataclass(frozen=True)
class PayrollInputs:
    """All that a payslip is computed from."""

    person: Message
    """What the law must know of the person: one of the pack's `details`."""
    basis: PayBasis
    catalogue: ComponentCatalogue
    to_date: YearToDate = field(default_factory=YearToDate)
    """What the pack has added up before."""
    retroactive: tuple[RetroactiveAmount, ...] = ()
    then: Mapping[date, Message] = field(default_factory=dict)
    """What the law must know of the person in closed periods, by their first days, where it was other."""
    arrears: Mapping[str, Decimal] = field(default_factory=dict)
    """What the payslip before owes on, by deduction; `negative_net` is a net below 0 that was not paid."""
    loans: tuple[PostTaxDeduction, ...] = ()
    garnishments: tuple[Garnishment, ...] = ()
    before: PaidInPeriod = NOTHING_BEFORE
    """What other payslips have paid for the same period."""
    accounts: tuple[BankShare, ...] = ()


@dataclass(frozen=True)
class ExplainedFigure:
    """A figure of a payslip as a reader checks it: by which rule, and in which steps."""

    code: str
    amount: Decimal
    rule: str
    steps: Steps


@dataclass(frozen=True)
class Payslip:
    """What somebody is paid for a period, and everything that it follows from.

    `gross` is what is earned in money; `net` may be below 0: then nothing is paid, and it is owed on. `added`
    is what each component adds to the sums of a year, by the year in which its period was paid.
    """

    period: PayPeriod
    currency: str
    amounts: tuple[ComponentAmount, ...]
    statutory: Statutory
    deductions: tuple[DeductionTaken, ...]
    garnished: tuple[Garnished, ...]
    net: Decimal
    accounts: tuple[tuple[str, Decimal], ...]
    owed_on: Mapping[str, Decimal]
    added: Mapping[int, Mapping[str, Decimal]]

    def sum_of(self, sign: ComponentSign) -> Decimal:
        """The amounts of one kind of components together."""
        return sum((one.amount for one in self.amounts if one.component.sign is sign), ZERO)

    @property
    def gross(self) -> Decimal:
        """What is earned in money, before anything is withheld."""
        return self.sum_of(ComponentSign.EARNING)

    @property
    def withheld(self) -> Decimal:
        """What the law withholds of the employee's pay."""
        return self.statutory.borne_by(Bearer.EMPLOYEE)

    @property
    def deducted(self) -> Decimal:
        """All that lies between gross and net."""
        before_tax = self.sum_of(ComponentSign.PRE_TAX_DEDUCTION)
        return before_tax + self.withheld + _taken(self.deductions) + _taken(self.garnished)

    @property
    def paid(self) -> Decimal:
        """What is paid out: the net, unless it is below 0."""
        return max(self.net, ZERO)

    @property
    def employer_owes(self) -> Decimal:
        """What the employer owes beside the gross: its contributions, by the law and of its own."""
        of_its_own = self.sum_of(ComponentSign.EMPLOYER_CONTRIBUTION)
        return of_its_own + self.statutory.borne_by(Bearer.EMPLOYER)

    def explained(self) -> Iterator[ExplainedFigure]:
        """Every figure in the order of the payslip, with the way to it."""
        for one in self.amounts:
            yield ExplainedFigure(one.code, one.amount, one.rule, one.steps)
        for line in self.statutory.lines:
            yield ExplainedFigure(line.code, line.amount, line.rule, (("of", line.base), *line.steps))
        for taken in self.deductions:
            yield ExplainedFigure(taken.code, taken.taken, "deducted from the net", taken.steps)
        for share in self.garnished:
            yield ExplainedFigure(share.code, share.taken, "garnished above the protected net", share.steps)
        steps = [("gross", self.gross)]
        steps.append(("deducted before tax", -self.sum_of(ComponentSign.PRE_TAX_DEDUCTION)))
        steps.append(("withheld by law", -self.withheld))
        steps.append(("deducted from the net", -_taken(self.deductions)))
        steps.append(("garnished", -_taken(self.garnished)))
        yield ExplainedFigure("net", self.net, "gross less all that is deducted", tuple(steps))


def gross_to_net(inputs: PayrollInputs, pack: CountryPack) -> Payslip:
    """The payslip of one person for one period.

    Refuses: PayInAnotherCurrency, BankSplitRefused, what `computed` refuses, and what the pack refuses.
    """
    basis = inputs.basis
    if basis.currency != pack.currency:
        why = f"the law of {pack.country} reckons in {pack.currency}, and this pay is in {basis.currency}"
        raise PayInAnotherCurrency(why, errors=[("currency", why)])
    added = _added(basis.period, (), inputs.retroactive)
    now = computed(inputs.catalogue, _with_retroactive(basis, added.get(basis.period.paid_on.year, {})))
    amounts = (*now, *(one.as_amount() for one in inputs.retroactive))
    statutory = _statutory(inputs, now, pack)
    before = sum((_in_money(one) for one in amounts), ZERO) - statutory.borne_by(Bearer.EMPLOYEE)
    deductions, garnished = _taken_of(before, inputs, now)
    net = before - _taken(deductions) - _taken(garnished)
    paid = max(net, ZERO)
    accounts = split(paid, inputs.accounts, currency=basis.currency) if inputs.accounts else ()
    return Payslip(
        period=basis.period,
        currency=basis.currency,
        amounts=amounts,
        statutory=statutory,
        deductions=deductions,
        garnished=garnished,
        net=net,
        accounts=accounts,
        owed_on=_owed_on(deductions, net),
        added=_added(basis.period, now, inputs.retroactive),
    )


def _statutory(inputs: PayrollInputs, now: Sequence[ComponentAmount], pack: CountryPack) -> Statutory:
    """What the law makes of this period's pay, and of what is paid late: in the periods in which it was
    earned, the first of them first, or with this period's, as the country's law has it.
    """
    to_date, lines, late = inputs.to_date, list[StatutoryLine](), list[ComponentAmount]()
    of_periods: dict[PayPeriod, list[ComponentAmount]] = defaultdict(list)
    for one in inputs.retroactive:
        if isinstance(pack, TaxesWhenEarned) and pack.is_taxed_when_earned(one.component.treatment):
            of_periods[one.period].append(replace(one.as_amount(), earned_in=None))
        else:
            late.append(one.as_amount())
    for period, amounts in of_periods.items():
        if not (seen := tuple(_pay_lines(amounts))):
            continue  # What the employer alone pays is nothing to the law.
        person = inputs.then.get(period.starts_on, inputs.person)
        found = pack.statutory(person, period, seen, to_date)
        lines += [replace(line, earned_in=period.starts_on) for line in found.lines]
        to_date = _with(to_date, found.added)
    seen = tuple(_pay_lines((*now, *late)))
    found = pack.statutory(inputs.person, inputs.basis.period, seen, to_date)
    added = _with(to_date, found.added).this_year
    before = inputs.to_date.this_year
    return Statutory(
        (*found.lines, *lines), {name: sum_ - before.get(name, ZERO) for name, sum_ in added.items()}
    )


def _with(to_date: YearToDate, added: Mapping[str, Decimal]) -> YearToDate:
    names = dict.fromkeys((*to_date.this_year, *added))
    sums = {name: to_date.this_year.get(name, ZERO) + added.get(name, ZERO) for name in names}
    return replace(to_date, this_year=sums)


def _taken(of: Iterable[DeductionTaken | Garnished]) -> Decimal:
    return sum((one.taken for one in of), ZERO)


def _with_retroactive(basis: PayBasis, of_this_year: Mapping[str, Decimal]) -> PayBasis:
    """The basis with what is paid now for earlier periods of the year among what was paid before."""
    if not of_this_year:
        return basis
    codes = dict.fromkeys((*basis.to_date, *of_this_year))
    sums = {code: basis.to_date.get(code, ZERO) + of_this_year.get(code, ZERO) for code in codes}
    return replace(basis, to_date=sums)


def _added(
    period: PayPeriod, now: Iterable[ComponentAmount], earlier: Iterable[RetroactiveAmount]
) -> Mapping[int, Mapping[str, Decimal]]:
    added: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in now:
        added[period.paid_on.year][one.code] += one.amount
    for difference in earlier:
        added[difference.period.paid_on.year][difference.component.code] += difference.amount
    return {year: dict(sums) for year, sums in added.items()}


def _pay_lines(amounts: Iterable[ComponentAmount]) -> Iterator[PayLine]:
    """What the law looks at; hours that are paid at several rates are a line for each."""
    for one in amounts:
        component = one.component
        sign = _SEEN_BY_THE_LAW.get(component.sign)
        if sign is None:
            continue
        if all(piece.hours is None for piece in one.pieces):
            yield PayLine(one.code, component.treatment, sign * one.amount, earned_in=one.earned_in)
            continue
        for piece in one.pieces:
            yield PayLine(one.code, component.treatment, sign * piece.amount, piece.hours, piece.rate)


def _in_money(one: ComponentAmount) -> Decimal:
    """What an amount changes of what is paid out, before the law and deductions of the net."""
    match one.component.sign:
        case ComponentSign.EARNING:
            return one.amount
        case ComponentSign.PRE_TAX_DEDUCTION:
            return -one.amount
        case _:
            return ZERO


def _taken_of(
    before: Decimal, inputs: PayrollInputs, amounts: Sequence[ComponentAmount]
) -> tuple[tuple[DeductionTaken, ...], tuple[Garnished, ...]]:
    """Deductions and garnishments of what is left after the law, in their order."""
    wanted = [*_deductions(inputs, amounts), *inputs.loans]
    first = take((one for one in wanted if not one.comes_after_garnishments), before)
    left = before - _taken(first)
    garnished = garnish(inputs.garnishments, left, currency=inputs.basis.currency, before=inputs.before)
    left -= _taken(garnished)
    return (*first, *take((one for one in wanted if one.comes_after_garnishments), left)), garnished


def _deductions(inputs: PayrollInputs, amounts: Iterable[ComponentAmount]) -> Iterator[PostTaxDeduction]:
    """Post-tax deductions of this period, and those of which only arrears are left."""
    components = inputs.catalogue.components
    post_tax = {
        one.code: one.amount for one in amounts if one.component.sign is ComponentSign.POST_TAX_DEDUCTION
    }
    for code in dict.fromkeys((*post_tax, *inputs.arrears)):
        owed = inputs.arrears.get(code, ZERO)
        if code == NEGATIVE_NET:
            yield PostTaxDeduction(code, ZERO, owed, priority=_BEFORE_ALL_OTHERS)
            continue
        if code not in components:
            why = f"{owed} is owed on {code!r}, which is no component; keep it until nothing is owed"
            raise UnknownComponent(why, errors=[(f"arrears.{code}", why)])
        how = components[code].post_tax
        yield PostTaxDeduction(
            code=code,
            amount=post_tax.get(code, ZERO),
            arrears=owed,
            most=how.most,
            priority=how.priority,
            is_owed_on=how.is_owed_on,
            comes_after_garnishments=how.comes_after_garnishments,
        )


def _owed_on(deductions: Iterable[DeductionTaken], net: Decimal) -> Mapping[str, Decimal]:
    """What the next payslip is to take first: arrears by deduction, and a net below 0."""
    owed = {one.code: one.owed_on for one in deductions if one.owed_on}
    if net < 0:
        owed[NEGATIVE_NET] = owed.get(NEGATIVE_NET, ZERO) - net
    return owed
