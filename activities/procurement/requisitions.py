"""Requisitions: entered with their source and their budget, approved, ordered; or turned down."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from activities.ledger import posting
from activities.procurement.for_requisition import OF_REQUISITION
from activities.procurement.purchasing_inputs import purchasing_inputs
from domains.identity import queries as identity
from domains.ledger.messages.budgets import CommittedBy
from domains.ledger.queries.budgets import are_budgets_kept, cost_centres_in_use
from domains.master_data import queries as master_data
from domains.procurement import tables
from domains.procurement.messages import PURCHASE_REQUISITION
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
)
from domains.procurement.queries.requisitions import last_prices, locked_requisition
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.rules import price_purchase_order
from domains.procurement.rules import requisitions as rules
from domains.procurement.rules.sourcing import PriceKnowledge
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Row, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError, Invalid, NotFound, Refusals
from foundation.values.money import ZERO

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
    known = await _inputs(tx, asked)
    known.company.check_not_too_far_ahead("requested_on", asked.requested_on, tx.info[OPENED_AT])
    lines = rules.sourced_lines(asked, known)
    number = tx.closing.sequence_number("PQ", "procurement.purchase_requisition_number")
    entered = RequisitionEntered(
        requisition_number=number,
        cost_centre=rules.cost_centre_of(lines),
        currency=known.company.currency,
        base_total_amount=sum((line.base_amount for line in lines), ZERO),
        lines=lines,
        **asked.model_dump(include={"requisition_id", "requested_on", "category", "warehouse_code"}),
    )
    await _check_orderable(tx, entered)
    document = CommittedBy(OF_REQUISITION, asked.requisition_id)
    today = known.company.today(tx.info[OPENED_AT])
    budgets = await posting.commit_budgets(tx, document, rules.to_commit(lines), on=today)
    entered = entered.model_copy(
        update={
            "lines": tuple(
                line.model_copy(update={"budget_code": budgets.get(line.line_number)}) for line in lines
            )
        }
    )
    _write(tx, asked, entered)
    return entered


async def _inputs(tx: Transaction, asked: EnterRequisition) -> rules.RequisitionInputs:
    on, codes = asked.requested_on, {line.item_code for line in asked.lines}
    company = await master_data.company(tx)
    offers, last = await supplier_items(tx, codes), await last_prices(tx, codes, on)
    named = {line.supplier_code for line in asked.lines if line.supplier_code is not None}
    named |= {offer.supplier_code for offer in offers} | {price.supplier_code for price in last}
    rates: dict[str, Decimal] = {}
    for currency in sorted({offer.currency for offer in offers} | {price.currency for price in last}):
        rate = await master_data.rate_found(tx, currency, on, base=company.currency)
        if not isinstance(rate, BusinessError):
            rates[currency] = rate
    centres = {line.cost_centre for line in asked.lines if line.cost_centre is not None}
    today = company.today(tx.info[OPENED_AT])
    policies = [
        one
        for one in await identity.policies_of(tx, PURCHASE_REQUISITION)
        if not one.blocked and one.valid_from <= today
    ]
    of_cost_centres = any(one.cost_centre for one in policies) or await are_budgets_kept(tx)
    return rules.RequisitionInputs(
        company=company,
        items=await master_data.items_on(tx, codes, on),
        prices=PriceKnowledge(
            offers=offers,
            last_prices=last,
            suppliers=await master_data.suppliers(tx, sorted(named)),
            rates=rates,
        ),
        cost_centres=frozenset(await cost_centres_in_use(tx, centres)),
        categories=frozenset(one.category for one in policies if one.category),
        tells_cost_centres_apart=of_cost_centres,
    )


async def _check_orderable(tx: Transaction, entered: RequisitionEntered) -> None:
    """Nothing is entered that cannot be ordered as far as it is known today. Refuses: Invalid."""
    refusals = Refusals()
    for order in rules.orders_of(entered, entered.requested_on):
        try:
            price_purchase_order(order, await purchasing_inputs(tx, order))
        except Invalid as refused:
            rules.as_refused(order, refused.errors, refusals)
    refusals.raise_if_any()


def _write(tx: Transaction, asked: EnterRequisition, entered: RequisitionEntered) -> None:
    head = entered.model_dump(exclude={"requisition_id", "requisition_number", "lines"})
    own: dict[str, Any] = {
        "id": entered.requisition_id,
        "number": entered.requisition_number,
        "status": RequisitionStatus.ENTERED.value,
        "reason": asked.reason,
    }
    lines = [{"requisition_id": entered.requisition_id, **dict(line)} for line in entered.lines]
    write_document(tx, {tables.PurchaseRequisition: head | own})
    write_document(tx, {tables.PurchaseRequisitionLine: lines})


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
