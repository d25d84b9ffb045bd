"""Requisitions: entered with their source and their budget, approved, ordered; or turned down."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from activities.ledger import posting
from activities.procurement.entering import enter
from activities.procurement.for_requisition import OF_REQUISITION
from domains.ledger.messages.budgets import CommittedBy
from domains.master_data import queries as master_data
from domains.procurement import tables
from domains.procurement.messages.requisitions import (
    ApproveRequisition,
    CancelRequisition,
    CloseRequisition,
    EnterRequisition,
    RequisitionApprovedEvent,
    RequisitionCancelledEvent,
    RequisitionChanged,
    RequisitionEntered,
    RequisitionEnteredEvent,
    RequisitionOrderedEvent,
    RequisitionStatus,
    RequisitionSubmittedEvent,
    SubmitRequisition,
    TakeUpRequisition,
)
from domains.procurement.queries.requisitions import locked_requisition, requisition_entered
from domains.procurement.rules import requisitions as rules
from foundation.database.transaction import OPENED_AT, Row, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

_ORDERED = (
    select(tables.PurchaseOrderLine.order_id)
    .where(tables.PurchaseOrderLine.requisition_id == bindparam("requisition", type_=Uuid))
    .limit(1)
)


@operation("procurement.enter_requisition", event=RequisitionEnteredEvent)
async def enter_requisition(tx: Transaction, asked: EnterRequisition) -> RequisitionEntered:
    """Write down what somebody needs, find where it is bought and for how much, and commit the budgets.

    Amounts are in the company's currency at the rate of the requisition's day, without tax, rounded half-up
    to its minor unit line by line. Refuses: Invalid, with all that is wrong, also with what an order of it
    would be refused for; TooFarAhead; NoBudgetOnDay, with every line that is wanted when there is no budget;
    BudgetExceeded, with every line for which too little is left.
    """
    return await enter(tx, asked)


@operation("procurement.take_up_requisition", event=RequisitionEnteredEvent)
async def take_up_requisition(tx: Transaction, take: TakeUpRequisition) -> RequisitionEntered:
    """Take up what was entered because it runs short: from now on it is a requisition as any other, and told
    as such. Refuses: NotFound.
    """
    entered = await requisition_entered(tx, take.requisition_id)
    if entered is None:
        raise NotFound(f"there is no purchase requisition {take.requisition_id}")
    return entered


@operation("procurement.submit_requisition", event=RequisitionSubmittedEvent)
async def submit_requisition(tx: Transaction, submit: SubmitRequisition) -> RequisitionChanged:
    """People are asked about it. Refuses: RequisitionNotInThisStatus, NotFound."""
    return await _become(tx, await _existing(tx, submit.requisition_id), RequisitionStatus.SUBMITTED)


@operation("procurement.approve_requisition", event=RequisitionApprovedEvent)
async def approve_requisition(tx: Transaction, approve: ApproveRequisition) -> RequisitionChanged:
    """It may be ordered. Its orders are dated on its own day, or, if people were asked and that was later, on
    the company's day of the last decision. Refuses: RequisitionNotInThisStatus, NotFound.
    """
    head = await _existing(tx, approve.requisition_id)
    ordered_on = head.requested_on
    if approve.decided_at is not None:
        ordered_on = max(ordered_on, (await master_data.company(tx)).today(approve.decided_at))
    return await _become(tx, head, RequisitionStatus.APPROVED, ordered_on=ordered_on)


@operation("procurement.close_requisition", event=RequisitionOrderedEvent)
async def close_requisition(tx: Transaction, close: CloseRequisition) -> RequisitionChanged:
    """Its orders are placed. Lines whose order was refused give their budget back; it is cancelled when that
    is all of them. Refuses: RequisitionNotInThisStatus, NotFound.
    """
    head = await _existing(tx, close.requisition_id)
    is_ordered = await _is_ordered(tx, head.id)
    status = rules.after_ordering(RequisitionStatus(head.status), is_ordered=is_ordered)
    for line in close.not_ordered:
        key = (close.requisition_id, line.line_number)
        await tx.update(tables.PurchaseRequisitionLine, key, why_not_ordered=line.why)
    await _give_back(tx, head.id)
    why = close.not_ordered[0].why if close.not_ordered and not is_ordered else ""
    return await _become(tx, head, status, why_ended=why)


@operation("procurement.cancel_requisition", event=RequisitionCancelledEvent)
async def cancel_requisition(tx: Transaction, cancel: CancelRequisition) -> RequisitionChanged:
    """It is rejected, or not needed after all: what it has committed is free again.

    Does nothing when there is no such requisition. Refuses: RequisitionNotInThisStatus.
    """
    head = await locked_requisition(tx, cancel.requisition_id)
    if head is None:
        return RequisitionChanged(requisition_id=cancel.requisition_id)
    is_ordered = await _is_ordered(tx, head.id)
    status = rules.turned_down(
        RequisitionStatus(head.status), is_rejected=cancel.rejected, is_ordered=is_ordered
    )
    await _give_back(tx, head.id)
    return await _become(tx, head, status, why_ended=cancel.reason)


async def _existing(tx: Transaction, requisition_id: UUID) -> Row:
    head = await locked_requisition(tx, requisition_id)
    if head is None:
        raise NotFound(f"there is no purchase requisition {requisition_id}")
    return head


async def _become(
    tx: Transaction, head: Row, wanted: RequisitionStatus, **changes: Any
) -> RequisitionChanged:
    status = rules.advance(RequisitionStatus(head.status), wanted)
    changed = await tx.update(tables.PurchaseRequisition, head.id, status=status.value, **changes)
    return RequisitionChanged(
        requisition_id=head.id, requisition_number=head.number, status=status, ordered_on=changed.ordered_on
    )


async def _is_ordered(tx: Transaction, requisition_id: UUID) -> bool:
    return await tx.scalar(_ORDERED, {"requisition": requisition_id}) is not None


async def _give_back(tx: Transaction, requisition_id: UUID) -> None:
    """What its orders have not taken over."""
    today = (await master_data.company(tx)).today(tx.info[OPENED_AT])
    await posting.give_commitments_back(tx, CommittedBy(OF_REQUISITION, requisition_id), on=today)
