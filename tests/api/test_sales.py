"""Returns and amended orders as they are read through the REST API."""

from decimal import Decimal
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from tests.builders.sales import Clerk, a_line, a_return, an_amendment, an_order
from tests.erp import Erp


@pytest.fixture
async def clerk(http: httpx.AsyncClient, caller: Caller) -> Clerk:
    """Somebody who takes orders for a company that is open for business."""
    del http  # It opens the database.
    clerk = Clerk(caller)
    await clerk.open()
    return clerk


@pytest.fixture
def door(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """The API of the test's company."""
    return Erp(http=http, temporal=temporal, company=company)


async def test_the_versions_of_an_order_tell_what_each_amendment_changed(clerk: Clerk, door: Erp) -> None:
    placed = await clerk.place(an_order(a_line(discount_percent=Decimal("2.5"))))
    amend = an_amendment(placed.order_id, a_line("ADVICE", "1.50"), reason="advice instead")
    await clerk.amend(amend)

    second, first = await door.get(f"/v1/sales-orders/{placed.order_id}/versions")
    unknown = await door.request("GET", f"/v1/sales-orders/{uuid4()}/versions")

    assert (first["version"], first["total_amount"], first["changes"]) == (1, "116.03", [])
    assert (second["version"], second["total_amount"], second["currency"]) == (2, "178.50", "EUR")
    assert (second["amended_by"], second["reason"]) == (clerk.caller.actor, "advice instead")
    (change,) = second["changes"]
    assert change["line_number"] == 1
    assert change["before"] == {
        "item_code": "BOLT",
        "description": "Bolt",
        "quantity": "10",
        "unit": "pc",
        "unit_price": "10.00",
        "discount_percent": "2.5",
        "tax_code": "T19",
        "net_amount": "97.50",
        "tax_amount": "18.53",
    }
    assert (change["after"]["item_code"], change["after"]["quantity"]) == ("ADVICE", "1.5")
    assert unknown.status_code == 404


async def test_a_return_is_listed_and_shown_with_what_came(clerk: Clerk, door: Erp) -> None:
    order_id = await clerk.delivered(a_line(quantity=2, unit="box"))
    asked = a_return(order_id)
    await clerk.authorise(asked)
    await clerk.end_return(asked.return_id, {1: 1}, scrapped="0.5")

    (listed,) = (await door.get("/v1/returns", order=str(order_id), status="closed"))["items"]
    shown = await door.get(f"/v1/returns/{asked.return_id}")

    assert listed.items() <= shown.items()
    assert (shown["customer_name"], shown["resolution"], shown["reason"]) == (
        "Customer C1",
        "refund",
        "too many",
    )
    assert shown["lines"] == [
        {
            "line_number": 1,
            "item_code": "BOLT",
            "quantity": "2",
            "unit": "box",
            "stock_quantity": "20",
            "is_stocked": True,
            "accepted_quantity": "1",
            "scrapped_quantity": "0.5",
        }
    ]
    assert (await door.get("/v1/returns", authorised_from="2099-01-01"))["items"] == []
    assert (await door.request("GET", "/v1/returns", sort="colour")).status_code == 422
    assert (await door.request("GET", f"/v1/returns/{uuid4()}")).status_code == 404
