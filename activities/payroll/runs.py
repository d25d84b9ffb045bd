"""Payroll runs: opened, edited, submitted, released and sealed, or cancelled before that."""

from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, text

from activities.ledger.posting import check_planned
from domains.ledger.messages import PlannedEntry
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.payroll.messages import runs as messages
from domains.payroll.messages.records import PayAgreement, PutPayGroup
from domains.payroll.messages.runs import PayrollRole, PayrollRunStatus, PayslipKind, PayslipStatus
from domains.payroll.queries import runs as queries
from domains.payroll.queries.records import (
    agreements_until_last_day,
    pay_components,
    pay_group,
    people_to_pay,
)
from domains.payroll.rules import off_cycle
from domains.payroll.rules import runs as rules
from domains.payroll.rules.payslip_refusals import NotComputed, NotPostedWithItsRun
from domains.payroll.rules.runs import OtherRun
from domains.payroll.tables import PayrollRunRow, PayslipRow
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.errors import BusinessError, NotFound

_RUN = bindparam("run", type_=Uuid)
# Two who open a run at once would both see the period free, and one of them would fail by the index.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('payroll runs of ' || foundation.current_company(), 0))"
)
_OF_PERIOD = text(
    """
    SELECT number, kind, status, frequency, starts_on, ends_on FROM payroll.payroll_run
    WHERE pay_group_code = :group AND status <> 'cancelled' AND kind IN ('regular', 'correction')
        AND daterange(starts_on, ends_on, '[]') && daterange(:starts_on, :ends_on, '[]')
    ORDER BY opened_at
    """
)
_NAMES = text(
    "SELECT code, name FROM master_data.party WHERE type = 'employee' AND code = ANY (CAST(:codes AS text[]))"
)
_CHANGE = text(
    """
    UPDATE payroll.payslip p SET status = c.status, held_because = '', held_reason = ''
    FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS c (id uuid, status text)
    WHERE p.run_id = :run AND p.id = c.id
    """
).bindparams(_RUN)
_HOLD = text(
    """
    UPDATE payroll.payslip SET status = 'held', held_because = :because, held_reason = :reason
    WHERE run_id = :run AND status = :status
    """
).bindparams(_RUN)
_WITHDRAW = text(
    """
    UPDATE payroll.payslip SET status = 'withdrawn', held_because = '', held_reason = ''
    WHERE run_id = :run AND status IN ('open', 'calculated', 'held', 'left_out')
    """
).bindparams(_RUN)


@operation("payroll.open_payroll_run", event=messages.PayrollRunOpenedEvent)
async def open_payroll_run(tx: Transaction, ask: messages.OpenPayrollRun) -> messages.PayrollRunOpened:
    """Open a run: everybody with an agreement of the group in the period, or who is named, gets a payslip, to
    be computed.

    Refuses: NotFound; Invalid, also when the country's law of the year is not known; PeriodHasRun,
    PeriodNotOfFrequency, NoRunToCorrect, NobodyToPay; TooFarAhead, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    await tx.execute(_ONE_AT_A_TIME)
    group = await pay_group(tx, ask.pay_group_code)
    rules.check_opening(ask, group)
    if group is None:
        raise NotFound(f"there is no pay group {ask.pay_group_code}")
    days = {"starts_on": ask.starts_on, "ends_on": ask.ends_on}
    others = [OtherRun(**row._asdict()) for row in await tx.execute(_OF_PERIOD, days | {"group": group.code})]
    frequency = rules.frequency_of(ask, group, others)
    planned = PlannedEntry(posted_on=ask.paid_on, roles=tuple(role.value for role in PayrollRole))
    await check_planned(tx, [planned])
    people = await _people(tx, ask, group)
    if not people:
        why = f"nobody of {group.code} is to be paid for these days"
        raise rules.NobodyToPay(f"starts_on: {why}", errors=[("starts_on", why)])
    company = await master_data.company(tx)
    number = tx.closing.sequence_number("PY", "payroll.payroll_run_number")
    head = ask.model_dump(exclude={"run_id", "people"}) | {
        "id": ask.run_id,
        "number": number,
        "status": PayrollRunStatus.OPEN.value,
        "kind": ask.kind.value,
        "country": group.country,
        "frequency": frequency.value,
        "currency": company.currency,
    }
    write_document(tx, {PayrollRunRow: head})
    names = {row.code: row.name for row in await tx.execute(_NAMES, {"codes": people})}
    items = {one.employee_code: [item.model_dump(mode="json") for item in one.items] for one in ask.people}
    write_document(
        tx, {PayslipRow: [_payslip(ask, head, code, names[code], items.get(code, [])) for code in people]}
    )
    return messages.PayrollRunOpened(
        run_id=ask.run_id, run_number=number, currency=company.currency, people=len(people)
    )


async def _people(tx: Transaction, ask: messages.OpenPayrollRun, group: PutPayGroup) -> list[str]:
    """Whom the run pays: who is named, or everybody who is to be paid. Refuses: Invalid."""
    agreements: dict[str, list[PayAgreement]] = {}
    for one in await agreements_until_last_day(tx, [one.employee_code for one in ask.people]):
        agreements.setdefault(one.employee_code, []).append(one)
    components = [one.code for one in await pay_components(tx, group.country)]
    off_cycle.check_named(ask, agreements, components)
    if ask.people:
        return sorted(one.employee_code for one in ask.people)
    return await people_to_pay(tx, group.code, starts_on=ask.starts_on, ends_on=ask.ends_on)


def _payslip(
    ask: messages.OpenPayrollRun, head: dict[str, Any], code: str, name: str, items: list[Any]
) -> dict[str, Any]:
    return {
        "id": uuid5(ask.run_id, f"payslip of {code}"),
        "run_id": ask.run_id,
        "number": f"{head['number']}-{code}",
        "kind": (PayslipKind.OFF_CYCLE if items else PayslipKind.REGULAR).value,
        "asked_items": items,
        "employee_code": code,
        "employee_name": name,
        "starts_on": ask.starts_on,
        "ends_on": ask.ends_on,
        "paid_on": ask.paid_on,
        "currency": head["currency"],
        "status": PayslipStatus.OPEN.value,
    }


@operation("payroll.list_payslips")
async def list_payslips(tx: Transaction, ask: messages.ListPayslips) -> Listed:
    """List some payslips of a run that stand so, few together: one item is done in one transaction. What one
    step lists, one worker works through, so that several work at the same time.
    """
    found = await queries.payslips_behind(
        tx, ask.payroll_run_id, ask.status, behind=ask.last, most=messages.LISTED_AT_ONCE
    )
    items = [
        ListedItem(
            name=f"{ask.items + number}",
            body={"payroll_run_id": ask.payroll_run_id, "payslip_ids": [one.id for one in some]},
            party=some[-1].employee_code,
        )
        for number, place in enumerate(range(0, len(found), messages.AT_ONCE), start=1)
        if (some := found[place : place + messages.AT_ONCE])
    ]
    return await add_items(tx, ask, items, is_all=len(found) < messages.LISTED_AT_ONCE)


@operation("payroll.total_payroll_run")
async def total_payroll_run(tx: Transaction, total: messages.TotalPayrollRun) -> messages.PayrollRunTotals:
    """Add up what was computed: the run has another version then. What was given up is held.

    Refuses: NotFound.
    """
    run = await queries.locked_run(tx, total.run_id)
    given_up = NotComputed("it was not computed: have it computed again")
    await _hold(tx, run.id, PayslipStatus.OPEN, given_up)
    payslips = await queries.payslip_totals(tx, run.id)
    totals = rules.totals(run, payslips, version=run.version + 1)
    changed = totals.model_dump(include={"version", "content_hash", "people"})
    await tx.update(PayrollRunRow, run.id, **changed, **rules.amounts(payslips))
    return totals


@operation("payroll.edit_payroll_run")
async def edit_payroll_run(tx: Transaction, edit: messages.EditPayrollRun) -> messages.PayrollRunEdited:
    """Leave people out of a run that is not submitted, put them in again, or have them computed again.

    Refuses: NotFound; PayrollSubmitted, PayrollChanged, NotWhoOpened; Invalid, naming each person of whom it
    cannot be.
    """
    run = await queries.locked_run(tx, edit.run_id)
    becomes = rules.edited(run, edit, await queries.payslip_totals(tx, run.id))
    changes = [{"id": payslip, "status": status.value} for payslip, status in becomes.items()]
    await tx.execute(_CHANGE, {"run": run.id, "changes": to_json(changes).decode()})
    to_calculate = sum(status is PayslipStatus.OPEN for status in becomes.values())
    return messages.PayrollRunEdited(run_id=run.id, to_calculate=to_calculate)


@operation("payroll.submit_payroll_run", event=messages.PayrollRunSubmittedEvent)
async def submit_payroll_run(
    tx: Transaction, submit: messages.SubmitPayrollRun
) -> messages.PayrollRunChanged:
    """The run is as it is to be paid, and waits for its approvals.

    Refuses: NotFound, PayrollSubmitted, PayrollChanged, NobodyToPay.
    """
    run = await queries.locked_run(tx, submit.run_id)
    rules.check_is_open(run)
    rules.check_version(run.number, run.version, read=submit.version)
    rules.check_pays(rules.totals(run, await queries.payslip_totals(tx, run.id), version=run.version))
    await tx.update(PayrollRunRow, run.id, status=PayrollRunStatus.SUBMITTED.value)
    return messages.PayrollRunChanged(run_id=run.id, run_number=run.number, status=PayrollRunStatus.SUBMITTED)


@operation("payroll.cancel_payroll_run", event=messages.PayrollRunCancelledEvent)
async def cancel_payroll_run(
    tx: Transaction, cancel: messages.CancelPayrollRun
) -> messages.PayrollRunChanged:
    """Nobody is paid by the run: there may be another for the period. Does nothing when there is no such run.

    Refuses: PayrollReleased.
    """
    run = await queries.run_to_cancel(tx, cancel.run_id)
    if run is None:
        return messages.PayrollRunChanged(run_id=cancel.run_id)
    rules.check_cancellation(run)
    await tx.execute(_WITHDRAW, {"run": run.id})
    status = PayrollRunStatus.CANCELLED
    await tx.update(PayrollRunRow, run.id, status=status.value, reason=cancel.reason)
    return messages.PayrollRunChanged(run_id=run.id, run_number=run.number, status=status)


@operation("payroll.release_payroll_run", event=messages.PayrollRunReleasedEvent)
async def release_payroll_run(
    tx: Transaction, release: messages.ReleasePayrollRun
) -> messages.PayrollRunReleased:
    """The run is posted as it was approved.

    Refuses: NotFound, NotTheApproved; NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor.
    """
    run = await queries.locked_run(tx, release.run_id)
    payslips = await queries.payslip_totals(tx, run.id)
    rules.check_release(run, release.content_hash, rules.content_hash(run, payslips))
    planned = PlannedEntry(posted_on=run.paid_on, roles=tuple(role.value for role in PayrollRole))
    await check_planned(tx, [planned])
    company, group = await master_data.company(tx), await pay_group(tx, run.pay_group_code)
    await tx.update(
        PayrollRunRow,
        run.id,
        status=PayrollRunStatus.RELEASED.value,
        company=letterhead.sender(company, run.currency).model_dump(mode="json"),
        pay_group_name=group.name if group else run.pay_group_code,
    )
    people = sum(one.status is PayslipStatus.CALCULATED for one in payslips)
    return messages.PayrollRunReleased(run_id=run.id, run_number=run.number, people=people)


@operation("payroll.seal_payroll_run", event=messages.PayrollRunSealedEvent)
async def seal_payroll_run(tx: Transaction, seal: messages.SealPayrollRun) -> messages.PayrollRunSealed:
    """The run is as it was posted: what is held, or was given up, is for another run. Refuses: NotFound."""
    run = await queries.locked_run(tx, seal.run_id)
    given_up = NotPostedWithItsRun("it was not posted: pay the person by a correction of the period")
    await _hold(tx, run.id, PayslipStatus.CALCULATED, given_up)
    payslips = await queries.payslip_totals(tx, run.id)
    totals = rules.totals(run, payslips, version=run.version)
    status = PayrollRunStatus.SEALED.value
    await tx.update(PayrollRunRow, run.id, status=status, people=totals.people, **rules.amounts(payslips))
    return messages.PayrollRunSealed(
        run_id=run.id, run_number=run.number, people=totals.people, held=totals.held
    )


async def _hold(tx: Transaction, run_id: UUID, status: PayslipStatus, why: BusinessError) -> None:
    """Nobody waits for payslips that an operator has gone on without."""
    held = {"run": run_id, "status": status.value, "because": why.type_name(), "reason": why.detail}
    await tx.execute(_HOLD, held)
