"""What a client sees who lost an answer, and looks at what is there: the same as it would have been told."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.faults.looking import Fate

if TYPE_CHECKING:
    from tests.faults.stories import Story


async def at_order(story: "Story", fate: Fate) -> Any:
    """The order, by the id of its process."""
    assert fate.process_id is not None
    return (await story.desks.clerk.get(f"/v1/sales-orders/{fate.process_id.split('/')[2]}"))["order"]


async def at_purchase(story: "Story", fate: Fate) -> Any:
    """The purchase order, by the id of its process."""
    assert fate.process_id is not None
    return await story.desks.clerk.get(f"/v1/purchase-orders/{fate.process_id.split('/')[2]}")


async def at_vendor_return(story: "Story", fate: Fate) -> Any:
    """The return to a supplier, by the id of its process."""
    assert fate.process_id is not None
    return await story.desks.clerk.get(f"/v1/vendor-returns/{fate.process_id.split('/')[2]}")


async def at_goods_write_off(story: "Story", fate: Fate) -> Any:
    """Where a write-off of goods stands, by the id of its process."""
    assert fate.process_id is not None
    process = await story.desks.clerk.get(f"/v1/processes/{fate.process_id}")
    return {"write_off_id": fate.process_id.split("/")[2], "write_off_number": process["document"]} | {
        "stage": "waiting for approval"
    }


async def at_coded_invoice(story: "Story", fate: Fate) -> Any:
    """The invoice without an order, by the id of its process."""
    assert fate.process_id is not None
    return await story.desks.clerk.get(f"/v1/coded-invoices/{fate.process_id.split('/')[2]}")


async def at_requisition(story: "Story", fate: Fate) -> Any:
    """The requisition, by the id of its process."""
    assert fate.process_id is not None
    return await story.desks.clerk.get(f"/v1/purchase-requisitions/{fate.process_id.split('/')[2]}")


async def at_shipment(story: "Story", fate: Fate) -> Any:
    """The one shipment of the order that was not seen before, and its invoice; of services there is none."""
    shipment: Any = {"shipment_number": ""}
    if fate.answer["shipment_number"]:
        shipment = await new_one(story, "shipment", "/v1/shipments?order=", "shipment_id")
    invoices = await new_ones(story, "invoice", "/v1/invoices?order_id=", None)
    # One over several orders belongs to none of them, and comes with its month.
    numbers = [invoice["invoice_number"] for invoice in invoices if invoice["order_id"] is not None]
    number = numbers[0] if numbers else None
    return {**shipment, "stage": await story.stage_now(), "invoice_number": number}


async def at_payment(story: "Story", _: Fate) -> Any:
    """The one payment of the order that was not seen before."""
    payment = await new_one(story, "payment", "/v1/payments?order_id=", "payment_id")
    return {**payment, "stage": await story.stage_now()}


async def at_amendment(story: "Story", _: Fate) -> Any:
    """The order as it is wanted now."""
    order = (await story.desks.clerk.get(story.path))["order"]
    return {"order": order, "version": order["version"]}


async def at_inspection(story: "Story", return_id: UUID, fate: Fate) -> Any:
    """The return, and the credit notes that were not seen before; how much was refunded it cannot tell."""
    there = await story.desks.clerk.get(f"/v1/returns/{return_id}")
    notes = await new_ones(story, "credit_note", "/v1/credit-notes?order_id=", None)
    return {
        "return_number": there["return_number"],
        "credit_note_numbers": [note["credit_note_number"] for note in notes],
        "refunded_amount": fate.answer["refunded_amount"],
    }


async def new_one(story: "Story", kind: str, path: str, id_name: str) -> Any:
    """The one document of the order that no answer has named yet."""
    found = await new_ones(story, kind, path, id_name)
    if len(found) != 1:
        raise AssertionError(f"{len(found)} times a {kind} that was asked for once: {found}")
    return found[0]


async def new_ones(story: "Story", kind: str, path: str, id_name: str | None) -> list[Any]:
    """The documents of the order that no answer has named yet."""
    known = story.books.documents[kind.replace("_", " ")]
    there = (await story.desks.clerk.get(f"{path}{story.order_id}"))["items"]
    return [
        one
        for one in there
        if (str(one[id_name] if id_name else story.order_id), one[f"{kind}_number"]) not in known
    ]
