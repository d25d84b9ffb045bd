"""What closed periods should have come to, as is known now: the differences are paid with the next payslip.

A closed payslip is never changed. Its period is computed again from the contract, hours and components as
they are known now, and what it comes to is compared with what was paid for it, component by component. Each
difference keeps the period that it was earned in: how it is taxed is the country's law's matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.amounts import AmountPiece, ComponentAmount, PayBasis, computed
from domains.payroll.rules.components import ComponentCatalogue, PayComponent, UnknownComponent
from domains.payroll.rules.proration import Span
from domains.payroll.rules.statutory import PayPeriod
from foundation.values.money import ZERO

CORRECTED = frozenset(
    {
        ComponentSign.EARNING,
        ComponentSign.PRE_TAX_DEDUCTION,
        ComponentSign.BENEFIT_IN_KIND,
        ComponentSign.EMPLOYER_CONTRIBUTION,
    }
)
"""What is computed again. What was taken of a net that was paid stays taken; its arrears are kept anyway."""


@dataclass(frozen=True)
class ClosedPeriod:
    """What was paid for a period, by component: on its own payslip, and as differences since."""

    period: PayPeriod
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True)
class RetroactiveAmount:
    """What a component of a closed period is still to be paid, or was paid too much, when it is negative."""

    component: PayComponent
    period: PayPeriod
    was: Decimal
    now: Decimal

    @property
    def amount(self) -> Decimal:
        """What is to be paid now."""
        return self.now - self.was

    def as_amount(self) -> ComponentAmount:
        """The difference as an amount of the payslip with which it is paid."""
        return ComponentAmount(
            component=self.component,
            amount=self.amount,
            pieces=(AmountPiece(Span.of(self.period), self.amount),),
            rule=f"{self.component.name}, computed again for {Span.of(self.period)}",
            steps=(("as known now", self.now), ("paid for it before", -self.was)),
            earned_in=self.period.starts_on,
        )


def retroactive(
    catalogue: ComponentCatalogue, closed: Sequence[ClosedPeriod], known_now: Sequence[PayBasis]
) -> tuple[RetroactiveAmount, ...]:
    """The differences of closed periods, by period and then in the order in which components are computed.

    `known_now` has a basis for each closed period, in the order of time, from the first that may have changed
    to the last, without a gap. Limits of a year count what is computed again: the sums before the first of a
    year are its basis's `to_date`, later ones follow from what is now known. Refuses: UnknownComponent, for
    one that was paid and is no component any more, and what `computed` refuses.
    """
    differences: list[RetroactiveAmount] = []
    sums: dict[int, dict[str, Decimal]] = {}
    for was, basis in zip(closed, known_now, strict=True):
        assert was.period == basis.period, "a basis for each closed period, in the same order"
        year = was.period.paid_on.year
        to_date = sums.setdefault(year, defaultdict(Decimal, basis.to_date))
        now = {
            one.code: one.amount
            for one in computed(catalogue, replace(basis, to_date=dict(to_date)))
            if one.component.sign in CORRECTED
        }
        for code, amount in now.items():
            to_date[code] += amount
        differences += _differences(catalogue, was, now)
    return tuple(differences)


def _differences(
    catalogue: ComponentCatalogue, was: ClosedPeriod, now: Mapping[str, Decimal]
) -> list[RetroactiveAmount]:
    if unknown := sorted(set(was.amounts) - set(catalogue.components)):
        why = f"{', '.join(unknown)} was paid for {Span.of(was.period)}: what was paid stays a component"
        raise UnknownComponent(why, errors=[("components", why)])
    both = (
        RetroactiveAmount(component, was.period, was.amounts.get(code, ZERO), now.get(code, ZERO))
        for code, component in catalogue.components.items()
        if component.sign in CORRECTED
    )
    return [one for one in both if one.amount]
