"""Sorts of leave, and what people are entitled to of them."""

from typing import Annotated, Any

from fastapi import Body

from activities.hr import leave_types as operations
from api.door import Asked, AskedRequest, Router, allows
from api.records import Resource, router_for
from domains.hr.messages.leave import (
    AdjustLeave,
    GrantLeave,
    LeaveAdjusted,
    LeaveAdjustmentAsked,
    LeaveGrantAsked,
    LeaveGranted,
)
from domains.hr.queries import leave as queries
from domains.hr.queries.leave import LeaveTypeView

GRANTS: dict[str, Any] = {
    "everybody": {
        "summary": "Everybody who is employed in the year and has none yet",
        "value": {"leave_type_code": "ANNUAL", "year": 2026},
    },
    "somebody": {
        "summary": "Who was hired since",
        "value": {"leave_type_code": "ANNUAL", "year": 2026, "employee_codes": ["E-1007"]},
    },
}
ADJUSTMENTS: dict[str, Any] = {
    "brought along": {
        "summary": "Days that somebody brings along from last year",
        "value": {
            "employee_code": "E-1007",
            "leave_type_code": "ANNUAL",
            "year": 2026,
            "counts_on": "2026-01-01",
            "days": "3.5",
            "reason": "left of 2025, as agreed",
        },
    },
}


async def _type(asked: AskedRequest, code: str) -> LeaveTypeView | None:
    async with asked.read() as tx:
        return await queries.leave_type(tx, code)


router = router_for(
    Resource(
        path="leave-types",
        tag="Human resources",
        permission="hr.leave_type",
        put=operations.put_leave_type,
        view=LeaveTypeView,
        records=queries.LEAVE_TYPES,
        read=_type,
        example={
            "code": "ANNUAL",
            "name": "Annual leave",
            "accrual": "yearly",
            "steps": [{"after_years": 0, "days_a_year": "28"}, {"after_years": 5, "days_a_year": "30"}],
            "carry_over_most": "10",
            "carry_over_until": "03-31",
        },
    )
)
grants = Router(prefix="/v1/leave-grants", tags=["Human resources"])
adjustments = Router(prefix="/v1/leave-adjustments", tags=["Human resources"])


@grants.post("", status_code=201, dependencies=[allows("hr.leave.grant")])
async def grant(
    wanted: Annotated[LeaveGrantAsked, Body(openapi_examples=GRANTS)], asked: Asked
) -> LeaveGranted:
    """Write down what people are entitled to in a year: when it is there, and when it lapses. Once for each
    of them: who is entitled already, and is not named, is left as it is.
    """
    command = GrantLeave(**dict(wanted), grant_id=asked.new_id("leave-grant"))
    return await asked.run(operations.grant_leave, command)


@adjustments.post("", status_code=201, dependencies=[allows("hr.leave.adjust")])
async def adjust(
    wanted: Annotated[LeaveAdjustmentAsked, Body(openapi_examples=ADJUSTMENTS)], asked: Asked
) -> LeaveAdjusted:
    """Write down that somebody has more or fewer days of a year than they are entitled to, and why."""
    command = AdjustLeave(**dict(wanted), adjustment_id=asked.new_id("leave-adjustment"))
    return await asked.run(operations.adjust_leave, command)
