"""Sales orders change on their way: amended, cancelled at any stage, and goods of them come back."""

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities import sales
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.dry_runs import WouldBeTaken
from api.sales import days
from domains.sales import queries
from domains.sales.messages import (
    AmendmentAsked,
    AmendOrder,
    BillDelivered,
    BillingAsked,
    Cancellation,
    CancellationAnswered,
    CancellationAsked,
    CancellationPlan,
    CloseRest,
    ClosingAsked,
    OrderAmended,
    OrderBilled,
    RestClosed,
    ReturnAsked,
    ReturnProgress,
    RunReturn,
)
from foundation.database.rehearsal import Would, would_be_done
from foundation.runtime import visibility
from foundation.values import versions
from foundation.values.errors import NotFound

router = Router(prefix="/v1/sales-orders", tags=["Sales"])

CANCELLATIONS: dict[str, Any] = {
    "before goods have left": {
        "summary": "The customer wants the order no more",
        "value": {"reason": "ordered twice by mistake"},
    },
    "after goods have left": {
        "summary": "Goods come back, money is refunded",
        "value": {"reason": "delivered too late", "goods": "come_back", "money": "refund"},
    },
}
RETURNS: dict[str, Any] = {
    "two of line 1": {
        "summary": "Two pieces of the first line are broken, and sent again",
        "value": {
            "reason": "broken on the way",
            "resolution": "replace",
            "lines": [{"line_number": 1, "quantity": "2"}],
        },
    }
}


@router.post("/{order_id}/amendments", status_code=201, dependencies=[allows("sales.order.amend")])
async def amend(order_id: UUID, amendment: AmendmentAsked, asked: Asked) -> OrderAmended:
    """Want an order otherwise, before anything of it has left: all of its lines as they are wanted now.

    Prices, discounts and taxes that were agreed stay; what is new is priced as on the day of the amendment.
    Credit and reservation are checked again. The answer tells what differs.
    """
    amendment_id = asked.new_id("amendment", of=order_id)
    on = amendment.amended_on or await days.today_or_later(asked, order_id)
    amend = AmendOrder(**{**dict(amendment), "amended_on": on}, amendment_id=amendment_id, order_id=order_id)
    return await processes.command(asked, _order(asked, order_id), "amend", amend, OrderAmended)


@router.post(
    "/{order_id}/cancellation",
    dependencies=[allows("sales.order.cancel")],
    responses={202: {"description": "It waits for the goods to come back, or for the month to be billed"}},
)
async def cancel(
    order_id: UUID,
    cancellation: Annotated[CancellationAsked, Body(openapi_examples=CANCELLATIONS)],
    asked: Asked,
    response: Response,
) -> CancellationAnswered | CancellationPlan:
    """Cancel an order at any stage; what was done for it is taken back.

    200: it is cancelled. 202: goods have left, and a return waits for them; when they are back, what was
    billed is credited and what was paid is refunded or kept on account. Or what came back was sent again, and
    is still to be billed with its month. A dry run answers, step by step,
    what would be taken back, and what would remain.
    """
    on = cancellation.cancelled_on or await days.today_or_later(asked, order_id)
    cancel = Cancellation(**{**dict(cancellation), "cancelled_on": on})
    process_id = _order(asked, order_id)
    if asked.is_dry_run:
        told = await processes.would_take(asked, process_id, "cancel", cancel, query="plan_cancellation")
        if told is None:
            raise WouldBeTaken(process_id, "cancel")
        plan = versions.read(CancellationPlan, told)
        would_be_done(Would(what=step.what, by=step.by, document=step.document) for step in plan.steps)
        return plan
    answer = await processes.command(asked, process_id, "cancel", cancel, CancellationAnswered)
    if answer.outcome == "cancelling":
        response.status_code = 202
        where = f"returns/{answer.return_id}" if answer.return_id else f"sales-orders/{order_id}"
        response.headers["Location"] = f"/v1/{where}"
    return answer


@router.post("/{order_id}/billing", status_code=201, dependencies=[allows("sales.order.bill")])
async def bill(order_id: UUID, wanted: BillingAsked, asked: Asked) -> OrderBilled:
    """Bill now what has left and is not billed, of an order that is billed as a whole.

    Its rest is billed when it has left. An order that is billed with others (409) is billed with its month.
    """
    invoice_id = asked.new_id("invoice of what has left", of=order_id)
    on = wanted.invoiced_on or await days.since_it_left(asked, order_id)
    bill = BillDelivered(invoice_id=invoice_id, invoiced_on=on)
    return await processes.command(asked, _order(asked, order_id), "bill", bill, OrderBilled)


@router.post("/{order_id}/closing", status_code=201, dependencies=[allows("sales.order.close")])
async def close(order_id: UUID, wanted: ClosingAsked, asked: Asked) -> RestClosed:
    """What has not left is wanted no more: it is released, and what was delivered is billed.

    The order is closed when that is paid.
    """
    closing_id = asked.new_id("closing", of=order_id)
    on = wanted.closed_on or await days.since_it_left(asked, order_id)
    close = CloseRest(reason=wanted.reason, closing_id=closing_id, closed_on=on)
    return await processes.command(asked, _order(asked, order_id), "close_rest", close, RestClosed)


@router.post("/{order_id}/returns", status_code=201, dependencies=[allows("sales.return.authorise")])
async def return_goods(
    order_id: UUID,
    wanted: Annotated[ReturnAsked, Body(openapi_examples=RETURNS)],
    asked: Asked,
    response: Response,
) -> ReturnProgress:
    """Agree that goods of an order come back, also when the order was closed long ago.

    The warehouse inspects them with POST /v1/returns/{return_id}/inspection; then they are credited, and
    refunded, kept on account or sent again.
    """
    return_id = asked.new_id("return")
    run = RunReturn(
        **dict(wanted),
        return_id=return_id,
        order_id=order_id,
        authorised_on=asked.today,
        process_of_order=_order(asked, order_id),
    )
    start = processes.Start(
        name="customer_return",
        document_id=return_id,
        command=run,
        answer_type=ReturnProgress,
        first=(sales.authorise_return, run.as_authorisation()),
        summary=await _of_whose_order(asked, order_id),
    )
    progress: ReturnProgress = await processes.start(asked, start)
    response.headers["Location"] = f"/v1/returns/{return_id}"
    return progress


async def _of_whose_order(asked: AskedRequest, order_id: UUID) -> str:
    with suppress(NotFound):  # The process says so.
        async with asked.read() as tx:
            order = await queries.order_view(tx, order_id)
        return (
            f"Return of {order.order_number} by {visibility.named(order.customer_name, order.customer_code)}"
        )
    return "Return of goods"


def _order(asked: AskedRequest, order_id: UUID) -> str:
    return processes.process_id_of(asked, "order_to_cash", order_id)
