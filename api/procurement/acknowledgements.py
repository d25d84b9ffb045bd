"""What suppliers answer to orders."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query

from activities.procurement.acknowledgements import record_acknowledgement, refuse_acknowledgement
from api import processes
from api.door import Asked, Router, allows
from api.lists import add_list
from api.procurement.purchase_orders import process_of, purchase_orders, reports
from domains.procurement.messages import ChangePrices, LinePriced, PurchaseOrderPlaced
from domains.procurement.messages.acknowledgements import (
    AcknowledgementAsked,
    AcknowledgementDecision,
    RecordAcknowledgement,
    RefuseAcknowledgement,
)
from domains.procurement.queries import acknowledgements as queries
from domains.procurement.queries.acknowledgements import AcknowledgementView, OverdueLine
from domains.procurement.rules.acknowledgements import NotWaiting

acknowledgements = Router(prefix="/v1/purchase-acknowledgements", tags=["Procurement"])

ANSWERS: dict[str, Any] = {
    "as it was ordered": {
        "summary": "All of it comes on one day, at the prices of the order",
        "value": {"supplier_number": "AB-2026-117", "promised_on": "2026-03-20"},
    },
    "other prices": {
        "summary": "One line comes later, and costs more",
        "value": {
            "supplier_number": "AB-2026-117",
            "acknowledged_on": "2026-03-03",
            "promised_on": "2026-03-20",
            "lines": [{"line_number": 2, "promised_on": "2026-04-02", "unit_price": "115.00"}],
        },
    },
}
DECISIONS: dict[str, Any] = {
    "why": {"value": {"reason": "The new list price holds for all.", "decided_on": "2026-03-04"}},
}
READ = allows("procurement.purchase_order.read")
DECIDE = allows("procurement.purchase_order.change_price")

add_list(acknowledgements, queries.ACKNOWLEDGEMENTS, READ)


@acknowledgements.get("/{acknowledgement_id}", dependencies=[READ])
async def one_acknowledgement(acknowledgement_id: UUID, asked: Asked) -> AcknowledgementView:
    """What the supplier says of each line, beside what was ordered."""
    async with asked.read() as tx:
        return await queries.acknowledgement(tx, acknowledgement_id)


@purchase_orders.post(
    "/{order_id}/acknowledgement",
    status_code=201,
    dependencies=[allows("procurement.purchase_order.acknowledge")],
)
async def acknowledge(
    order_id: UUID,
    answer: Annotated[AcknowledgementAsked, Body(openapi_examples=ANSWERS)],
    asked: Asked,
) -> AcknowledgementView:
    """The supplier has answered: when what comes, at which prices. Prices within what is tolerated are taken
    as they are; for others it waits for a decision. An answer before it that waits is superseded.
    """
    acknowledgement_id = asked.new_id("acknowledgement", of=order_id)
    on = answer.acknowledged_on or asked.today
    own = {"acknowledgement_id": acknowledgement_id, "order_id": order_id, "acknowledged_on": on}
    await asked.run(record_acknowledgement, RecordAcknowledgement(**{**dict(answer), **own}))
    async with asked.read() as tx:
        return await queries.acknowledgement(tx, acknowledgement_id)


@acknowledgements.post("/{acknowledgement_id}/acceptance", status_code=201, dependencies=[DECIDE])
async def accept(
    acknowledgement_id: UUID,
    decision: Annotated[AcknowledgementDecision, Body(openapi_examples=DECISIONS)],
    asked: Asked,
) -> AcknowledgementView:
    """The supplier's prices hold for the order from now on, as by a price change; the supplier is told of its
    order anew.
    """
    async with asked.read() as tx:
        known = await queries.acknowledgement(tx, acknowledgement_id)
    lines = tuple(
        LinePriced(**line.model_dump(include={"line_number", "unit_price", "discount_percent"}))
        for line in known.lines
        if not line.is_tolerated
    )
    if not lines:
        raise NotWaiting("all of it was agreed: there is nothing to decide")
    command = ChangePrices(
        change_id=asked.new_id("price-change", of=known.order_id),
        acknowledgement_id=acknowledgement_id,
        lines=lines,
        reason=decision.reason,
        changed_on=decision.decided_on or max(asked.today, known.acknowledged_on),
    )
    process = process_of(asked, known.order_id)
    await processes.command(asked, process, "change_prices", command, PurchaseOrderPlaced)
    async with asked.read() as tx:
        return await queries.acknowledgement(tx, acknowledgement_id)


@acknowledgements.post("/{acknowledgement_id}/refusal", status_code=201, dependencies=[DECIDE])
async def refuse(
    acknowledgement_id: UUID,
    decision: Annotated[AcknowledgementDecision, Body(openapi_examples=DECISIONS)],
    asked: Asked,
) -> AcknowledgementView:
    """The prices of the order hold, and the days of the answer count for nothing: the supplier is to answer
    anew.
    """
    async with asked.read() as tx:
        known = await queries.acknowledgement(tx, acknowledgement_id)
    on = decision.decided_on or max(asked.today, known.acknowledged_on)
    own = {"acknowledgement_id": acknowledgement_id, "decided_on": on}
    await asked.run(refuse_acknowledgement, RefuseAcknowledgement(**{**dict(decision), **own}))
    async with asked.read() as tx:
        return await queries.acknowledgement(tx, acknowledgement_id)


@reports.get("/overdue-purchase-orders", dependencies=[READ])
async def overdue_purchase_orders(
    asked: Asked,
    due_to: Annotated[date | None, Query(description="Due by this day; yesterday when empty")] = None,
) -> list[OverdueLine]:
    """What of purchase orders has not come by now, and was promised, or else wanted, by a day; the latest
    first.
    """
    async with asked.read() as tx:
        return await queries.overdue_lines(tx, asked.today if due_to is None else due_to + timedelta(days=1))
