"""Absences without pay: noted, and withdrawn. They lower what is paid for their days."""

from typing import Any

from sqlalchemy import text

from domains.payroll.messages.absences import AbsenceNoted, NoteAbsence, WithdrawAbsence
from domains.payroll.queries import absences as queries
from domains.payroll.rules.absences import check_not_paid
from domains.payroll.tables import Absence
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

_ONE_AT_A_TIME = text("SELECT payroll.lock_agreements(:employee)")


@operation("payroll.note_absence")
async def note_absence(tx: Transaction, note: NoteAbsence) -> AbsenceNoted:
    """Somebody is not paid for some days. Payslips that are computed and not posted must be computed again.

    Refuses: PaidForTheseDays, naming the payslip.
    """
    await _check_not_paid(tx, note.employee_code, note)
    row = note.model_dump(exclude={"absence_id"}) | {"id": note.absence_id}
    write_document(tx, {Absence: row})
    return AbsenceNoted(absence_id=note.absence_id, stands=True)


@operation("payroll.withdraw_absence")
async def withdraw_absence(tx: Transaction, withdraw: WithdrawAbsence) -> AbsenceNoted:
    """The days are paid after all. Does nothing when there is no such absence, or it was withdrawn before.

    Refuses: PaidForTheseDays, naming the payslip that was lowered by it.
    """
    absence = await queries.locked_absence(tx, withdraw.absence_id)
    if absence is not None and absence.stands:
        await _check_not_paid(tx, absence.employee_code, absence)
        await tx.update(Absence, absence.id, stands=False)
    return AbsenceNoted(absence_id=withdraw.absence_id, stands=False)


async def _check_not_paid(tx: Transaction, employee: str, days: Any) -> None:
    """Whoever computes or posts a payslip of the person waits, or is waited for."""
    await tx.execute(_ONE_AT_A_TIME, {"employee": employee})
    payslip = await queries.payslip_of_days(tx, employee, days.starts_on, days.ends_on)
    check_not_paid(employee, days.starts_on, days.ends_on, payslip)
