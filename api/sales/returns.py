"""Goods that come back from a customer."""

from datetime import date
from uuid import UUID

from api.door import Asked, Page, Paging, Router, allows, page
from domains.sales import queries
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
    async with asked.read() as session:
        return await page(session, wanted, paging, queries.return_summary)


@router.get("/{return_id}", dependencies=[allows("sales.return.read")])
async def one_return(return_id: UUID, asked: Asked) -> ReturnView:
    """What may come back of an order, and what did, line by line."""
    async with asked.read() as session:
        return await queries.return_view(session, return_id)
