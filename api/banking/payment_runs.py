"""Payment runs: proposed, edited, submitted for approval, cancelled; and the file for the bank."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Path, Response

from activities.banking import payment_advices, payment_run_posting, payment_runs
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from api.prints import PDF
from domains.banking.messages.payment_runs import (
    EditPaymentRun,
    PaymentRunAsked,
    PaymentRunCancellation,
    PaymentRunEditAsked,
    PaymentRunKept,
    PaymentRunSubmissionAsked,
    ProposePaymentRun,
    SubmitPaymentRun,
)
from domains.banking.queries import payment_runs as queries
from domains.banking.queries.payment_advices import payment_numbered
from domains.banking.queries.payment_runs import PaymentRunView
from domains.banking.rules.wages import check_asked
from foundation.outbound import prints
from foundation.values.errors import NotFound
from foundation.values.messages import Stage

router = Router(prefix="/v1/payment-runs", tags=["Banking"])

READ, PROPOSE = allows("banking.payment_run.read"), allows("banking.payment_run.propose")
EXAMPLES: dict[str, Any] = {
    "weekly": {
        "summary": "All that falls due within a week, and discounts that yield 12 % a year",
        "value": {
            "bank_account": "GIRO",
            "pay_on": "2026-03-20",
            "due_until": "2026-03-27",
            "least_discount_yield_percent": "12",
        },
    },
    "wages": {
        "summary": "The net pay of a payroll run",
        "value": {
            "bank_account": "GIRO",
            "pay_on": "2026-03-31",
            "payroll_run_id": "6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11",
        },
    },
}
EDITS: dict[str, Any] = {
    "leave out": {
        "summary": "One invoice is not paid this time",
        "value": {"version": 1, "leave_out": ["6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11"]},
    },
}
FILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/xml": {}}}},
}


@router.post("", status_code=201, dependencies=[PROPOSE])
async def propose(
    wanted: Annotated[PaymentRunAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> PaymentRunView:
    """Keep what is to be paid to suppliers, one payment for each, and what is left out and why; or the net
    pay of a payroll run, one payment for each account of each person. Its invoices, or wages, are in no other
    run until it is cancelled or paid. Twice with the same key is once.
    """
    check_asked(wanted)
    run_id = asked.new_id("payment-run")
    pay_on = wanted.pay_on or asked.today
    command = ProposePaymentRun(
        run_id=run_id,
        bank_account_code=wanted.bank_account,
        pay_on=pay_on,
        due_until=wanted.due_until or pay_on,
        supplier_codes=wanted.suppliers,
        least_discount_yield_percent=wanted.least_discount_yield_percent,
        payroll_run_id=wanted.payroll_run_id,
        proposed_by=asked.caller.actor,
    )
    whom = "to suppliers" if wanted.payroll_run_id is None else "of wages"
    start = processes.Start(
        name="payment_run",
        document_id=run_id,
        command=command,
        answer_type=Stage,
        summary=f"Payments {whom} from {wanted.bank_account} on {command.pay_on}",
        first=(payment_runs.propose_payment_run, command),
    )
    await processes.start(asked, start)
    return await _view(asked, run_id)


add_list(router, queries.PAYMENT_RUNS, READ)


@router.get("/{run_id}", dependencies=[READ])
async def one_payment_run(run_id: UUID, asked: Asked) -> PaymentRunView:
    """One payment run: its payments with their invoices, and what is left out and why."""
    return await _view(asked, run_id)


@router.post("/{run_id}/edits", status_code=201, dependencies=[PROPOSE])
async def edit(
    run_id: UUID, wanted: Annotated[PaymentRunEditAsked, Body(openapi_examples=EDITS)], asked: Asked
) -> PaymentRunView:
    """Leave invoices out, or put them in again, before the run is submitted. Only whoever has proposed it
    may, for nobody approves what he has chosen. It has another content hash then.
    """
    command = EditPaymentRun(
        **dict(wanted), run_id=run_id, edit_id=asked.new_id("payment-run-edit", of=run_id)
    )
    await processes.command(asked, process_of(asked, run_id), "edit", command, PaymentRunKept)
    return await _view(asked, run_id)


@router.post("/{run_id}/submission", dependencies=[PROPOSE])
async def submit(run_id: UUID, wanted: PaymentRunSubmissionAsked, asked: Asked) -> PaymentRunView:
    """Ask for the approval of the run as it was read. Two persons decide, at `/v1/approvals`."""
    command = SubmitPaymentRun(run_id=run_id, version=wanted.version)
    await processes.command(asked, process_of(asked, run_id), "submit", command, Stage)
    return await _view(asked, run_id)


@router.post("/{run_id}/cancellation", dependencies=[allows("banking.payment_run.cancel")])
async def cancel(run_id: UUID, why: PaymentRunCancellation, asked: Asked) -> PaymentRunView:
    """Pay nothing of it: its invoices are free again. Not once it is released."""
    process = process_of(asked, run_id)
    await processes.command(asked, process, "cancel", why, Stage)
    return await _view(asked, run_id)


@router.get("/{run_id}/file", dependencies=[allows("banking.payment_run.download")], **FILE)
async def file(run_id: UUID, asked: Asked) -> Response:
    """What the bank is to pay, as pain.001.001.09: written once, the same bytes whenever it is asked for.
    That of wages is at `…/wages/file`.
    """
    async with asked.read() as tx:
        found = await prints.kept(tx, prints.file_id(payment_run_posting.KIND, run_id))
    if found is None:
        why = "it is written when all of it is posted; of wages see /wages/file"
        raise NotFound(f"payment run {run_id} has no file: {why}")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "ETag": f'"{found.sha256.hex()}"',
    }
    return Response(found.content, media_type=payment_run_posting.XML, headers=headers)


@router.get("/{run_id}/payments/{number}/advice", dependencies=[READ], **PDF)
async def advice(run_id: UUID, number: Annotated[int, Path(ge=1, lt=100_000)], asked: Asked) -> Response:
    """What the supplier is told of a payment, in its language: written once, with the file for the bank. The
    `number` is the last part of the end-to-end id.
    """
    async with asked.read() as tx:
        run = await queries.payment_run(tx, run_id)
        payment_id = await payment_numbered(tx, run_id, run.run_number, number)
        found = payment_id and await prints.kept(tx, prints.file_id(payment_advices.KIND, payment_id))
    if not found:
        raise NotFound(f"there is no remittance advice of payment {number} of {run.run_number}")
    headers = {
        "Content-Disposition": f'inline; filename="{found.name}"',
        "ETag": f'"{found.sha256.hex()}"',
    }
    return Response(found.content, media_type="application/pdf", headers=headers)


async def _view(asked: AskedRequest, run_id: UUID) -> PaymentRunView:
    async with asked.read() as tx:
        return await queries.payment_run(tx, run_id)


def process_of(asked: AskedRequest, run_id: UUID) -> str:
    """The process that looks after a payment run."""
    return processes.process_id_of(asked, "payment_run", run_id)
