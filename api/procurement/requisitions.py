"""Requisitions: what somebody needs, and what became of it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query

from activities.procurement.requisitions import enter_requisition
from api import approvals, processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger.days import OfPeriod
from api.lists import add_list
from domains.procurement.messages.requisitions import (
    EnterRequisition,
    RequisitionAsked,
    RequisitionCancellation,
    RequisitionCancellationAsked,
)
from domains.procurement.queries import requisitions as queries
from domains.procurement.queries.requisitions import RequisitionView
from domains.procurement.queries.splitting import SplitRequisition, split_requisitions
from foundation.process.approval_messages import DecisionAsked
from foundation.values.messages import Stage

router = Router(prefix="/v1/purchase-requisitions", tags=["Procurement"])

reports = Router(prefix="/v1/reports", tags=["Reports"])

MAY_ORDER = "procurement.purchase_order.place"
"""Who also orders enters what was asked for before, or for no cost centre, and cancels what others have asked
for.
"""

EXAMPLES: dict[str, Any] = {
    "short": {
        "summary": "Goods for the workshop, wherever they are bought",
        "value": {
            "reason": "spring season",
            "lines": [
                {
                    "item_code": "FRAME-CITY",
                    "quantity": "12",
                    "wanted_on": "2026-12-18",
                    "cost_centre": "WORKSHOP",
                }
            ],
        },
    },
    "of one supplier": {
        "summary": "Of a supplier that is named, in a category that a policy knows",
        "value": {
            "category": "materials",
            "lines": [
                {
                    "item_code": "FRAME-TREK",
                    "quantity": "5",
                    "wanted_on": "2026-12-18",
                    "supplier_code": "S-2001",
                }
            ],
        },
    },
}

add_list(router, queries.REQUISITIONS, allows("procurement.requisition.read"))


@router.get("/{requisition_id}", dependencies=[allows("procurement.requisition.read")])
async def one_requisition(requisition_id: UUID, asked: Asked) -> RequisitionView:
    """One requisition: where each line is bought, and with which order."""
    async with asked.read() as tx:
        return await queries.requisition(tx, requisition_id)


@router.post("", status_code=201, dependencies=[allows("procurement.requisition.enter", MAY_ORDER)])
async def enter(
    requisition: Annotated[RequisitionAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> RequisitionView:
    """Say what is needed. Source and price are found, budgets are committed, and, when whoever the policy
    names has said yes, the orders are placed. Twice with the same key is once.
    """
    requisition_id = asked.new_id("purchase-requisition")
    filled_in = {
        "requisition_id": requisition_id,
        "requested_on": requisition.requested_on or asked.today,
        "may_order": await asked.may(MAY_ORDER),
        "asked_on": asked.today,
    }
    command = EnterRequisition(**dict(requisition) | filled_in)
    counted = len(requisition.lines)
    start = processes.Start(
        name="purchase_requisition",
        document_id=requisition_id,
        command=command,
        answer_type=Stage,
        summary=f"Requisition of {asked.actor.name}, {counted} line{'' if counted == 1 else 's'}",
        first=(enter_requisition, command),
    )
    await processes.start(asked, start)
    async with asked.read() as tx:
        return await queries.requisition(tx, requisition_id)


@router.post("/{requisition_id}/approval", dependencies=[approvals.ASKING])
async def decide(requisition_id: UUID, decision: DecisionAsked, asked: Asked) -> RequisitionView:
    """Approve or reject it, as at `/v1/approvals/{id}/decision`."""
    process_id = process_of(asked, requisition_id)
    await approvals.decided(asked, await approvals.latest_of(asked, process_id), decision)
    async with asked.read() as tx:
        return await queries.requisition(tx, requisition_id)


@router.post(
    "/{requisition_id}/cancellation", dependencies=[allows("procurement.requisition.cancel", MAY_ORDER)]
)
async def cancel(requisition_id: UUID, why: RequisitionCancellationAsked, asked: Asked) -> Stage:
    """It is not needed after all: one's own, or anybody's for who also orders. Once it is approved, its
    orders are cancelled instead.
    """
    command = RequisitionCancellation(reason=why.reason, may_for_others=await asked.may(MAY_ORDER))
    return await processes.command(asked, process_of(asked, requisition_id), "cancel", command, Stage)


@reports.get("/split-purchase-requisitions", dependencies=[allows("procurement.requisition.read")])
async def split_purchase_requisitions(
    asked: Asked,
    period: OfPeriod,
    days: Annotated[int, Query(ge=1, le=366, description="How far apart they may be")] = 30,
) -> list[SplitRequisition]:
    """Requisitions that may have been split: below what an approval policy asks from, and with others of the
    same person not. That policy has asked nobody about them.
    """
    async with asked.read() as tx:
        return await split_requisitions(tx, period.first, period.last, days)


def process_of(asked: AskedRequest, requisition_id: UUID) -> str:
    """The process that looks after a requisition."""
    return processes.process_id_of(asked, "purchase_requisition", requisition_id)
