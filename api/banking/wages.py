"""Wages in payment runs: what people are paid by them, for who may see it, and how many for others."""

from uuid import UUID

from fastapi import Response

from activities.banking import payment_run_posting, wages, wages_paid
from api.banking.payment_runs import FILE
from api.door import Asked, Router, allows
from api.ledger import reversing
from domains.banking.messages.wages import ReverseWagePayment
from domains.banking.queries import wages as queries
from domains.banking.queries.payment_runs import payment_run
from domains.banking.queries.wages import PartPaid, PayrollPaid, WagePaymentView
from domains.banking.rules.in_transit import WAGES
from domains.ledger.messages import DocumentReversed, ReversalAsked
from foundation.outbound import prints
from foundation.values.errors import NotFound

of_runs = Router(prefix="/v1/payment-runs", tags=["Banking"], notes_reads=True)
of_payroll = Router(prefix="/v1/payroll-runs", tags=["Payroll"], notes_reads=True)
counts = Router(prefix="/v1/payroll-runs", tags=["Payroll"])
router = Router(prefix="/v1/wage-payments", tags=["Banking"], notes_reads=True)

SEE = allows("payroll.payslip.see")


@of_runs.get("/{run_id}/wages", dependencies=[SEE])
async def wages_of_run(run_id: UUID, asked: Asked) -> list[WagePaymentView]:
    """What people are paid by a payment run, by person: to which account, and how far it has come."""
    async with asked.read() as tx:
        await payment_run(tx, run_id)
        return await queries.wages_of_run(tx, run_id)


@of_runs.get("/{run_id}/wages/file", dependencies=[allows("payroll.payment_file.download")], **FILE)
async def file(run_id: UUID, asked: Asked) -> Response:
    """What the bank is to pay of wages, as pain.001.001.09: written once, the same bytes whenever it is asked
    for.
    """
    async with asked.read() as tx:
        kind = payment_run_posting.WAGES_KIND
        found = await prints.kept(tx, prints.file_id(kind, run_id))
    if found is None:
        raise NotFound(f"payment run {run_id} has no file of wages: it is written when all of it is posted")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "ETag": f'"{found.sha256.hex()}"',
    }
    return Response(found.content, media_type=payment_run_posting.XML, headers=headers)


@of_payroll.get("/{run_id}/wages", dependencies=[SEE])
async def wages_of_payroll_run(run_id: UUID, asked: Asked) -> list[PartPaid]:
    """Whether people are paid what a payroll run says, by person and account: `open`, `planned`,
    `in_transit`, `accepted` by the bank, or `confirmed` by a statement.
    """
    async with asked.read() as tx:
        return await wages_paid.parts_paid(tx, run_id)


@counts.get("/{run_id}/paid", dependencies=[allows("banking.payment_run.read")])
async def paid(run_id: UUID, asked: Asked) -> PayrollPaid:
    """Whether a payroll run is paid: of how many accounts of people how far it has come. Never how much."""
    async with asked.read() as tx:
        return await wages_paid.payroll_paid(tx, run_id)


@router.get("/{payment_id}", dependencies=[SEE])
async def one_wage_payment(payment_id: UUID, asked: Asked) -> WagePaymentView:
    """What one person is paid to one account by a payment run."""
    async with asked.read() as tx:
        return await queries.wage_payment(tx, payment_id)


@router.post("/{payment_id}/reversal", status_code=201, dependencies=[allows("payroll.wage_payment.reverse")])
async def reverse(payment_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a payment back that the bank does not make: the person is owed it again, and it may be paid by
    another run, also to another account.
    """
    command = ReverseWagePayment(
        wage_payment_id=payment_id, **await reversing.reversal(asked, WAGES, payment_id, why)
    )
    return await asked.run(wages.reverse_wage_payment, command)


routers = [of_runs, of_payroll, counts, router]
