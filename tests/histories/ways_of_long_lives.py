"""Ways of what lives long and goes on as a new run: orders, collective invoices, the log's reader."""

import asyncio

from domains.receivables.queries import billing as billing_queries
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from tests.announcements import Announcing
from tests.doubles.receiver import listening
from tests.histories.instead import instead
from tests.histories.replay import LONG_LIVES, living_so_long
from tests.histories.scene import OFTEN, Scene, way_that_varies
from tests.workflows.approving import a_held_order, decide
from tests.workflows.billing_together import bill, deliver, ended, pay, until_billed
from workflows.announcements import Announcements, ReadOn


@way_that_varies
async def order_goes_on_as_a_new_run(scene: Scene) -> str:
    """Over the limit and approved; shipped and paid bit by bit, by one run after the other."""
    with living_so_long(LONG_LIVES["order_goes_on_as_a_new_run"]):
        order, approval = await a_held_order(scene.erp)
        assert (await decide(scene.erp, approval, "credit manager"))[0] == 200
        for _ in range(5):
            await scene.erp.ship(order, lines=[{"line_number": 1, "quantity": "1"}])
            await scene.erp.pay(order, "11.90", received_on="2026-04-20")
        assert (await decide(scene.erp, approval, "credit manager"))[0] == 200
        await scene.erp.ship(order)
        await scene.erp.pay(order, "1011.50", received_on="2026-04-20")
        await scene.erp.until(order, "closed")
    return str(scene.erp.process_of(order).id)


@way_that_varies
async def order_cancelled_after_it_went_on(scene: Scene) -> str:
    """What an earlier run did is taken back by a later one."""
    with living_so_long(LONG_LIVES["order_cancelled_after_it_went_on"]):
        order, approval = await a_held_order(scene.erp)
        assert (await decide(scene.erp, approval, "credit manager"))[0] == 200
        path = f"/v1/sales-orders/{order['order_id']}"
        too_much = {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "91"}]}
        for _ in range(8):
            refused = await scene.erp.request("POST", f"{path}/shipments", too_much, by="warehouse")
            assert refused.status_code == 409, refused.text
        await scene.erp.post(f"{path}/cancellation", {"reason": "no more"}, by="sales clerk")
        await scene.erp.until(order, "cancelled")
    return str(scene.erp.process_of(order).id)


@way_that_varies
async def collective_invoice_in_several_runs(scene: Scene) -> str:
    """Eight orders are told one after the other, by several runs."""
    orders = [await deliver(scene.erp, "1") for _ in range(8)]
    one_by_one = {"ORDERS_AT_ONCE": 1, "_SHARES": billing_queries._SHARES.limit(1)}
    with (
        instead(billing_queries, **one_by_one),
        living_so_long(LONG_LIVES["collective_invoice_in_several_runs"]),
    ):
        process = await bill(scene.erp)
        for order in orders:
            (invoice,) = await until_billed(scene.erp, order)
        await pay(scene.erp, invoice, "95.20")
        await ended(scene.erp, process)
    return process.id


@way_that_varies
async def announcements_read_in_several_runs(scene: Scene) -> tuple[str, str]:
    """Two orders are told of, the reader goes on as a new run and is stopped; and one of the messages."""
    erp = scene.erp
    announcing = Announcing(erp)
    async with listening() as receiver:
        with instead(settings(), **OFTEN):
            await announcing.want(receiver.url, "sales.order_placed")
            reader = await erp.temporal.start_workflow(
                Announcements.run,
                ReadOn(most_events=12),
                id=f"{erp.company}/announcements",
                task_queue=settings().task_queue,
                memo={"caller": announcing.by_hand},
                search_attributes=visibility.at_start(erp.company, None),
            )
            for number in (1, 2):
                await erp.place()
                messages = await announcing.until("sent", number)
            await asyncio.sleep(0.5)
            await announcing.stop()
    return reader.id, f"{erp.company}/outgoing_message/{messages[-1]['message_id']}"
