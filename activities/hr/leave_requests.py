"""Requests for leave: their days are set aside, approved, or given back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Uuid, bindparam, text

from activities.hr.leave_movements import lock_leave, move
from domains.hr.messages import leave as messages
from domains.hr.messages.leave import LeaveAccrual, LeaveMovementKind, LeaveStatus
from domains.hr.queries import employee
from domains.hr.queries import leave as queries
from domains.hr.rules import leave_requests as rules
from domains.hr.rules.leave_balances import DaysMoved
from domains.hr.rules.leave_requests import AwayOn, LeaveContext
from domains.hr.tables.leave import LeaveDay, LeaveRequestRow
from domains.master_data.calendars import holidays
from foundation.database.connections import Table
from foundation.database.documents import write_document
from foundation.database.transaction import CORRELATION, Row, Transaction
from foundation.operations.commands import begin
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

_FREE_DAYS = text("UPDATE hr.leave_day SET stands = false WHERE leave_id = :leave AND stands").bindparams(
    bindparam("leave", type_=Uuid)
)


@operation("hr.request_leave", event=messages.LeaveRequestedEvent)
async def request_leave(tx: Transaction, asked: messages.RequestLeave) -> messages.LeaveRequested:
    """Write down that somebody wants to be away, set the days aside, and begin the process that has it
    decided.

    Days are the person's working days without holidays. Refuses: Invalid, with every field that is wrong;
    NotYourLeave, AwayAlready, NotEnoughLeave.
    """
    await lock_leave(tx, asked.employee_code)
    known = await _context(tx, asked)
    days = rules.days_away(asked, known, may_for_others=asked.may_for_others)
    away = await queries.away_on(tx, asked.employee_code, [one.day for one in days])
    rules.check_not_away(asked, away)
    assert known.leave_type is not None, "else it was refused"
    number = tx.closing.sequence_number("LR", "hr.leave_request_number")
    total = sum((one.share for one in days), ZERO)
    write_document(tx, _document(asked, number, total, days, known.leave_type))
    if known.leave_type.accrual is not LeaveAccrual.NONE:
        taken = [DaysMoved(one.day, LeaveMovementKind.TAKEN, None, -one.share) for one in days]
        await move(
            tx, asked.employee_code, known.leave_type, taken, of=asked.leave_id, leave_id=asked.leave_id
        )
    answer = messages.LeaveRequested(
        leave_id=asked.leave_id,
        leave_number=number,
        employee_code=asked.employee_code,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        days=total,
    )
    await begin(tx, _process(tx, asked, answer))
    return answer


def _document(
    asked: messages.RequestLeave,
    number: str,
    days: Decimal,
    away: Sequence[AwayOn],
    leave_type: messages.PutLeaveType,
) -> dict[type[Table], Any]:
    of_head = {name: getattr(asked, name) for name in messages.LeaveAsked.model_fields}
    head = of_head | {
        "id": asked.leave_id,
        "number": number,
        "status": LeaveStatus.REQUESTED.value,
        "days": days,
        "is_paid": leave_type.is_paid,
        "needs_approval": leave_type.needs_approval,
    }
    of_day = {"leave_id": asked.leave_id, "employee_code": asked.employee_code}
    return {LeaveRequestRow: head, LeaveDay: [one._asdict() | of_day for one in away]}


async def _context(tx: Transaction, asked: messages.RequestLeave) -> LeaveContext:
    person = await employee(tx, asked.employee_code)
    calendar = person.holiday_calendar_code if person else None
    return LeaveContext(
        employee=person,
        leave_type=await queries.leave_type(tx, asked.leave_type_code),
        holidays=await holidays(tx, calendar, asked.starts_on, asked.ends_on),
        asked_by=asked.asked_by,
    )


def _process(tx: Transaction, asked: messages.RequestLeave, answer: messages.LeaveRequested) -> BeginProcess:
    return BeginProcess(
        process_id=asked.process_id,
        body=messages.LeaveToDecide(leave_id=asked.leave_id).model_dump(mode="json"),
        party=None,
        summary=f"Leave of {answer.employee_code}, {answer.starts_on} to {answer.ends_on}",
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )


@operation("hr.take_up_leave")
async def take_up_leave(tx: Transaction, take: messages.LeaveToDecide) -> messages.LeaveTakenUp:
    """What the process of a request must know: who decides, and whether the days are paid.

    Refuses: NotFound.
    """
    head = await _existing(tx, take.leave_id)
    person = await employee(tx, head.employee_code)
    assert person is not None, "employees stay"
    manager = await employee(tx, person.manager_code) if person.manager_code else None
    return messages.LeaveTakenUp(
        leave_id=head.id,
        leave_number=head.number,
        employee_code=head.employee_code,
        starts_on=head.starts_on,
        ends_on=head.ends_on,
        days=head.days,
        is_paid=head.is_paid,
        needs_approval=head.needs_approval,
        role=rules.role_that_decides(manager),
        actor=person.actor,
    )


@operation("hr.submit_leave", event=messages.LeaveSubmittedEvent)
async def submit_leave(tx: Transaction, submit: messages.LeaveToDecide) -> messages.LeaveChanged:
    """People are asked about it. Refuses: NotFound, LeaveNotInThisStatus."""
    return await _become(tx, await _existing(tx, submit.leave_id), LeaveStatus.SUBMITTED)


@operation("hr.approve_leave", event=messages.LeaveApprovedEvent)
async def approve_leave(tx: Transaction, approve: messages.LeaveToDecide) -> messages.LeaveChanged:
    """Somebody will be away. Refuses: NotFound, LeaveNotInThisStatus."""
    return await _become(tx, await _existing(tx, approve.leave_id), LeaveStatus.APPROVED)


@operation("hr.cancel_leave", event=messages.LeaveCancelledEvent)
async def cancel_leave(tx: Transaction, cancel: messages.CancelLeave) -> messages.LeaveChanged:
    """It is rejected, or not taken after all: its days are there again. Does nothing when there is no such
    request. Refuses: LeaveNotInThisStatus.
    """
    head = await queries.locked_leave(tx, cancel.leave_id)
    if head is None:
        return messages.LeaveChanged(leave_id=cancel.leave_id)
    await _give_back(tx, head)
    status = LeaveStatus.REJECTED if cancel.rejected else LeaveStatus.CANCELLED
    return await _become(tx, head, status, why_ended=cancel.reason)


@operation("hr.find_leave_to_take_back")
async def find_leave_to_take_back(tx: Transaction, take: messages.TakeLeaveBack) -> messages.LeaveToTakeBack:
    """Whether leave can be taken back: once it is approved it stays so until it is.

    Refuses: NotFound, LeaveNotInThisStatus.
    """
    head = await _existing(tx, take.leave_id)
    rules.check_can_be_taken_back(LeaveStatus(head.status), head.number)
    return messages.LeaveToTakeBack(
        leave_id=head.id, leave_number=head.number, employee_code=head.employee_code
    )


@operation("hr.take_leave_back", event=messages.LeaveTakenBackEvent)
async def take_leave_back(tx: Transaction, take: messages.TakeLeaveBack) -> messages.LeaveChanged:
    """Leave that was approved is not taken after all, or was not: its days are there again. Does nothing when
    it was taken back before.

    Refuses: NotFound, LeaveNotInThisStatus.
    """
    head = await _existing(tx, take.leave_id)
    if LeaveStatus(head.status) is LeaveStatus.TAKEN_BACK:
        return messages.LeaveChanged(
            leave_id=head.id, leave_number=head.number, status=LeaveStatus.TAKEN_BACK
        )
    rules.check_can_be_taken_back(LeaveStatus(head.status), head.number)
    await _give_back(tx, head)
    return await _become(tx, head, LeaveStatus.TAKEN_BACK, why_ended=take.reason)


async def _existing(tx: Transaction, leave_id: Any) -> Row:
    head = await queries.locked_leave(tx, leave_id)
    if head is None:
        raise NotFound(f"there is no request for leave {leave_id}")
    return head


async def _become(tx: Transaction, head: Row, wanted: LeaveStatus, **changes: Any) -> messages.LeaveChanged:
    status = rules.advance(LeaveStatus(head.status), wanted, head.number)
    await tx.update(LeaveRequestRow, head.id, status=status.value, **changes)
    return messages.LeaveChanged(leave_id=head.id, leave_number=head.number, status=status)


async def _give_back(tx: Transaction, head: Row) -> None:
    await lock_leave(tx, head.employee_code)
    days = await queries.days_of(tx, head.id)
    await tx.execute(_FREE_DAYS, {"leave": head.id})
    leave_type = await queries.leave_type(tx, head.leave_type_code)
    assert leave_type is not None, "types stay"
    if leave_type.accrual is not LeaveAccrual.NONE:
        back = [DaysMoved(one.day, LeaveMovementKind.GIVEN_BACK, None, one.share) for one in days]
        of = rules.id_of_giving_back(head.id)
        await move(tx, head.employee_code, leave_type, back, of=of, leave_id=head.id)
