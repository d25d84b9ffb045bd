"""Payslips of a payroll run: computed, and posted, few in one transaction and each for itself."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import structlog
from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import text

from activities.ledger.posting import check_not_reversed, post, reverse, tells_wages
from activities.payroll.earlier import closed_periods
from activities.payroll.wages import wages_owed
from domains.ledger.messages import Document, DocumentReversed
from domains.ledger.rules.reversals import StandsOnIt
from domains.master_data.calendars import holidays
from domains.payroll.messages.payslips import PayslipLine, PayslipPerson
from domains.payroll.messages.runs import (
    CalculatePayslips,
    PayslipKind,
    PayslipReversedEvent,
    PayslipsDone,
    PayslipsPostedEvent,
    PayslipStatus,
    PostPayslips,
    ReversePayslip,
)
from domains.payroll.queries import runs as queries
from domains.payroll.queries.absences import unpaid_days
from domains.payroll.queries.net_pay import loans_of, orders_of, paid_before
from domains.payroll.queries.records import agreements_until_last_day, last_days, pay_components, pay_group
from domains.payroll.rules import payslip_entries
from domains.payroll.rules import payslips as rules
from domains.payroll.rules.deductions import NOTHING_BEFORE
from domains.payroll.rules.earlier_periods import Fingerprints
from domains.payroll.rules.off_cycle import off_cycle_payslip, regular_payslip
from domains.payroll.rules.payslip_inputs import NO_YEAR, PersonToPay, Sums
from domains.payroll.rules.payslip_refusals import NotPosted, no_fault_of_others, refused_by_database
from domains.payroll.rules.payslips import PayslipKept
from domains.payroll.rules.records import catalogue_of
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.tables import PayslipRow, YearToDateRow
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.runtime.failures import is_outage, kind_of
from foundation.values.errors import BusinessError, NotFound

log = structlog.get_logger()

KIND = "payslip"
# Whoever pays what payslips leave to be paid asks for it, and does not know payroll.
tells_wages(wages_owed)
_ONE_AT_A_TIME = text(
    "SELECT payroll.lock_agreements(code) FROM unnest(CAST(:employees AS text[])) AS p (code)"
)
_KEEP = text(
    """
    UPDATE payroll.payslip p
    SET status = c.status, held_because = c.held_because, held_reason = c.held_reason,
        gross_amount = c.gross_amount, deducted_amount = c.deducted_amount, net_amount = c.net_amount,
        employer_amount = c.employer_amount, content_hash = c.content_hash, based_on = c.based_on,
        computed_from = c.computed_from, corrects = c.corrects, lines = c.lines, added = c.added,
        paid_to = c.paid_to, person = c.person
    FROM jsonb_to_recordset(CAST(:payslips AS jsonb)) AS c (id uuid, status text, held_because text,
        held_reason text, gross_amount numeric, deducted_amount numeric, net_amount numeric,
        employer_amount numeric, content_hash text, based_on text, computed_from text,
        corrects jsonb, lines jsonb, added jsonb, paid_to jsonb,
        person jsonb)
    WHERE p.id = c.id
    """
)
_DONE = text(
    """
    UPDATE payroll.payslip p
    SET status = c.status, held_because = c.held_because, held_reason = c.held_reason,
        posted_at = CASE WHEN c.status = 'posted' THEN now() END
    FROM jsonb_to_recordset(CAST(:payslips AS jsonb))
        AS c (id uuid, status text, held_because text, held_reason text)
    WHERE p.id = c.id
    """
)


@operation("payroll.calculate_payslips")
async def calculate_payslips(tx: Transaction, ask: CalculatePayslips) -> PayslipsDone:
    """Compute what some people are paid. One that cannot be is held, with the refusal's name and words, and
    keeps nobody else waiting. Those that do not wait for it stay as they are. Refuses: NotFound.
    """
    run = await queries.run_facts(tx, ask.payroll_run_id)
    rows = [
        row
        for row in await queries.locked_payslips(tx, ask.payslip_ids)
        if row.status == PayslipStatus.OPEN.value
    ]
    people = await _people(tx, run, [row.employee_code for row in rows])
    elsewhere = await queries.paid_elsewhere(tx, run, people)
    catalogue = catalogue_of(await pay_components(tx, run.country), run.country)
    fingerprints = Fingerprints(catalogue)
    is_regular = run.payslip_kind is PayslipKind.REGULAR
    closed = await closed_periods(tx, run, people, fingerprints) if is_regular else {}
    kept = []
    for row in rows:
        person = people[row.employee_code]
        try:
            rules.check_paid_here(row.employee_code, elsewhere.get(row.employee_code))
            if is_regular:
                paid = closed.get(row.employee_code, ())
                payslip = regular_payslip(person, run, catalogue, paid, fingerprints)
            else:
                payslip = off_cycle_payslip(person, run, catalogue, row.asked_items)
        except BusinessError as refusal:
            kept.append(_held(row, refusal) | _NOTHING)
        except Exception as defect:  # One person's is no other's.
            kept.append(_held(row, _defect(row, defect, no_fault_of_others)) | _NOTHING)
        else:
            kept.append(_calculated(row, payslip))
    if ask.one_by_one:
        kept = [await _kept_apart(tx, row, one) for row, one in zip(rows, kept, strict=True)]
    else:
        await _keep(tx, kept)
    held = sum(one["status"] == PayslipStatus.HELD.value for one in kept)
    return PayslipsDone(payroll_run_id=run.id, done=len(kept) - held, held=held)


async def _keep(tx: Transaction, kept: Sequence[Mapping[str, Any]]) -> None:
    await tx.execute(_KEEP, {"payslips": to_json(kept).decode()})


async def _kept_apart(tx: Transaction, row: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """The payslip as it is kept: held, when the database does not take it."""
    try:
        async with tx.savepoint():
            await _keep(tx, [kept])
    except Exception as failure:
        kept = _held(row, _defect(row, failure, refused_by_database)) | _NOTHING
        await _keep(tx, [kept])
    return kept


def _defect(row: Any, failure: Exception, named: Callable[[str], BusinessError]) -> BusinessError:
    """Why somebody is held for what is no refusal. Raises outages, which are nobody's own.

    What failed may say an amount: it is logged by its kind and where it was raised.
    """
    kind = kind_of(failure)
    if is_outage(kind):
        raise failure
    at = traceback.extract_tb(failure.__traceback__)[-1]
    log.error("a payslip could not be done", payslip=row.number, failure=kind, at=f"{at.name}, {at.lineno}")
    return named(kind)


async def _people(tx: Transaction, run: PayrollRunKept, codes: Sequence[str]) -> Mapping[str, PersonToPay]:
    """What payslips of these people are computed from. Another run that pays one of them waits."""
    await tx.execute(_ONE_AT_A_TIME, {"employees": sorted(codes)})
    agreements = await agreements_until_last_day(tx, codes)
    year = run.paid_on.year
    sums = await queries.sums_of(tx, codes, (year, year - 1, NO_YEAR), run.paid_on)
    group = await pay_group(tx, run.pay_group_code)
    calendar = group.holiday_calendar_code if group else None
    # Closed periods of the year may be computed again, with their own days.
    days_off = await holidays(tx, calendar, date(year - 1, 1, 1), run.ends_on)
    unpaid = await unpaid_days(tx, codes, run.ends_on)
    loans, orders = await loans_of(tx, codes), await orders_of(tx, codes)
    before = await paid_before(tx, run, codes) if loans or orders else {}
    last = await last_days(tx, codes, run.ends_on)
    return {
        code: PersonToPay(
            code,
            [one for one in agreements if one.employee_code == code],
            sums.get(code, []),
            days_off,
            unpaid.get(code, []),
            loans.get(code, []),
            orders.get(code, []),
            before.get(code, NOTHING_BEFORE),
            last.get(code),
        )
        for code in codes
    }


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("gross_amount", "deducted_amount", "net_amount", "employer_amount"), 0),
    "content_hash": "",
    "based_on": "",
    "computed_from": "",
    "corrects": [],
    "lines": [],
    "added": [],
    "paid_to": [],
    "person": {},
}


def _held(row: Any, refusal: BusinessError) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": PayslipStatus.HELD.value,
        "held_because": refusal.type_name(),
        "held_reason": refusal.detail,
    }


def _calculated(row: Any, payslip: PayslipKept) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": PayslipStatus.CALCULATED.value,
        "held_because": "",
        "held_reason": "",
        "gross_amount": payslip.gross,
        "deducted_amount": payslip.gross - payslip.net,
        "net_amount": payslip.net,
        "employer_amount": payslip.employer_owes,
        "content_hash": payslip.content_hash,
        "based_on": payslip.based_on,
        "computed_from": payslip.computed_from,
        "corrects": [day.isoformat() for day in payslip.corrects],
        "lines": [to_jsonable_python(line) for line in payslip.lines],
        "added": [to_jsonable_python(one._asdict()) for one in payslip.added],
        "paid_to": [to_jsonable_python(one) for one in payslip.paid_to],
        "person": to_jsonable_python(payslip.person),
    }


@operation("payroll.post_payslips", event=PayslipsPostedEvent)
async def post_payslips(tx: Transaction, ask: PostPayslips) -> PayslipsDone:
    """Post what some people are paid, each for themselves, as it was approved: costs by component and cost
    centre, what is owed to authorities and others, and the net pay as an open item of the person. One that
    cannot be posted is held, and keeps nobody else waiting. Refuses: NotFound.
    """
    run = await queries.run_facts(tx, ask.payroll_run_id)
    rows = [
        row
        for row in await queries.locked_payslips(tx, ask.payslip_ids)
        if row.status == PayslipStatus.CALCULATED.value
    ]
    people = await _people(tx, run, [row.employee_code for row in rows])
    done = []
    for row in rows:
        person = people[row.employee_code]
        try:
            rules.check_based_on(row.based_on, person)
            if ask.one_by_one:
                await tx.try_to_write(partial(_post, tx, run, row))
            await _post(tx, run, row)
        except BusinessError as refusal:
            done.append(_held(row, refusal))
        except Exception as failure:
            if not ask.one_by_one:
                raise
            done.append(_held(row, _defect(row, failure, refused_by_database)))
        else:
            posted = {"status": PayslipStatus.POSTED.value, "held_because": "", "held_reason": ""}
            done.append({"id": row.id} | posted)
    await tx.execute(_DONE, {"payslips": to_json(done).decode()})
    held = sum(one["status"] == PayslipStatus.HELD.value for one in done)
    return PayslipsDone(payroll_run_id=run.id, done=len(done) - held, held=held)


async def _post(tx: Transaction, run: PayrollRunKept, row: Any) -> None:
    """What one payslip posts, and adds to the year, is collected."""
    lines = payslip_entries.entry_lines(
        [PayslipLine.model_validate(line) for line in row.lines],
        row.employee_code,
        row.net_amount,
        currency=run.currency,
        shares=PayslipPerson.model_validate(row.person).cost_centres,
        due_on=run.paid_on,
    )
    added = [_year_row(row, Sums(**one)) for one in row.added]
    await post(tx, Document(KIND, row.id, row.number), run.paid_on, lines, text=f"Pay {row.number}")
    if added:
        write_document(tx, {YearToDateRow: added})


@operation("payroll.reverse_payslip", event=PayslipReversedEvent)
async def reverse_payslip(tx: Transaction, reverse_: ReversePayslip) -> DocumentReversed:
    """Take a posted payslip back: what it posted, and what it added up. The last of a person goes first.

    Refuses: NotFound, NotPosted, ReversedAlready; StandsOnIt, naming a payslip of the person that was posted
    since, or what has paid it; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    (row,) = await queries.locked_payslips(tx, [reverse_.payslip_id]) or (None,)
    if row is None:
        raise NotFound(f"there is no payslip {reverse_.payslip_id}")
    await tx.execute(_ONE_AT_A_TIME, {"employees": [row.employee_code]})
    await check_not_reversed(tx, KIND, row.id, row.number)
    if row.status != PayslipStatus.POSTED.value:
        raise NotPosted(f"payslip {row.number} is {row.status}: there is nothing to take back")
    if later := await queries.payslip_posted_since(tx, row.id):
        raise StandsOnIt(f"{row.number}: payslip {later} was computed with it; take that back first")
    done = await reverse(
        tx,
        KIND,
        row.id,
        reversal_id=reverse_.reversal_id,
        on=reverse_.reversed_on,
        reason=reverse_.reason,
        number=row.number,
        posted_on=row.paid_on,
    )
    await tx.update(PayslipRow, row.id, status=PayslipStatus.REVERSED.value)
    return done


def _year_row(row: Any, sums: Sums) -> dict[str, Any]:
    return {
        "payslip_id": row.id,
        "name": sums.name,
        "employee_code": row.employee_code,
        "year": sums.year,
        "amount": sums.amount,
    }
