"""What an order and its return are asked for, when it could be given: the path, and what is said."""

from typing import Any

from tests.erp import Erp, an_order
from tests.workflows.test_billed_and_closed import shipped_in_part
from tests.workflows.test_returns import delivered, return_of
from tests.workflows.test_taken_back import shipment_of

Asked = tuple[str, dict[str, Any]]
EURO = {"amount": "50.00", "currency": "EUR"}
MANY = [{"item_code": "APPLE", "quantity": "200", "unit_price": "10.00"}]


def of(order: Any, what: str, **body: Any) -> Asked:
    """A request about an order."""
    return f"/v1/sales-orders/{order['order_id']}/{what}", body


async def shipping(erp: Erp) -> Asked:
    """All of it."""
    return of(await erp.place(), "shipments", shipped_on="2026-03-05")


async def paying(erp: Erp) -> Asked:
    """A part of it."""
    return of(await erp.place(), "payments", received_on="2026-03-05", **EURO)


async def amending(erp: Erp) -> Asked:
    """More of it."""
    lines = [{"item_code": "APPLE", "quantity": "12", "unit_price": "10.00"}]
    order = await erp.place(an_order(customer_code="BOB"))
    return of(order, "amendments", lines=lines, reason="more", amended_on="2026-03-05")


async def amending_too_much(erp: Erp) -> Asked:
    """More than its customer may owe."""
    path, body = await amending(erp)
    return path, body | {"lines": MANY}


async def cancelling_what_was_paid(erp: Erp) -> Asked:
    """Before anything has left."""
    order = await erp.place()
    await erp.pay(order, "119.00", received_on="2026-03-03")
    return of(order, "cancellation", reason="no more", money="refund", cancelled_on="2026-03-05")


async def cancelling_what_has_left(erp: Erp) -> Asked:
    """After all has left."""
    return of(await delivered(erp, paid=False), "cancellation", reason="late", cancelled_on="2026-03-06")


async def cancelling_what_comes_back(erp: Erp) -> Asked:
    """While a return of it is under way."""
    order = await delivered(erp, paid=False)
    await return_of(erp, order)
    return of(order, "cancellation", reason="late", cancelled_on="2026-03-06")


async def billing(erp: Erp) -> Asked:
    """What has left."""
    return of(await shipped_in_part(erp), "billing", invoiced_on="2026-03-10")


async def closing(erp: Erp) -> Asked:
    """What has not left is wanted no more."""
    return of(await shipped_in_part(erp), "closing", reason="enough", closed_on="2026-03-10")


async def taking_a_shipment_back(erp: Erp) -> Asked:
    """Nothing of it is billed."""
    shipment = await shipment_of(erp, await shipped_in_part(erp))
    body = {"reason": "a mistake", "reversed_on": "2026-03-10"}
    return f"/v1/shipments/{shipment['shipment_id']}/reversal", body


async def taking_a_listed_shipment_back(erp: Erp) -> Asked:
    """It is to be billed with its month."""
    shipment = await shipment_of(erp, await shipped_in_part(erp, "collective"))
    body = {"reason": "a mistake", "reversed_on": "2026-03-10"}
    return f"/v1/shipments/{shipment['shipment_id']}/reversal", body


async def taking_an_invoice_back(erp: Erp) -> Asked:
    """To bill it again."""
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    body = {"reason": "a mistake", "reversed_on": "2026-03-10"}
    return f"/v1/invoices/{invoice['invoice_id']}/reversal", body


async def inspecting(erp: Erp) -> Asked:
    """What came back."""
    returned = await return_of(erp, await delivered(erp, paid=False))
    return f"/v1/returns/{returned['return_id']}/inspection", {"received_on": "2026-03-10"}


async def calling_a_return_off(erp: Erp) -> Asked:
    """The goods do not come."""
    returned = await return_of(erp, await delivered(erp, paid=False))
    return f"/v1/returns/{returned['return_id']}/cancellation", {"reason": "kept"}


async def calling_an_inspected_return_off(erp: Erp) -> Asked:
    """The goods have come."""
    path, body = await calling_a_return_off(erp)
    await erp.post(f"{path.removesuffix('cancellation')}inspection", {"received_on": "2026-03-10"})
    return path, body
