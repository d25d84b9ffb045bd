"""Sorts of leave, and what people are entitled to of them."""

from activities.hr.leave_movements import lock_leave, move
from domains.hr.messages import leave as messages
from domains.hr.messages.leave import LeaveMovementKind
from domains.hr.queries import leave as queries
from domains.hr.rules import leave_granting as rules
from domains.hr.rules.leave_accrual import accrued_in
from domains.hr.rules.leave_balances import DaysMoved, Entitled
from domains.hr.rules.leave_types import check_leave_type
from domains.hr.tables.leave import LeaveEntitlement, LeaveType
from foundation.database import records
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("hr.put_leave_type", event=messages.LeaveTypeChangedEvent)
async def put_leave_type(tx: Transaction, put: messages.PutLeaveType) -> messages.LeaveTypePut:
    """Write a sort of leave down. Entitlements that were granted stay as they were.

    Refuses: Invalid, with every field that is wrong; LeaveTypeInUse; ExistsAlready, ChangedMeanwhile.
    """
    check_leave_type(put, await queries.leave_type(tx, put.code))
    written = put.model_dump() | {"steps": [step.model_dump(mode="json") for step in put.steps]}
    created = await records.put(tx, LeaveType, written | {"accrual": put.accrual.value})
    return messages.LeaveTypePut(code=put.code, created=created)


@operation("hr.grant_leave", event=messages.LeaveGrantedEvent)
async def grant_leave(tx: Transaction, grant: messages.GrantLeave) -> messages.LeaveGranted:
    """Write down what people are entitled to in a year: when it is there, and when it lapses.

    Refuses: Invalid, naming each person of whom it cannot be.
    """
    leave_type = rules.check_grants(grant, await queries.leave_type(tx, grant.leave_type_code))
    employed = await queries.employed_in(tx, grant.year)
    for code in sorted(grant.employee_codes or employed):
        await lock_leave(tx, code)
    entitled = await queries.entitled_in(tx, leave_type.code, grant.year)
    total, codes = ZERO, rules.people_to_grant(grant, employed, entitled)
    for code in codes:
        person = employed[code]
        accrued = accrued_in(leave_type, grant.year, person.hired_on, person.left_on)
        total += (days := sum((one.days for one in accrued), ZERO))
        terms = Entitled(grant.year, leave_type.carry_over_most, leave_type.carry_over_until)
        row = terms._asdict() | {"employee_code": code, "leave_type_code": leave_type.code, "days": days}
        write_document(tx, {LeaveEntitlement: row})
        moved = [DaysMoved(one.counts_on, LeaveMovementKind.ACCRUED, grant.year, one.days) for one in accrued]
        await move(tx, code, leave_type, moved, of=grant.grant_id, newly_entitled=[terms])
    return messages.LeaveGranted(
        leave_type_code=leave_type.code, year=grant.year, people=len(codes), days=total
    )


@operation("hr.adjust_leave", event=messages.LeaveAdjustedEvent)
async def adjust_leave(tx: Transaction, adjust: messages.AdjustLeave) -> messages.LeaveAdjusted:
    """Write down that somebody has more or fewer days of a year than they are entitled to: what they bring
    with them, or what was agreed.

    Refuses: Invalid, with every field that is wrong; NotEnoughLeave.
    """
    await lock_leave(tx, adjust.employee_code)
    entitled = await queries.entitled_in(tx, adjust.leave_type_code, adjust.year)
    known = await queries.leave_type(tx, adjust.leave_type_code)
    leave_type = rules.check_adjusts(adjust, known, entitled)
    new = [DaysMoved(adjust.counts_on, LeaveMovementKind.ADJUSTED, adjust.year, adjust.days)]
    await move(tx, adjust.employee_code, leave_type, new, of=adjust.adjustment_id, reason=adjust.reason)
    return messages.LeaveAdjusted(adjustment_id=adjust.adjustment_id)
