"""Goods that come back from a customer."""

from datetime import date
from uuid import UUID

from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from api.sales import days
from domains.sales import queries
from domains.sales.messages import InspectionAsked, InspectReturn, ReturnCancellation, ReturnProgress
from domains.sales.queries import ReturnView
from foundation.values.errors import NotFound

router = Router(prefix="/v1/returns", tags=["Sales"])


add_list(router, queries.RETURNS, allows("sales.return.read"))


@router.get("/{return_id}", dependencies=[allows("sales.return.read")])
async def one_return(return_id: UUID, asked: Asked) -> ReturnView:
    """What may come back of an order, and what did, line by line."""
    async with asked.read() as tx:
        return await queries.return_view(tx, return_id)


@router.post("/{return_id}/inspection", dependencies=[allows("sales.return.inspect")])
async def inspect(return_id: UUID, inspection: InspectionAsked, asked: Asked) -> ReturnProgress:
    """Tell what came back, and in which state; without lines, all of it, fit to be sold again.

    The goods are worth again what they cost when they left. What was billed of them is credited, and
    refunded, kept on account or sent again, as was agreed.
    """
    inspection_id = asked.new_id("inspection", of=return_id)
    on = inspection.received_on or await _since_they_left(asked, return_id)
    inspect = InspectReturn(**{**dict(inspection), "inspection_id": inspection_id, "received_on": on})
    return await processes.command(asked, _process(asked, return_id), "inspect", inspect, ReturnProgress)


@router.post("/{return_id}/cancellation", dependencies=[allows("sales.return.authorise")])
async def cancel(return_id: UUID, cancellation: ReturnCancellation, asked: Asked) -> ReturnProgress:
    """The goods do not come after all; an order that was to be cancelled with them goes on."""
    return await processes.command(asked, _process(asked, return_id), "cancel", cancellation, ReturnProgress)


def _process(asked: AskedRequest, return_id: UUID) -> str:
    return processes.process_id_of(asked, "customer_return", return_id)


async def _since_they_left(asked: AskedRequest, return_id: UUID) -> date:
    """Today, or the day on which the last of the order's goods leave when that is yet to come."""
    try:
        async with asked.read() as tx:
            order_id = (await queries.return_view(tx, return_id)).order_id
    except NotFound:
        return asked.today  # The process says so.
    return await days.since_it_left(asked, order_id)
