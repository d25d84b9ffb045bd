"""Payroll runs: opened, edited, submitted for approval, cancelled; and their payslips."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.payroll import payslips as operations
from activities.payroll import printing, runs
from api import prints, processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payroll.messages.exceptions import PayExceptionView
from domains.payroll.messages.runs import (
    EditPayrollRun,
    OpenPayrollRun,
    PayrollEditAsked,
    PayrollRunAsked,
    PayrollRunCancellation,
    PayrollRunEdited,
    PayrollSubmissionAsked,
    ReversePayslip,
    SubmitPayrollRun,
)
from domains.payroll.queries import runs as queries
from domains.payroll.queries.exceptions import run_exceptions
from domains.payroll.queries.runs import PayrollRunView, PayslipView
from foundation.values.messages import Stage

router = Router(prefix="/v1/payroll-runs", tags=["Payroll"])
payslips = Router(prefix="/v1/payslips", tags=["Payroll"], notes_reads=True)

READ, OPEN = allows("payroll.run.see"), allows("payroll.run.open")
EXAMPLES: dict[str, Any] = {
    "month": {
        "summary": "All of a group, for a month",
        "value": {
            "pay_group": "STAFF",
            "starts_on": "2026-03-01",
            "ends_on": "2026-03-31",
            "paid_on": "2026-03-31",
        },
    },
}
EXAMPLES |= {
    "bonus": {
        "summary": "A bonus for two people, before the regular run of the month",
        "value": {
            "pay_group": "STAFF",
            "kind": "off_cycle",
            "starts_on": "2026-03-01",
            "ends_on": "2026-03-31",
            "paid_on": "2026-03-10",
            "people": [
                {"employee_code": "E-1007", "items": [{"component": "bonus", "amount": "1500.00"}]},
                {"employee_code": "E-1012", "items": [{"component": "bonus", "amount": "800.00"}]},
            ],
        },
    },
    "leaver": {
        "summary": "Somebody who leaves in the month is paid to the last day",
        "value": {
            "pay_group": "STAFF",
            "kind": "final",
            "starts_on": "2026-03-01",
            "ends_on": "2026-03-31",
            "paid_on": "2026-03-13",
            "people": [{"employee_code": "E-1020"}],
        },
    },
}
EDITS: dict[str, Any] = {
    "mended": {
        "summary": "One is computed again, one is paid by another run",
        "value": {"version": 2, "calculate_again": ["E-1007"], "leave_out": ["E-1012"]},
    },
}


@router.post("", status_code=201, dependencies=[OPEN])
async def open_run(
    wanted: Annotated[PayrollRunAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> PayrollRunView:
    """Open the run of a group for a period: everybody with an agreement in it gets a payslip. They are
    computed next; the run is looked at again until it has totals. Twice with the same key is once.
    """
    run_id = asked.new_id("payroll-run")
    command = OpenPayrollRun(
        run_id=run_id,
        pay_group_code=wanted.pay_group,
        kind=wanted.kind,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        paid_on=wanted.paid_on or wanted.ends_on,
        opened_by=asked.caller.actor,
        people=wanted.people,
    )
    start = processes.Start(
        name="payroll_run",
        document_id=run_id,
        command=command,
        answer_type=Stage,
        summary=f"Payroll of {wanted.pay_group} for {wanted.starts_on} to {wanted.ends_on}",
        first=(runs.open_payroll_run, command),
    )
    await processes.start(asked, start)
    return await _view(asked, run_id)


add_list(router, queries.PAYROLL_RUNS, READ)


@router.get("/{run_id}", dependencies=[READ])
async def one_payroll_run(run_id: UUID, asked: Asked) -> PayrollRunView:
    """One payroll run, and what it comes to. Its payslips are at `/v1/payslips?run=`."""
    return await _view(asked, run_id)


@router.post("/{run_id}/edits", dependencies=[OPEN])
async def edit_run(
    run_id: UUID, wanted: Annotated[PayrollEditAsked, Body(openapi_examples=EDITS)], asked: Asked
) -> PayrollRunEdited:
    """Leave people out, put them in again, or have them computed again, and no others, before the run is
    submitted. Only whoever has opened it may, for nobody approves what he has chosen.
    """
    command = EditPayrollRun(
        **dict(wanted), run_id=run_id, edit_id=asked.new_id("payroll-run-edit", of=run_id)
    )
    return await processes.command(asked, process_of(asked, run_id), "edit", command, PayrollRunEdited)


@router.post("/{run_id}/submission", dependencies=[OPEN])
async def submit_run(run_id: UUID, wanted: PayrollSubmissionAsked, asked: Asked) -> PayrollRunView:
    """Ask for the approval of the run as it was read. Two persons decide, at `/v1/approvals`."""
    command = SubmitPayrollRun(run_id=run_id, version=wanted.version)
    await processes.command(asked, process_of(asked, run_id), "submit", command, Stage)
    return await _view(asked, run_id)


@router.post("/{run_id}/cancellation", dependencies=[allows("payroll.run.cancel")])
async def cancel_run(run_id: UUID, why: PayrollRunCancellation, asked: Asked) -> PayrollRunView:
    """Nobody is paid by it: there may be another for the period. Not once it is released."""
    await processes.command(asked, process_of(asked, run_id), "cancel", why, Stage)
    return await _view(asked, run_id)


async def _view(asked: AskedRequest, run_id: UUID) -> PayrollRunView:
    async with asked.read() as tx:
        return await queries.payroll_run(tx, run_id)


def process_of(asked: AskedRequest, run_id: UUID) -> str:
    """The process that looks after a payroll run."""
    return processes.process_id_of(asked, "payroll_run", run_id)


SEE = allows("payroll.payslip.see")
add_list(payslips, queries.PAYSLIPS, SEE)


@payslips.get("/{payslip_id}", dependencies=[SEE])
async def one_payslip(payslip_id: UUID, asked: Asked) -> PayslipView:
    """One payslip: every line with its rule, and the steps to it."""
    async with asked.read() as tx:
        return await queries.payslip(tx, payslip_id)


@payslips.get("/{payslip_id}/pdf", dependencies=[SEE], **prints.PDF)
async def payslip_pdf(payslip_id: UUID, asked: Asked) -> Response:
    """The payslip to hand out, once it is posted, in the person's language: printed once, the same ever
    after, also when the payslip is taken back.
    """
    return await prints.shown(asked, printing.print_payslip, operations.KIND, payslip_id)


@payslips.post("/{payslip_id}/reversal", status_code=201, dependencies=[allows("payroll.payslip.reverse")])
async def reverse_payslip(payslip_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a posted payslip back, the last of a person first: the person is to be paid again, by a correction
    of the period. What was paid of it is taken back before.
    """
    command = ReversePayslip(
        payslip_id=payslip_id, **await reversing.reversal(asked, operations.KIND, payslip_id, why)
    )
    return await asked.run(operations.reverse_payslip, command)


looked_at = Router(prefix="/v1/payroll-exceptions", tags=["Payroll"], notes_reads=True)


@looked_at.get("", dependencies=[SEE])
async def payroll_exceptions(run: UUID, asked: Asked) -> list[PayExceptionView]:
    """What to look at before a run is approved: who is held and why, who is paid for the first time or not
    any more, whose pay differs from the last payslip by more than the group allows, and who gets less than
    its minimum wage. As the run stands now.
    """
    async with asked.read() as tx:
        return await run_exceptions(tx, run)


routers = [router, payslips, looked_at]
