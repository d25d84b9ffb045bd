"""Goods that come back from a customer."""

from datetime import date
from uuid import UUID

from api import processes
from api.door import Asked, AskedRequest, Page, Paging, Router, allows, page
from domains.sales import queries
from domains.sales.messages import InspectionAsked, InspectReturn, ReturnCancellation, ReturnProgress
from domains.sales.queries import ReturnSummary, ReturnView

router = Router(prefix="/v1/returns", tags=["Sales"])


@router.get("", dependencies=[allows("sales.return.read")])
async def list_returns(
    asked: Asked,
    paging: Paging,
    order: UUID | None = None,
    customer: str | None = None,
    number: str | None = None,
    status: str | None = None,
    authorised_from: date | None = None,
    authorised_to: date | None = None,
) -> Page[ReturnSummary]:
    """Returns, the newest first; `sort` by authorised_on or number."""
    wanted = queries.returns(
        order_id=order,
        customer_code=customer,
        number=number,
        status=status,
        authorised_from=authorised_from,
        authorised_to=authorised_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, queries.return_summary)


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
    inspect = InspectReturn(
        **{
            **dict(inspection),
            "inspection_id": asked.new_id("inspection", of=return_id),
            "received_on": inspection.received_on or asked.today,
        }
    )
    return await processes.command(asked, _process(asked, return_id), "inspect", inspect, ReturnProgress)


@router.post("/{return_id}/cancellation", dependencies=[allows("sales.return.authorise")])
async def cancel(return_id: UUID, cancellation: ReturnCancellation, asked: Asked) -> ReturnProgress:
    """The goods do not come after all; an order that was to be cancelled with them goes on."""
    return await processes.command(asked, _process(asked, return_id), "cancel", cancellation, ReturnProgress)


def _process(asked: AskedRequest, return_id: UUID) -> str:
    return processes.process_id_of(asked, "customer_return", return_id)
