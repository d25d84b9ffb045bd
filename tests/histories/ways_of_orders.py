"""Ways of orders that are decided, held, parked, repaired, turned back, and billed otherwise."""

import asyncio
from typing import Any
from uuid import uuid4, uuid5

from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domains.sales.messages import PlaceOrder
from foundation.operations import delivery
from foundation.process.approval_levels import ID_SPACE
from foundation.process.approval_messages import DecideApproval
from foundation.values.messages import Caller
from tests.erp import an_order
from tests.histories.changes import LooksOnceMore
from tests.histories.instead import instead
from tests.histories.scene import Scene, way, way_that_varies
from tests.histories.seeding import as_process
from tests.workflows import billing_together as together
from tests.workflows.approving import BIG, a_held_order, a_policy, asked_at_once, decide, hire, level
from workers import registry

ORDER = "order_to_cash"


def process(scene: Scene, order: Any) -> str:
    """The id of an order's process."""
    return f"{scene.erp.company}/{ORDER}/{order['order_id']}"


@way
async def order_refused(scene: Scene) -> str:
    """Nobody knows the item."""
    lines = [{"item_code": "NOTHING", "quantity": "1", "unit_price": "1.00"}]
    refused = await scene.erp.request("POST", "/v1/sales-orders", an_order(lines=lines), by="sales clerk")
    assert refused.status_code == 422
    return (await scene.until_ended(ORDER))[0]


@way
async def order_refused_when_it_was_written(scene: Scene) -> str:
    """Its goods are not set aside: what was done before is taken back."""
    scene.refuse_step("inventory.reserve_stock")
    refused = await scene.erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk")
    assert refused.status_code == 422
    return (await scene.until_ended(ORDER))[0]


@way_that_varies
async def order_given_up_by_an_operator(scene: Scene) -> str:
    """A step before the goods have left fails, and is given up."""
    scene.break_step("inventory.reserve_stock")
    placing = asyncio.create_task(scene.erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk"))
    parked = await scene.until_parked(ORDER)
    await scene.repair(parked, "abort")
    assert (await placing).status_code == 422
    return parked


@way_that_varies
async def order_whose_way_back_waits(scene: Scene) -> str:
    """Cancelled; what was set aside cannot be released at first."""
    order = await scene.erp.place()
    scene.refuse_step("inventory.release_reservation")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "no more"}))
    parked = await scene.until_parked(ORDER)
    scene.mend()
    await scene.repair(parked, "retry")
    await cancelling
    return parked


@way_that_varies
async def order_held_parked_and_retried(scene: Scene) -> str:
    """Held and released; its invoice cannot be posted, is held meanwhile, and retried."""
    order = await scene.erp.place()
    held = process(scene, order)
    for what in ("hold", "release"):
        await scene.told_to(held, what)
    scene.refuse_step("receivables.post_invoice")
    shipping = asyncio.create_task(scene.erp.ship(order))
    await scene.until_parked(ORDER)
    await scene.told_to(held, "hold")
    scene.mend()
    await scene.repair(held, "retry")
    await scene.told_to(held, "release")
    await shipping
    await scene.erp.pay(order, "119.00")
    return held


@way_that_varies
async def order_whose_refund_is_skipped(scene: Scene) -> str:
    """Prepaid and cancelled; the money cannot go back, and stays on the account."""
    order = await scene.erp.place()
    await scene.erp.pay(order, "50.00", received_on="2026-03-03")
    scene.refuse_step("ledger.post_refund")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01"}
    cancelling = asyncio.create_task(scene.erp.post(path, asked))
    parked = await scene.until_parked(ORDER)
    await scene.repair(parked, "skip")
    await cancelling
    return parked


@way
async def order_cancelled_by_an_operator(scene: Scene) -> str:
    """In the Temporal Web UI."""
    order = await scene.erp.place()
    await scene.erp.process_of(order).cancel()
    await scene.erp.until(order, "cancelled")
    return process(scene, order)


@way
async def order_decided_again(scene: Scene) -> str:
    """Approved twice by the same person."""
    order, approval = await a_held_order(scene.erp)
    for _ in range(2):
        assert (await decide(scene.erp, approval, "credit manager"))[0] == 200
    await scene.erp.ship(order)
    await scene.erp.pay(order, "1071.00", received_on="2026-04-20")
    return process(scene, order)


@way
async def order_decided_at_two_levels(scene: Scene) -> str:
    """Approved by one person, then by two at the same time; a reminder comes before the last."""
    levels = (level(1, "credit manager"), level(2, "accountant"), level(2, "operator"))
    await a_policy(scene.erp, "CHAIN", *levels)
    people = [
        await hire(scene.erp, name, role) for name, role in (("Alma", "accountant"), ("Olga", "operator"))
    ]
    order, first = await a_held_order(scene.erp)
    await decide(scene.erp, first, "credit manager")
    second, third = (await asked_at_once(scene.erp, order, 3))[1:]
    await decide(scene.erp, second, people[0])
    await scene.pass_by(days=3)
    await decide(scene.erp, third, people[1])
    await scene.erp.ship(order)
    await scene.erp.pay(order, "1071.00", received_on="2026-04-20")
    return process(scene, order)


@way
async def order_rejected_by_one_of_two(scene: Scene) -> str:
    """Two are asked at the same time, and the first says no: nobody needs to decide any more."""
    await a_policy(scene.erp, "TWO", level(1, "credit manager"), level(1, "accountant"))
    order, first = await a_held_order(scene.erp, first="credit manager")
    await asked_at_once(scene.erp, order, 2)
    await decide(scene.erp, first, "credit manager", approved=False)
    return process(scene, order)


@way_that_varies
async def order_decided_early(scene: Scene) -> str:
    """The decision comes before the process has asked, as after a reset; it is rejected."""
    scene.break_step("sales.hold_order")
    asked = an_order(customer_code="BOB", lines=BIG)
    placing = asyncio.create_task(scene.erp.request("POST", "/v1/sales-orders", asked, by="sales clerk"))
    parked = await scene.until_parked(ORDER)
    decision = DecideApproval(
        approval_id=uuid5(ID_SPACE, f"{parked}/approval"),
        approved=False,
        reason="no",
        roles=("credit manager",),
    )
    by = Caller(company=scene.erp.company, actor="Clara Credit", correlation_id="early")
    handle = scene.erp.temporal.get_workflow_handle(parked)
    deciding = asyncio.create_task(handle.execute_update("decide", args=[decision, by]))
    await asyncio.sleep(0.3)
    scene.mend()
    await scene.repair(parked, "retry")
    await deciding
    await placing
    return parked


@way
async def order_reminded_escalated_and_withdrawn(scene: Scene) -> str:
    """Nobody decides for weeks; then it is cancelled."""
    order, _ = await a_held_order(scene.erp)
    await scene.pass_by(days=16)
    await scene.erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "too late"})
    return process(scene, order)


@way
async def order_amended_within_and_beyond_the_limit(scene: Scene) -> str:
    """More than the limit allows is refused; less than before is taken though it is over the limit."""
    order, approval = await a_held_order(scene.erp)
    await decide(scene.erp, approval, "credit manager")
    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    for quantity, status in (("95", 409), ("89", 201)):
        lines = [{"item_code": "APPLE", "quantity": quantity, "unit_price": "10.00"}]
        amended = await scene.erp.request("POST", path, {"lines": lines})
        assert amended.status_code == status, amended.text
    await scene.erp.ship(order)
    await scene.erp.pay(order, "1059.10", received_on="2026-04-20")
    return process(scene, order)


@way
async def order_prepaid_and_billed_with_each_shipment(scene: Scene) -> str:
    """What came before is used for the first invoice; other money of the customer settles the second."""
    order = await scene.erp.place(an_order(freight_amount="10.00", freight_tax_code="S19"))
    await scene.erp.pay(order, "50.00", received_on="2026-03-03")
    await scene.erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await scene.erp.pay(order, "9.50")
    shipped = await scene.erp.ship(order)
    found = await scene.erp.get("/v1/invoices", number=shipped["invoice_number"])
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-20", "amount": "71.40"}
    by = {"invoice_id": found["items"][0]["invoice_id"]}
    await scene.erp.post("/v1/payments", money | by, by="accountant")
    await scene.erp.until(order, "closed")
    return process(scene, order)


@way
async def order_that_does_not_wait_for_what_cannot_be_sent(scene: Scene) -> str:
    """Temporal does not take a shipment, as one that is too large: the next one is not kept for it."""

    async def takes_nothing(*asked: Any) -> Any:
        raise RPCError("too large", RPCStatusCode.INVALID_ARGUMENT, b"")

    order = await scene.erp.place()
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    with instead(delivery, _updated=takes_nothing):
        refused = await scene.erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse")
    assert refused.status_code >= 400, refused.text
    await scene.erp.ship(order)
    await scene.erp.pay(order, "119.00")
    return process(scene, order)


@way
async def order_of_services(scene: Scene) -> str:
    """Nothing of it is kept in stock."""
    lines = [{"item_code": "ADVICE", "quantity": "1", "unit_price": "100.00"}]
    order = await scene.erp.place(an_order(lines=lines))
    await scene.erp.ship(order)
    await scene.erp.pay(order, "119.00")
    return process(scene, order)


async def order_looked_at_once_more(scene: Scene) -> str:
    """An order of a changed process, which has a step behind a patch; on a queue of its own."""
    client, company = scene.erp.temporal, scene.erp.company
    order = PlaceOrder(**an_order(), order_id=uuid4())
    changed = Worker(
        client,
        task_queue="changed",
        workflows=[as_process(LooksOnceMore)],
        activities=registry.operations(),
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with changed:
        begun = await client.start_workflow(
            ORDER,
            order,
            id=f"{company}/{ORDER}/{order.order_id}",
            task_queue="changed",
            memo={"caller": Caller(company=company, actor="a tester", correlation_id="by hand")},
        )
        placed = {"order_id": str(order.order_id)}
        await scene.until_there(ORDER, lambda one: one["stage"] == "waiting for shipment")
        await scene.erp.ship(placed)
        await scene.erp.pay(placed, "119.00")
        await scene.until_ended(ORDER)
    return begun.id


@way
async def order_billed_now_and_its_rest_given_up(scene: Scene) -> str:
    """Shipped in parts, billed as a whole: a part is billed now, and what has not left is given up."""
    erp = scene.erp
    order = await erp.place(an_order(invoicing="order"))
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await erp.post(f"{path}/billing", {"invoiced_on": "2026-03-10"}, by="accountant")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "3"}], shipped_on="2026-03-12")
    await erp.post(f"{path}/closing", {"reason": "enough", "closed_on": "2026-03-15"}, by="sales clerk")
    await erp.pay(order, "83.30")
    return process(scene, order)


@way
async def order_billed_when_its_return_was_called_off(scene: Scene) -> str:
    """Shipped in part, billed as a whole, cancelled; the customer keeps it after all."""
    erp = scene.erp
    order = await erp.place(an_order(invoicing="order"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    asked = {"reason": "too late", "cancelled_on": "2026-03-08"}
    back = await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", asked)
    await erp.post(f"/v1/returns/{back['return_id']}/cancellation", {"reason": "kept after all"})
    await erp.until(order, "waiting for payment")
    await erp.pay(order, "47.60")
    return process(scene, order)


@way
async def order_whose_shipment_was_taken_back(scene: Scene) -> str:
    """Billed with its month: what was shipped by mistake is taken back, and shipped when it really leaves."""
    erp = scene.erp
    order = await erp.place(an_order(invoicing="collective"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    (shipment,) = (await erp.get("/v1/shipments", order=order["order_id"]))["items"]
    asked = {"reason": "it is still here", "reversed_on": "2026-03-08"}
    await erp.post(f"/v1/shipments/{shipment['shipment_id']}/reversal", asked, by="warehouse")
    await erp.ship(order, shipped_on="2026-03-09")
    invoice = await together.billed(erp, order)
    await together.pay(erp, invoice, "119.00")
    return process(scene, order)


@way
async def order_whose_invoice_was_taken_back(scene: Scene) -> str:
    """Paid in part; its invoice was wrong, and is credited; what it billed is billed again."""
    erp = scene.erp
    order = await erp.place(an_order())
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await erp.pay(order, "20.00")
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    asked = {"reason": "wrong address", "reversed_on": "2026-03-20"}
    await erp.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", asked, by="accountant")
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.post(f"{path}/billing", {"invoiced_on": "2026-03-20"}, by="accountant")
    await erp.ship(order, shipped_on="2026-03-21")
    await erp.pay(order, "99.00", received_on="2026-03-22")
    return process(scene, order)


@way
async def order_whose_payment_was_taken_back(scene: Scene) -> str:
    """Paid by debit, which the customer's bank returns before the rest has left; paid again."""
    erp = scene.erp
    order = await erp.place(an_order())
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    paid = await erp.pay(order, "47.60")
    asked = {"reason": "returned debit", "reversed_on": "2026-03-20"}
    await erp.post(f"/v1/payments/{paid['payment_id']}/reversal", asked, by="accountant")
    await erp.at_rest()
    await erp.ship(order, shipped_on="2026-03-21")
    await erp.pay(order, "119.00", received_on="2026-03-23")
    return process(scene, order)


@way
async def order_whose_payment_never_came_for_what_was_taken_back(scene: Scene) -> str:
    """Its invoice is taken back; then the bank returns the debit that had paid it; billed and paid again."""
    erp = scene.erp
    order = await erp.place(an_order())
    await erp.ship(order)
    paid = await erp.pay(order, "50.00")
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    asked = {"reason": "wrong address", "reversed_on": "2026-03-20"}
    await erp.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", asked, by="accountant")
    asked = {"reason": "returned debit", "reversed_on": "2026-03-21"}
    await erp.post(f"/v1/payments/{paid['payment_id']}/reversal", asked, by="accountant")
    await erp.at_rest()
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.post(f"{path}/billing", {"invoiced_on": "2026-03-22"}, by="accountant")
    await erp.pay(order, "119.00", received_on="2026-03-23")
    return process(scene, order)
