"""Leave that people ask for, and what is left of it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query

from activities.hr.leave_requests import find_leave_to_take_back, request_leave
from api import approvals, processes
from api.approval_views import ApprovalView, approval_view
from api.door import Asked, AskedRequest, Router, allows, note_reading
from api.lists import add_list
from domains.hr.messages.leave import (
    LeaveAsked,
    LeaveBalance,
    LeaveCancellation,
    LeaveCancellationAsked,
    LeaveMovementView,
    RequestLeave,
    TakeLeaveBack,
)
from domains.hr.queries import leave as queries
from domains.hr.queries.leave import LeaveRequestView
from domains.hr.rules.leave_balances import balances
from foundation.process.approval_messages import DecisionAsked
from foundation.values.errors import Forbidden, NotFound
from foundation.values.messages import Stage

SEE_OWN, SEE, FOR_OTHERS = "hr.own_leave.see", "hr.leave.see", "hr.leave.ask_for_others"
"""Who sees their own leave, who that of everybody, and who asks for others."""
router = Router(prefix="/v1/leave-requests", tags=["Human resources"])
everybodys = Router(prefix="/v1/leave-requests", tags=["Human resources"], notes_reads=True)
of_people = Router(prefix="/v1/employees/{employee_code}", tags=["Human resources"])
EXAMPLES: dict[str, Any] = {
    "a week": {
        "summary": "A week and a half day",
        "value": {
            "employee_code": "E-1007",
            "leave_type_code": "ANNUAL",
            "starts_on": "2026-08-03",
            "ends_on": "2026-08-10",
            "half_last_day": True,
        },
    },
    "ill": {
        "summary": "Somebody is ill: nothing is counted, and nobody is asked",
        "value": {
            "employee_code": "E-1007",
            "leave_type_code": "SICK",
            "starts_on": "2026-03-02",
            "ends_on": "2026-03-04",
        },
    },
}

add_list(everybodys, queries.LEAVE_REQUESTS, allows(SEE))


@router.get("/{leave_id}", dependencies=[allows(SEE_OWN, SEE)])
async def one_request(leave_id: UUID, asked: Asked) -> LeaveRequestView:
    """One request: one's own, or anybody's for who looks after leave."""
    view = await _view(asked, leave_id)
    await _check_sees(asked, view.employee_code)
    return view


@router.post("", status_code=201, dependencies=[allows("hr.leave.request", FOR_OTHERS)])
async def ask(
    leave: Annotated[LeaveAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> LeaveRequestView:
    """Ask to be away. The days are set aside at once, and whoever decides is asked. Twice with the same key
    is once.
    """
    leave_id = asked.new_id("leave-request")
    filled_in = {
        "leave_id": leave_id,
        "process_id": process_of(asked, leave_id),
        "asked_by": asked.caller.actor,
        "may_for_others": await asked.may(FOR_OTHERS),
    }
    await asked.run(request_leave, RequestLeave(**dict(leave) | filled_in))
    return await _view(asked, leave_id)


@router.post("/{leave_id}/approval", dependencies=[approvals.ASKING])
async def decide(leave_id: UUID, decision: DecisionAsked, asked: Asked) -> ApprovalView:
    """Approve or reject it, as at `/v1/approvals/{id}/decision`."""
    process_id = process_of(asked, leave_id)
    now = await approvals.decided(asked, await approvals.latest_of(asked, process_id), decision)
    async with asked.read() as tx:
        return await approval_view(tx, now)


@router.post("/{leave_id}/cancellation", dependencies=[allows("hr.leave.cancel", FOR_OTHERS)])
async def cancel(leave_id: UUID, why: LeaveCancellationAsked, asked: Asked) -> Stage:
    """It is not taken after all: one's own, or anybody's for who looks after leave. Once it is approved it is
    taken back instead.
    """
    command = LeaveCancellation(reason=why.reason, may_for_others=await asked.may(FOR_OTHERS))
    return await processes.command(asked, process_of(asked, leave_id), "cancel", command, Stage)


@router.post("/{leave_id}/taking-back", dependencies=[allows("hr.leave.take_back")])
async def take_back(leave_id: UUID, why: LeaveCancellationAsked, asked: Asked) -> Stage:
    """Leave that was approved is not taken after all, or was not: its days are there again, and are paid."""
    taking_back_id = asked.new_id("taking-leave-back", of=leave_id)
    command = TakeLeaveBack(reason=why.reason, leave_id=leave_id, taking_back_id=taking_back_id)
    start = processes.Start(
        name="leave_taken_back",
        document_id=taking_back_id,
        command=command,
        answer_type=Stage,
        summary="Leave that is taken back",
        first=(find_leave_to_take_back, command),
    )
    answer: Stage = await processes.start(asked, start)
    return answer


@of_people.get("/leave-balances", dependencies=[allows(SEE_OWN, SEE)])
async def leave_balances(
    employee_code: str,
    asked: Asked,
    as_of: Annotated[date | None, Query(description="A past or future day; today when empty")] = None,
) -> list[LeaveBalance]:
    """How many days of each sort of leave somebody has on a day."""
    await _check_sees(asked, employee_code)
    day = as_of or asked.today
    async with asked.read() as tx:
        found = balances(await queries.moved(tx, employee_code), day)
    return [LeaveBalance(leave_type_code=code, on=day, days=days) for code, days in found.items()]


@of_people.get("/leave-movements", dependencies=[allows(SEE_OWN, SEE)])
async def leave_movements(employee_code: str, asked: Asked) -> list[LeaveMovementView]:
    """What somebody's balances are the sum of, by sort of leave and day."""
    await _check_sees(asked, employee_code)
    async with asked.read() as tx:
        return await queries.movements(tx, employee_code)


async def _view(asked: AskedRequest, leave_id: UUID) -> LeaveRequestView:
    async with asked.read() as tx:
        found = await queries.leave_request(tx, leave_id)
    if found is None:
        raise NotFound(f"there is no request for leave {leave_id}")
    return found


async def _check_sees(asked: AskedRequest, employee_code: str) -> None:
    """One's own is seen by oneself; that of others by few, and it is written down. Refuses: Forbidden."""
    async with asked.read() as tx:
        if await queries.is_of_actor(tx, employee_code, asked.caller.actor):
            return
    if not await asked.may(SEE):
        raise Forbidden(f"{asked.caller.actor} is not known as {employee_code}: {SEE} is needed")
    await note_reading(asked)


def process_of(asked: AskedRequest, leave_id: UUID) -> str:
    """The process that looks after a request."""
    return processes.process_id_of(asked, "leave_request", leave_id)
