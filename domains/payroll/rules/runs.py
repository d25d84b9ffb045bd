"""What may be done with a payroll run, and what of it is paid when it is released."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domains.payroll import countries
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.messages.records import PutPayGroup
from domains.payroll.messages.runs import (
    EditPayrollRun,
    OpenPayrollRun,
    PayrollRunStatus,
    PayrollRunTotals,
    PayslipKind,
    PayslipStatus,
    RunKind,
)
from domains.payroll.rules import pay_periods
from foundation.values.errors import BusinessError, Forbidden, Refusals
from foundation.values.money import ZERO

MOST_DAYS = 366


class NobodyToPay(BusinessError):
    """Nobody has an agreement in the period, or nobody is left in the run whose payslip was computed."""


class PeriodHasRun(BusinessError):
    """The group has a run for this period: people are paid once for it."""

    status = 409


class PeriodNotOfFrequency(BusinessError):
    """The days of a run are not as long as its group is often paid: what is agreed is for a whole period."""


class NoRunToCorrect(BusinessError):
    """A correction is of a period for which the group has a regular run."""

    status = 409


class StillCalculating(BusinessError):
    """Payslips of the run are being computed; what it comes to is not known yet."""

    status = 409


class PayrollSubmitted(BusinessError):
    """The run waits for its approvals, or has passed them: it is not edited any more."""

    status = 409


class PayrollChanged(BusinessError):
    """The run is at another version than was read: read it again."""

    status = 409


class PayrollReleased(BusinessError):
    """The run is released: it is not cancelled any more, only single payslips are taken back."""

    status = 409


class NotTheApproved(BusinessError):
    """What was approved is not what the run would pay now."""

    status = 409


class NotWhoOpened(Forbidden):
    """Whoever has not opened the run does not edit it."""


@dataclass(frozen=True)
class PayrollRunKept:
    """A run as it is kept; under its lock, where it is changed."""

    id: UUID
    number: str
    status: PayrollRunStatus
    version: int
    content_hash: str
    pay_group_code: str
    kind: str
    country: str
    frequency: str
    starts_on: date
    ends_on: date
    paid_on: date
    currency: str
    opened_by: str

    @property
    def payslip_kind(self) -> PayslipKind:
        """Of what kind its payslips are."""
        return PayslipKind.OFF_CYCLE if self.kind == RunKind.OFF_CYCLE else PayslipKind.REGULAR


class OtherRun(NamedTuple):
    """A run of the same group for some of the same days."""

    number: str
    kind: str
    status: str
    frequency: str
    starts_on: date
    ends_on: date


class PayslipTotals(NamedTuple):
    """A payslip as it counts in its run."""

    id: UUID
    employee_code: str
    status: PayslipStatus
    content_hash: str
    gross_amount: Decimal
    net_amount: Decimal
    employer_amount: Decimal


def check_opening(ask: OpenPayrollRun, group: PutPayGroup | None) -> None:
    """Refuses: Invalid, with every field that is wrong."""
    refusals = Refusals()
    if group is None:
        refusals.add("pay_group", f"there is no pay group {ask.pay_group_code}; create it first")
    elif group.blocked:
        refusals.add("pay_group", f"{ask.pay_group_code} is blocked")
    elif ask.paid_on.year not in countries.pack_of(group.country).years:
        known = ", ".join(map(str, sorted(countries.pack_of(group.country).years)))
        refusals.add("paid_on", f"the law of {group.country} is known for {known}, not {ask.paid_on.year}")
    if ask.paid_on < ask.starts_on:
        refusals.add("paid_on", f"is before the period begins, on {ask.starts_on}")
    if ask.ends_on < ask.starts_on:
        refusals.add("ends_on", "is before the period begins")
    elif (ask.ends_on - ask.starts_on).days >= MOST_DAYS:
        refusals.add("ends_on", f"a period has {MOST_DAYS} days at most")
    refusals.raise_if_any()


def frequency_of(ask: OpenPayrollRun, group: PutPayGroup, others: Sequence[OtherRun]) -> PayFrequency:
    """How often those of a run are paid: a group has one regular run for a period, as long as it is often
    paid; when that is sealed, corrections of just that period, one after the other, as often paid as it was.
    Runs of named people are of a whole period, too, and stand beside the others. `others` are none of these.

    Refuses: PeriodHasRun; PeriodNotOfFrequency; NoRunToCorrect.
    """
    if ask.kind is not RunKind.CORRECTION:
        if others and ask.kind is RunKind.REGULAR:
            why = f"{ask.pay_group_code} is paid for some of these days by {others[0].number}"
            raise _of_days(PeriodHasRun, why)
        _check_length(ask, group)
        return group.frequency
    same = [one for one in others if (one.starts_on, one.ends_on) == (ask.starts_on, ask.ends_on)]
    if not same:
        why = f"{ask.pay_group_code} has no run for just these days: open the regular one"
        raise _of_days(NoRunToCorrect, why)
    for one in others:
        if one.status != PayrollRunStatus.SEALED:
            why = f"run {one.number} is {one.status}: it is sealed or cancelled first"
            raise _of_days(PeriodHasRun, why)
    return PayFrequency(same[0].frequency)


def _of_days(refusal: type[BusinessError], why: str) -> BusinessError:
    return refusal(f"starts_on: {why}", errors=[("starts_on", why)])


def _check_length(ask: OpenPayrollRun, group: PutPayGroup) -> None:
    ends = pay_periods.ends_of(ask.starts_on, group.frequency)
    if ask.ends_on not in ends:
        days = " or ".join(map(str, ends))
        why = (
            f"{group.code} is paid {group.frequency}: from {ask.starts_on} on a period ends on {days}. "
            "Open all of it; who begins or leaves on a day between has an agreement of their days"
        )
        raise PeriodNotOfFrequency(f"ends_on: {why}", errors=[("ends_on", why)])


def content_hash(run: PayrollRunKept, payslips: Iterable[PayslipTotals]) -> str:
    """Of all that will be paid, as SHA-256: when, for which days, and of each person the hash of the payslip,
    which is of every line, of what is added up by it, and of where the money goes.
    """
    paid = sorted(
        (one.employee_code, one.content_hash) for one in payslips if one.status == PayslipStatus.CALCULATED
    )
    of_run = [run.pay_group_code, str(run.starts_on), str(run.ends_on), str(run.paid_on), run.currency]
    return hashlib.sha256(to_json([*of_run, paid])).hexdigest()


def totals(run: PayrollRunKept, payslips: Collection[PayslipTotals], *, version: int) -> PayrollRunTotals:
    """How many are paid by a run, and how many are not."""
    return PayrollRunTotals(
        run_id=run.id,
        run_number=run.number,
        version=version,
        content_hash=content_hash(run, payslips),
        people=len(_paid(payslips)),
        held=sum(one.status == PayslipStatus.HELD for one in payslips),
        left_out=sum(one.status == PayslipStatus.LEFT_OUT for one in payslips),
    )


def amounts(payslips: Iterable[PayslipTotals]) -> dict[str, Decimal]:
    """What a run comes to: gross, net, and what the employer owes beside them."""
    paid = _paid(payslips)
    return {
        "gross_amount": sum((one.gross_amount for one in paid), ZERO),
        "net_amount": sum((one.net_amount for one in paid), ZERO),
        "employer_amount": sum((one.employer_amount for one in paid), ZERO),
    }


def _paid(payslips: Iterable[PayslipTotals]) -> list[PayslipTotals]:
    # One that was taken back was paid by the run, too: it is another document that takes it back.
    return [
        one
        for one in payslips
        if one.status in (PayslipStatus.CALCULATED, PayslipStatus.POSTED, PayslipStatus.REVERSED)
    ]


def edited(
    run: PayrollRunKept, edit: EditPayrollRun, payslips: Iterable[PayslipTotals]
) -> dict[UUID, PayslipStatus]:
    """How payslips stand after an edit, of those that change: left out, or to be computed again.

    Refuses: PayrollSubmitted, PayrollChanged, NotWhoOpened; Invalid, naming each person of whom it cannot be.
    """
    check_is_open(run)
    check_version(run.number, run.version, read=edit.version)
    if edit.edited_by != run.opened_by:
        raise NotWhoOpened(f"run {run.number} was opened by {run.opened_by}: nobody else edits it")
    by_employee = {one.employee_code: one for one in payslips}
    counting = (PayslipStatus.CALCULATED, PayslipStatus.HELD)
    changes: dict[UUID, PayslipStatus] = {}
    refusals = Refusals()
    for field, codes, may_be, becomes in (
        ("leave_out", edit.leave_out, counting, PayslipStatus.LEFT_OUT),
        ("put_in", edit.put_in, (PayslipStatus.LEFT_OUT,), PayslipStatus.OPEN),
        ("calculate_again", edit.calculate_again, counting, PayslipStatus.OPEN),
    ):
        for place, code in enumerate(codes):
            payslip = by_employee.get(code)
            if payslip is None:
                refusals.add(f"{field}.{place}", f"{code} is not in run {run.number}")
            elif payslip.id in changes:
                refusals.add(f"{field}.{place}", f"{code} is named twice")
            elif payslip.status not in may_be:
                refusals.add(f"{field}.{place}", f"{code} is {payslip.status.value.replace('_', ' ')}")
            else:
                changes[payslip.id] = becomes
    if not changes and not refusals.errors:
        refusals.add("leave_out", "say who is left out, put in, or computed again")
    refusals.raise_if_any()
    return changes


def check_is_open(run: PayrollRunKept) -> None:
    """Refuses: PayrollSubmitted."""
    if run.status != PayrollRunStatus.OPEN:
        raise PayrollSubmitted(not_edited(run.number, run.status.value))


def check_version(number: str, version: int, *, read: int) -> None:
    """Refuses: PayrollChanged."""
    if read != version:
        why = f"run {number} is at version {version}, and not {read}: read it again"
        raise PayrollChanged(why, errors=[("version", why)])


def check_pays(totals: PayrollRunTotals) -> None:
    """Refuses: NobodyToPay."""
    if not totals.people:
        raise NobodyToPay(f"nobody is paid by run {totals.run_number}: there is nothing to approve")


def check_cancellation(run: PayrollRunKept) -> None:
    """Refuses: PayrollReleased."""
    if run.status in (PayrollRunStatus.RELEASED, PayrollRunStatus.SEALED):
        raise PayrollReleased(not_cancelled(run.number))


def check_release(run: PayrollRunKept, approved: str, now: str) -> None:
    """Refuses: NotTheApproved."""
    if run.status != PayrollRunStatus.SUBMITTED or approved != run.content_hash or approved != now:
        raise NotTheApproved(f"run {run.number} is not as it was approved: cancel it, and open another")


def not_edited(number: str, stands: str) -> str:
    """Why a run that is submitted is not edited, or submitted once more."""
    return f"run {number} is {stands}: it is not edited any more; cancel it, and open another"


def not_yet(number: str) -> str:
    """Why a run is not edited while it is computed."""
    return f"{number} is being computed: ask again when it is"


def not_cancelled(number: str) -> str:
    """Why a run that is released is not cancelled, and what to do instead."""
    return f"run {number} is released: take single payslips back instead"
