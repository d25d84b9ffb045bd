"""The ways through our processes whose histories are kept.

Each gives the id of its process when it is over. Further ones are in the modules `ways_of_…`, which are found by
looking.
"""

import importlib
import pkgutil
from datetime import datetime
from typing import Any

from foundation.runtime.settings import settings
from foundation.values.messages import Caller
from tests import histories
from tests.announcements import Announcing
from tests.doubles.receiver import listening
from tests.erp import Erp, an_order
from tests.histories.changes import PATCHED
from tests.histories.scene import WAYS, Scenario, Scene, way
from tests.histories.ways_of_orders import order_looked_at_once_more
from tests.workflows.billing_together import bill, give_back, pay, place, until_billed
from tests.workflows.runs.debtors import owing
from workflows.scheduled_run import ScheduledRun, Tick


@way
async def order_paid_in_full(erp: Erp) -> str:
    """An order, one shipment, one payment."""
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    return _process(erp, order["order_id"])


@way
async def order_approved_and_shipped_in_parts(erp: Erp) -> str:
    """Over the limit, approved; two shipments, two payments."""
    lines = [{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))
    await erp.post(f"/v1/sales-orders/{order['order_id']}/approval", {"approved": True})
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "40"}])
    await erp.ship(order)
    await erp.pay(order, "476.00", received_on="2026-04-20")
    await erp.pay(order, "595.00", received_on="2026-04-20")
    return _process(erp, order["order_id"])


@way
async def order_rejected(erp: Erp) -> str:
    """Over the limit, rejected."""
    lines = [{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))
    await erp.post(f"/v1/sales-orders/{order['order_id']}/approval", {"approved": False, "reason": "no"})
    return _process(erp, order["order_id"])


@way
async def order_cancelled(erp: Erp) -> str:
    """Confirmed, then cancelled."""
    order = await erp.place()
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "changed my mind"})
    return _process(erp, order["order_id"])


@way
async def order_amended_and_cancelled_after_delivery(erp: Erp) -> str:
    """Amended, shipped in part, paid in part, cancelled: the goods come back, the money is refunded."""
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"
    lines = [{"item_code": "APPLE", "quantity": "12", "unit_price": "10.00"}]
    await erp.post(f"{path}/amendments", {"lines": lines})
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await erp.pay(order, "20.00")
    asked = {"reason": "too late", "cancelled_on": "2026-04-01"}
    cancelling = await erp.post(f"{path}/cancellation", asked)
    inspection = {"received_on": "2026-04-01"}
    await erp.post(f"/v1/returns/{cancelling['return_id']}/inspection", inspection)
    await erp.until(order, "cancelled")
    return _process(erp, order["order_id"])


@way
async def goods_returned_and_refunded(erp: Erp) -> str:
    """Three come back after the close."""
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    asked = {"reason": "too many", "lines": [{"line_number": 1, "quantity": "3"}]}
    returned = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked)
    path = f"/v1/returns/{returned['return_id']}"
    await erp.post(f"{path}/inspection", {"received_on": "2026-04-01"})
    return f"{erp.company}/customer_return/{returned['return_id']}"


@way
async def order_prepaid_and_backordered(erp: Erp) -> str:
    """Paid before there is stock; served by a receipt, shipped, billed once for the order."""
    lines = [{"item_code": "PEAR", "quantity": "110", "unit_price": "1.00"}]
    order = await erp.place(an_order(lines=lines, invoicing="order", delivery="complete"))
    await erp.pay(order, "117.70", received_on="2026-03-03")
    await erp.receive({"PEAR": 10})
    await erp.until(order, "waiting for shipment")
    await erp.ship(order)
    await erp.until(order, "closed")
    return _process(erp, order["order_id"])


@way
async def order_billed_collectively(erp: Erp) -> str:
    """Shipped in two parts, of which some comes back before and some after the month is billed; paid."""
    order, _, _ = await _billed_together(erp)
    return _process(erp, order["order_id"])


@way
async def goods_returned_before_and_after_a_collective_invoice(erp: Erp) -> str:
    """Some of what comes back is to be billed, some is billed."""
    _, returned, _ = await _billed_together(erp)
    return returned


@way
async def collective_invoice_paid(erp: Erp) -> str:
    """A month of two orders is billed, told, partly credited and paid."""
    _, _, invoice = await _billed_together(erp)
    return invoice


@way
async def collective_run_of_a_quiet_month(erp: Erp) -> str:
    """Nothing is to be billed."""
    run = await erp.post("/v1/collective-invoice-runs", {"month": "2026-03"}, by="accountant")
    return f"{erp.company}/collective_invoice_run/{run['month']}"


async def _billed_together(erp: Erp) -> tuple[Any, str, str]:
    order = await place(erp)
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await give_back(erp, order, "1", on="2026-03-10")
    process = await bill(erp)
    await until_billed(erp, order)
    await erp.ship(order, shipped_on="2026-04-01")
    returned = await give_back(erp, order, "7")
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    await pay(erp, invoice, "23.80")
    await erp.until(order, "closed")
    return order, f"{erp.company}/customer_return/{returned['return_id']}", process.id


@way
async def webhook_delivered(scene: Scene) -> str:
    """A webhook is told of an order, at the second attempt."""
    erp, announcing = scene.erp, Announcing(scene.erp)
    async with listening(500) as receiver:
        await announcing.want(receiver.url, "sales.order_placed")
        await erp.place()
        (message,) = await announcing.write_down()
        process = await announcing.send(message)
        await scene.until_ended("outgoing_message")
    return process.id


@way
async def dunning_run_with_an_exception(erp: Erp) -> str:
    """One gets its letter; the other cannot, until somebody mends what was in its way."""
    await owing(erp, 2)
    fee = {"days_overdue": 7, "fee_amount": "5.00"}
    level = fee | {"texts": [{"language": "en", "title": "Reminder", "text": "Please pay."}]}
    procedure = {"code": "FEE", "name": "At a price", "customers": ["D0001"], "levels": [level]}
    await erp.post("/v1/dunning-procedures", procedure, by="accountant")
    for blocked in (True, False):
        changed = {"blocked": blocked}
        erp.accepted(await erp.request("PATCH", "/v1/accounts/4510", changed, by="accountant", if_match="*"))
        if blocked:
            run = await erp.post("/v1/dunning-runs", {}, by="accountant")
    process = f"{erp.company}/dunning_run/{run['on']}"
    await erp.post(f"/v1/processes/{process}/repair", {"action": "retry"}, by="operator")
    return process


@way
async def dunning_run_of_a_quiet_day(erp: Erp) -> str:
    """Nobody is overdue."""
    run = await erp.post("/v1/dunning-runs", {}, by="accountant")
    return f"{erp.company}/dunning_run/{run['on']}"


@way
async def scheduled_run_of_a_day_that_had_its_run(erp: Erp) -> str:
    """A schedule starts a day's run that somebody has asked for already."""
    run = await erp.post("/v1/dunning-runs", {}, by="accountant")
    process = await erp.temporal.start_workflow(
        ScheduledRun.run,
        Tick(process="dunning_run", at=datetime.fromisoformat(f"{run['on']}T04:00:00+00:00")),
        id=f"{erp.company}/dunning_run/tick",
        task_queue=settings().task_queue,
        memo={"caller": Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")},
    )
    return process.id


def _process(erp: Erp, order_id: str) -> str:
    return f"{erp.company}/order_to_cash/{order_id}"


for _module in pkgutil.iter_modules(histories.__path__):
    if _module.name.startswith("ways_of_"):
        importlib.import_module(f"{histories.__name__}.{_module.name}")
SCENARIOS: dict[str, Scenario] = {**WAYS, PATCHED: order_looked_at_once_more}
