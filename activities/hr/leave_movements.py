"""How days of leave are moved: with what lapses, and never more than there is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text

from domains.hr.messages.leave import PutLeaveType
from domains.hr.queries import leave as queries
from domains.hr.rules.leave_balances import DaysMoved, Entitled, check_enough, to_lapse
from domains.hr.tables.leave import LeaveMovement
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction

_ONE_AT_A_TIME = text("SELECT hr.lock_leave(:employee)")


async def lock_leave(tx: Transaction, employee: str) -> None:
    """Whoever else changes somebody's leave waits."""
    await tx.execute(_ONE_AT_A_TIME, {"employee": employee})


async def move(
    tx: Transaction,
    employee: str,
    leave_type: PutLeaveType,
    new: Sequence[DaysMoved],
    *,
    of: UUID,
    newly_entitled: Sequence[Entitled] = (),
    **said: Any,
) -> None:
    """Write movements of somebody who is locked, and what lapses otherwise by them. `of` makes their ids;
    what is `said` besides stands on those that are new. Refuses: NotEnoughLeave.
    """
    known = (await queries.moved(tx, employee)).get(leave_type.code, [])
    entitled = [*await queries.entitlements(tx, employee, leave_type.code), *newly_entitled]
    lapsed = to_lapse(entitled, [*known, *new])
    if not leave_type.may_be_negative:
        check_enough([*known, *new, *lapsed], employee)
    rows = [
        one._asdict()
        | {"id": uuid5(of, f"{employee}/{number}")}
        | {"employee_code": employee, "leave_type_code": leave_type.code, "kind": one.kind.value}
        | ({"leave_id": None, "reason": ""} | said if number < len(new) else {"leave_id": None, "reason": ""})
        for number, one in enumerate([*new, *lapsed])
    ]
    if rows:
        write_document(tx, {LeaveMovement: rows})
