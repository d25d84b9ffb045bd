"""What goods cost on their way: freight, duty, insurance."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.inventory.landed_costs import post_landed_cost, reverse_landed_cost
from api.door import Asked, Router, allows
from api.inventory.stock import reversal
from api.lists import add_list
from domains.inventory.messages.landed_costs import (
    LANDED_COST,
    LandedCostAsked,
    PostLandedCost,
    ReverseLandedCost,
)
from domains.inventory.queries import landed_costs as queries
from domains.inventory.queries.landed_costs import LandedCostView
from domains.ledger.messages import DocumentReversed, ReversalAsked

landed_costs = Router(prefix="/v1/landed-costs", tags=["Inventory"])

COSTS: dict[str, Any] = {
    "the freight of two deliveries, by weight": {
        "value": {
            "source_id": "6f0c1a52-1111-4f6e-9f62-0a4c7b1d9e01",
            "basis": "weight",
            "posted_on": "2026-03-12",
            "reason": "sea freight of March",
            "receipts": [
                {"receipt_id": "6f0c1a52-2222-4f6e-9f62-0a4c7b1d9e02"},
                {"receipt_id": "6f0c1a52-3333-4f6e-9f62-0a4c7b1d9e03", "line_numbers": [1, 3]},
            ],
        },
    },
}


@landed_costs.post("", status_code=201, dependencies=[allows("ledger.landed_cost.post")])
async def spread(
    told: Annotated[LandedCostAsked, Body(openapi_examples=COSTS)], asked: Asked, response: Response
) -> LandedCostView:
    """Spread a cost that lies on the clearing account over goods that came.

    Stock and cost of goods sold follow: by what is left of the goods, and what has left.
    """
    landed_cost_id = asked.new_id("landed-cost")
    on = told.posted_on or asked.today
    command = PostLandedCost(**{**dict(told), "landed_cost_id": landed_cost_id, "posted_on": on})
    await asked.run(post_landed_cost, command)
    response.headers["Location"] = f"/v1/landed-costs/{landed_cost_id}"
    async with asked.read() as tx:
        return await queries.landed_cost(tx, landed_cost_id)


add_list(landed_costs, queries.LANDED_COSTS, allows("inventory.valuation.read"))


@landed_costs.get("/{landed_cost_id}", dependencies=[allows("inventory.valuation.read")])
async def one_landed_cost(landed_cost_id: UUID, asked: Asked) -> LandedCostView:
    """What was spread, and what each line got of it."""
    async with asked.read() as tx:
        return await queries.landed_cost(tx, landed_cost_id)


@landed_costs.post(
    "/{landed_cost_id}/reversal", status_code=201, dependencies=[allows("ledger.landed_cost.reverse")]
)
async def reverse(landed_cost_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back, also when its goods were sold: it lies on the clearing account again."""
    asked_with = await reversal(asked, LANDED_COST, landed_cost_id, why)
    return await asked.run(reverse_landed_cost, ReverseLandedCost(document_id=landed_cost_id, **asked_with))
