"""What payslips leave to be paid, and to which accounts."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from domains.ledger.messages.wages import WagesOwed
from domains.master_data.queries import TODAY
from domains.payroll.messages.payslips import PaidTo
from domains.payroll.messages.runs import PayrollRunStatus
from domains.payroll.queries import runs as queries
from domains.payroll.queries.records import pay_agreements
from domains.payroll.rules import wages as rules
from foundation.database.transaction import Transaction

_TODAY = text(f"SELECT {TODAY} AS today")


async def wages_owed(tx: Transaction, payroll_run_id: UUID, payslips: Collection[UUID] | None) -> WagesOwed:
    """What the payslips of a run that stand leave to be paid, or some of them. Refuses: NotFound."""
    run = await queries.run_facts(tx, payroll_run_id)
    rows = await queries.standing_payslips(tx, payroll_run_id, payslips)
    # By when they hold: the last one counts that has begun. What begins later says where later pay goes.
    begun = max(run.ends_on, await tx.scalar(_TODAY))
    accounts = {
        one.employee_code: one.accounts
        for one in await pay_agreements(tx, [row.employee_code for row in rows])
        if one.valid_from <= begun
    }
    return WagesOwed(
        payroll_run_id=run.id,
        run_number=run.number,
        is_sealed=run.status is PayrollRunStatus.SEALED,
        paid_on=run.paid_on,
        currency=run.currency,
        parts=tuple(
            part
            for row in rows
            for part in rules.parts_of(
                row.id,
                row.number,
                (row.employee_code, row.employee_name),
                [PaidTo.model_validate(one) for one in row.paid_to],
                accounts.get(row.employee_code, ()),
            )
        ),
    )
