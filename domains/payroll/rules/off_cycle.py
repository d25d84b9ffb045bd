"""Runs of named people: whom they may pay, and what regular and off-cycle payslips are computed from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from domains.payroll.countries import pack_of
from domains.payroll.messages.records import PayAgreement, PayItemAsked
from domains.payroll.messages.runs import NamedToPay, OpenPayrollRun, RunKind
from domains.payroll.rules.components import ComponentCatalogue
from domains.payroll.rules.earlier_periods import ClosedPayslip, Fingerprints, earlier_periods
from domains.payroll.rules.payslip_inputs import PersonToPay, agreements_in
from domains.payroll.rules.payslips import PayslipKept, payslip_of
from domains.payroll.rules.runs import PayrollRunKept
from foundation.values.errors import Refusals

OF_NAMED_PEOPLE = (RunKind.OFF_CYCLE, RunKind.FINAL)


def check_named(
    ask: OpenPayrollRun, agreements: Mapping[str, Sequence[PayAgreement]], components: Collection[str]
) -> None:
    """Whom a run names, and what for. `agreements` are all of these people's, by person; `components` those
    of the group's country. No refusal repeats an amount.

    Refuses: Invalid, with every field that is wrong.
    """
    refusals = Refusals()
    if ask.kind not in OF_NAMED_PEOPLE:
        if ask.people:
            refusals.add("people", f"a {ask.kind} run pays everybody who is to be paid: leave them out")
        refusals.raise_if_any()
        return
    if not ask.people:
        refusals.add("people", "say who is paid")
    seen: set[str] = set()
    for place, one in enumerate(ask.people):
        field = f"people.{place}"
        if one.employee_code in seen:
            refusals.add(f"{field}.employee_code", f"{one.employee_code} is named twice")
        seen.add(one.employee_code)
        _check_employed(ask, one, agreements.get(one.employee_code, ()), field, refusals)
        _check_items(ask, one, components, field, refusals)
    refusals.raise_if_any()


def _check_employed(
    ask: OpenPayrollRun, one: NamedToPay, agreements: Sequence[PayAgreement], field: str, refusals: Refusals
) -> None:
    held = [
        other for other in agreements if other.pay_group_code == ask.pay_group_code and _holds(other, ask)
    ]
    stays = [other.code for other in agreements if (other.valid_to or date.max) > ask.ends_on]
    if not held:
        days = f"from {ask.starts_on} to {ask.ends_on}"
        why = f"{one.employee_code} has no agreement of {ask.pay_group_code} {days}"
        refusals.add(f"{field}.employee_code", why)
    elif ask.kind is RunKind.FINAL and stays:
        why = f"{one.employee_code} does not leave by {ask.ends_on}: agreement {stays[-1]} goes on"
        refusals.add(f"{field}.employee_code", why)


def _holds(agreement: PayAgreement, ask: OpenPayrollRun) -> bool:
    """Whether it holds on some day of the period."""
    return agreement.valid_from <= ask.ends_on and (agreement.valid_to or date.max) >= ask.starts_on


def _check_items(
    ask: OpenPayrollRun, one: NamedToPay, components: Collection[str], field: str, refusals: Refusals
) -> None:
    if ask.kind is RunKind.FINAL:
        if one.items:
            refusals.add(
                f"{field}.items", "the agreement says what is paid: name it there, or pay it off-cycle"
            )
        return
    if not one.items:
        refusals.add(f"{field}.items", "say what is paid off-cycle")
    for place, item in enumerate(one.items):
        if item.component not in components:
            why = f"there is no component {item.component} of the group's country; create it first"
            refusals.add(f"{field}.items.{place}.component", why)


def regular_payslip(
    person: PersonToPay,
    run: PayrollRunKept,
    catalogue: ComponentCatalogue,
    closed: Sequence[ClosedPayslip],
    fingerprints: Fingerprints,
) -> PayslipKept:
    """What the agreements say, with what `closed` periods should have come to. Refuses: as `payslip_of`."""
    earlier = earlier_periods(person, run, catalogue, closed)
    computed_from = fingerprints.of(agreements_in(person, run), run)
    return payslip_of(person, run, catalogue, pack_of(run.country), earlier, computed_from)


def off_cycle_payslip(
    person: PersonToPay,
    run: PayrollRunKept,
    catalogue: ComponentCatalogue,
    asked: Sequence[Mapping[str, Any]],
) -> PayslipKept:
    """What was asked for, as the payslip's row keeps it, and nothing else of the agreements of the period: by
    the last of them. Closed periods are for regular payslips to compute again. Refuses: as `payslip_of`.
    """
    items = tuple(PayItemAsked.model_validate(one) for one in asked)
    held = [one.code for one in agreements_in(person, run)]
    agreements = [
        one.model_copy(update={"items": items if one.code == held[-1] else ()}) if one.code in held else one
        for one in person.agreements
    ]
    return payslip_of(replace(person, agreements=agreements), run, catalogue, pack_of(run.country))
