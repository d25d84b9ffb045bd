"""What a person's closed periods should have come to: which of them to compute again, and from what.

Of the calendar year in which is paid, by the same group: what an earlier year lacks is no difference of this
one. A period is computed again when its agreements or components are not those that its payslip was computed
from, or when a difference was paid for it since; then all after it are, since limits of a year count them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pydantic_core import to_json

from domains.payroll.messages.records import PayAgreement
from domains.payroll.rules.components import BASE, ComponentCatalogue, rests_on
from domains.payroll.rules.payslip_inputs import (
    OF_COMPONENT,
    PersonToPay,
    agreements_in,
    basis_of,
    days_of,
    named,
)
from domains.payroll.rules.retroactive import ClosedPeriod, RetroactiveAmount, retroactive
from domains.payroll.rules.runs import PayrollRunKept
from foundation.values.money import ZERO


@dataclass(frozen=True)
class ClosedPayslip:
    """A period that somebody was paid for, by a payslip that stands."""

    starts_on: date
    ends_on: date
    paid_on: date
    frequency: str
    computed_from: str
    """A fingerprint of the agreements and components; empty when it was not kept."""
    was_corrected: bool
    """Whether a difference was paid for it since."""
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    """What was paid for it by component, with differences; known of those that are computed again."""


@dataclass(frozen=True)
class EarlierPeriods:
    """The differences of closed periods, and the last agreement of each that has any."""

    differences: tuple[RetroactiveAmount, ...] = ()
    agreements: Mapping[date, PayAgreement] = field(default_factory=dict)


class Fingerprints:
    """Of what components of a period are computed from: the same says that they come to the same."""

    def __init__(self, catalogue: ComponentCatalogue) -> None:
        self._catalogue = catalogue
        self._of_component: dict[str, str] = {}
        self._of_items: dict[str, str] = {}
        """By the agreement's code, as they are now."""

    def of(self, agreements: Sequence[PayAgreement], run: PayrollRunKept) -> str:
        """Of the agreements of a run's period, each with its days, and of the components that they name."""
        told = [f"{run.frequency}/{run.starts_on}/{run.ends_on}"]
        for one in agreements:
            told.append(f"{days_of(one, run)}/{one.valid_from}/{one.valid_to}/{self._items(one)}")
        return hashlib.sha256("|".join(told).encode()).hexdigest()

    def _items(self, agreement: PayAgreement) -> str:
        if agreement.code not in self._of_items:
            items = to_json([one.model_dump(mode="json") for one in agreement.items]).decode()
            components = [self._component(one.component) for one in agreement.items]
            told = f"{agreement.hours_a_week.normalize()}{items}{components}"
            self._of_items[agreement.code] = told
        return self._of_items[agreement.code]

    def _component(self, code: str) -> str:
        """Of all versions of a component, and of those that it rests on."""
        if code not in self._of_component:
            component = self._catalogue.components.get(code)
            named_by = (
                dict.fromkeys(name for version in component.versions for name in rests_on(version.kind))
                if component
                else {}
            )
            base = [one.code for one in self._catalogue.components.values() if one.counts_as_base]
            below = [one for name in named_by for one in (base if name == BASE else [name])]
            own = f"{component!r}{[self._component(one) for one in below]}"
            self._of_component[code] = hashlib.sha256(own.encode()).hexdigest()
        return self._of_component[code]


def changed_since(
    person: PersonToPay, run: PayrollRunKept, closed: Sequence[ClosedPayslip], fingerprints: Fingerprints
) -> Sequence[ClosedPayslip]:
    """The closed periods that are computed again: from the first that may have changed to the last.

    Those for which the group has no agreement with the person any more are left out.
    """
    known = [one for one in closed if agreements_in(person, as_run(run, one))]
    for place, one in enumerate(known):
        then = as_run(run, one)
        if one.was_corrected or one.computed_from != fingerprints.of(agreements_in(person, then), then):
            return known[place:]
    return ()


def as_run(run: PayrollRunKept, closed: ClosedPayslip) -> PayrollRunKept:
    """A run of the same group of the days of a closed period."""
    return replace(
        run,
        frequency=closed.frequency,
        starts_on=closed.starts_on,
        ends_on=closed.ends_on,
        paid_on=closed.paid_on,
    )


def earlier_periods(
    person: PersonToPay, run: PayrollRunKept, catalogue: ComponentCatalogue, closed: Sequence[ClosedPayslip]
) -> EarlierPeriods:
    """What closed periods should have come to, less what was paid for them. Refuses: as `retroactive`."""
    if not closed:
        return EarlierPeriods()
    agreements = [agreements_in(person, as_run(run, one)) for one in closed]
    bases = [
        basis_of(then, as_run(run, one), catalogue, person)
        for then, one in zip(agreements, closed, strict=True)
    ]
    before = _paid_before(person, run, closed)
    bases = [replace(one, to_date=before) for one in bases]
    was = [ClosedPeriod(basis.period, one.amounts) for basis, one in zip(bases, closed, strict=True)]
    found = retroactive(catalogue, was, bases)
    last = {one.starts_on: then[-1] for one, then in zip(closed, agreements, strict=True)}
    return EarlierPeriods(found, {one.period.starts_on: last[one.period.starts_on] for one in found})


def _paid_before(
    person: PersonToPay, run: PayrollRunKept, closed: Sequence[ClosedPayslip]
) -> dict[str, Decimal]:
    """Of each component, what was paid in the year but for the periods that are computed again."""
    sums = dict(named(person.sums, run.paid_on.year, OF_COMPONENT))
    for one in closed:
        for code, amount in one.amounts.items():
            sums[code] = sums.get(code, ZERO) - amount
    return sums
