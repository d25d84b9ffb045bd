"""A company whose customer is billed together, at the end of each month, as a test sees it."""

import asyncio
from decimal import Decimal
from typing import Any

from temporalio.client import WorkflowHandle

from activities.receivables.invoices import post_collective_invoice
from domains.receivables.messages import MonthInTurn, PostCollectiveInvoice
from domains.receivables.rules.collective import invoice_id_of
from foundation.operations import inbox
from foundation.values.messages import Call, Caller
from tests.checked import violations_at_rest
from tests.erp import Erp, an_order


async def place(erp: Erp, quantity: str = "10", **more: Any) -> Any:
    """An order of apples at 10.00 with 19 % tax that is billed together with others."""
    lines = [{"item_code": "APPLE", "quantity": quantity, "unit_price": "10.00"}]
    return await erp.place(an_order(invoicing="collective", **{"lines": lines, **more}))


async def deliver(erp: Erp, quantity: str = "10", *, on: str = "2026-03-05", **more: Any) -> Any:
    """Such an order, delivered."""
    order = await place(erp, quantity, **more)
    await erp.ship(order, shipped_on=on)
    return order


async def bill(erp: Erp, month: str = "2026-03", **group: Any) -> WorkflowHandle[Any, Any]:
    """The collective invoice of a month, as the month's run has it written; and the process that begins with
    it.
    """
    known = {"customer_code": "ALICE", "currency": "EUR", "payment_terms_code": "NET30"}
    to_bill = MonthInTurn(**known | {"prices_include_tax": False, "month": month} | group)
    invoice_id = invoice_id_of(erp.company, to_bill)
    process_id = f"{erp.company}/collective_invoice/{month}/{invoice_id}"
    caller = Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")
    key = f"{process_id}/receivables.post_collective_invoice"
    with inbox.sent_by(erp.temporal):
        await post_collective_invoice(
            Call(key=key, caller=caller, process_id=process_id),
            PostCollectiveInvoice(**dict(to_bill), invoice_id=invoice_id, process_id=process_id),
        )
    return erp.temporal.get_workflow_handle(process_id)


async def billed(erp: Erp, *orders: Any, month: str = "2026-03") -> Any:
    """The invoice of a month, when all of the orders have heard of it."""
    await bill(erp, month)
    for order in orders:
        await erp.until(order, "waiting for payment")
    invoices = (await erp.get("/v1/invoices", order_id=orders[0]["order_id"]))["items"]
    return await erp.get(f"/v1/invoices/{invoices[0]['invoice_id']}")


async def until_billed(erp: Erp, order: Any, count: int = 1, *, seconds: float = 20) -> list[Any]:
    """The order's invoices, the first first, when it has heard of so many. What a run begins, the relay
    sends.
    """
    for _ in range(int(seconds / 0.05)):
        timeline = (await erp.order(order))["process"]["timeline"]
        heard = [entry for entry in timeline if entry["operation"] == "sales.record_fulfilment"]
        shipments = (await erp.get("/v1/shipments", order=order["order_id"]))["items"]
        invoices = (await erp.get("/v1/invoices", order_id=order["order_id"], sort="number"))["items"]
        if len(invoices) == count and len(heard) == count + len(shipments):
            return list(invoices)
        await asyncio.sleep(0.05)
    raise AssertionError(f"the order has {len(invoices)} invoices, and has heard of {len(heard)} things")


async def pay(erp: Erp, invoice: Any, amount: str, *, on: str = "2026-04-10") -> Any:
    """The customer pays the invoice."""
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": on, "amount": amount}
    return await erp.post("/v1/payments", money | {"invoice_id": invoice["invoice_id"]}, by="accountant")


async def give_back(erp: Erp, order: Any, quantity: str, *, on: str = "2026-04-05", **more: Any) -> Any:
    """So many of an order's first line come back, and are fit."""
    lines = [{"line_number": 1, "quantity": quantity}]
    asked = {"reason": "too many", "lines": lines, **more}
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, asked, by="sales clerk")
    return await inspect(erp, returned["return_id"], on=on)


async def inspect(erp: Erp, return_id: str, *, on: str = "2026-04-05") -> Any:
    """The warehouse has everything back that was agreed."""
    return await erp.post(f"/v1/returns/{return_id}/inspection", {"received_on": on}, by="warehouse")


async def cancel(erp: Erp, order: Any, *, on: str = "2026-04-05", **more: Any) -> Any:
    """The order is cancelled, and its goods come back."""
    asked = {"reason": "no more", "cancelled_on": on, **more}
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    answer = await erp.post(path, asked, by="sales clerk")
    await inspect(erp, answer["return_id"], on=on)
    await erp.until(order, "cancelled")
    return answer


async def ended(erp: Erp, process: WorkflowHandle[Any, Any]) -> str:
    """The stage at which a process has ended, which it must soon.

    Asked of the database: while one waits for a process, the server skips everybody's time.
    """
    for _ in range(200):
        found = await erp.request("GET", f"/v1/processes/{process.id}")
        if found.status_code == 200 and found.json()["outcome"]:
            return str(found.json()["stage"])
        await asyncio.sleep(0.05)
    raise AssertionError(f"{process.id} has not ended: {found.text}")


async def until_paid(erp: Erp) -> None:
    """Every collective invoice knows that it is paid: it may hear of it after its orders."""
    for _ in range(200):
        if not (await erp.get("/v1/processes", type="collective_invoice", only_open=True))["items"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a collective invoice still waits for money")


async def until_parked(erp: Erp) -> Any:
    """A process that has a parked step."""
    for _ in range(200):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def balances(erp: Erp, *roles: str) -> dict[str, Decimal]:
    """Some accounts by their roles."""
    found = await erp.balances()
    return {role: found.get(role, Decimal(0)) for role in roles}


async def agrees(erp: Erp) -> None:
    """Every invariant holds, also those for when nobody is at work."""
    await erp.at_rest()
    found = await violations_at_rest(erp.company)
    assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)
