"""Ways of what lives long and goes on as a new run: orders, dunnings, collective invoices, runs, the log's
reader.
"""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domains.ledger.messages import SettledInvoice
from domains.receivables.queries import billing as billing_queries
from domains.receivables.queries import dunning as dunning_queries
from foundation import visibility
from foundation.messages import Caller
from foundation.money import ZERO
from foundation.process import Process
from foundation.settings import settings
from tests.announcements import Announcing
from tests.doubles.receiver import listening
from tests.histories.instead import instead
from tests.histories.replay import A_FEW
from tests.histories.scene import OFTEN, Scene
from tests.workflows.approving import a_held_order, decide
from tests.workflows.billing_together import bill, deliver, ended, pay, until_billed, until_parked
from tests.workflows.dunning.reminding import begin, open_years, owe, until
from workflows.announcements import Announcements, ReadOn
from workflows.scheduled_run import ScheduledRun, Tick


def by_hand(scene: Scene) -> Caller:
    """Who starts by hand what a process or a schedule starts otherwise."""
    return Caller(company=scene.erp.company, actor="a tester", correlation_id="by hand")


async def today(scene: Scene) -> date:
    """The day on the clock."""
    return (await scene.clock.get_current_time()).date()


async def overdue(scene: Scene, *customers: str, days: int = 7, now: date | None = None) -> Any:
    """Invoices that are overdue; gives the last one's order."""
    now = now or await today(scene)
    await open_years(scene.erp, now)
    await scene.erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    return [await owe(scene.erp, now, days_overdue=days, price="1.00", customer=one) for one in customers][-1]


async def tell(scene: Scene, what: str, **body: str) -> None:
    """A command to the customer's dunning."""
    (dunning,) = (await scene.erp.get("/v1/dunning", customer="ALICE"))["items"]
    await scene.erp.post(f"/v1/dunning/{dunning['dunning_id']}/{what}", body, by="accountant")


async def order_goes_on_as_a_new_run(scene: Scene) -> str:
    """Over the limit and approved; shipped and paid bit by bit, by one run after the other."""
    with instead(Process, MOST_EVENTS=A_FEW):
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


async def order_cancelled_after_it_went_on(scene: Scene) -> str:
    """What an earlier run did is taken back by a later one."""
    with instead(Process, MOST_EVENTS=A_FEW):
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


async def dunning_goes_on_as_a_new_run(scene: Scene) -> str:
    """A dispute that is settled, a new run, days that pass, a letter, and the end of it."""
    await overdue(scene, "ALICE", days=1)
    process = await begin(scene.erp.temporal, scene.erp.company, await today(scene), "ALICE", most_events=20)
    await until(scene.erp, "waiting for the first letter", "ALICE")
    for what in ("hold", "release"):
        await scene.told_to(process.id, what)
    await tell(scene, "dispute", reason="wrong goods")
    await tell(scene, "resume", reason="they are right")
    await scene.pass_by(days=8)
    await until(scene.erp, "reminded, level 1", "ALICE")
    # As money tells it that settles a letter's fee.
    await process.signal("invoice_settled", args=[_a_fee(process.id), 1])
    await tell(scene, "stop", reason="collection takes over")
    return process.id


def _a_fee(process_id: str) -> SettledInvoice:
    return SettledInvoice(
        invoice_id=UUID(int=1),
        invoice_number="DUN-1",
        order_id=None,
        process_id=process_id,
        settled_amount=Decimal(5),
        discount_amount=ZERO,
        written_off_amount=ZERO,
        open_amount=ZERO,
    )


async def dunning_paid(scene: Scene) -> str:
    """The money comes before the first letter."""
    order = await overdue(scene, "ALICE", days=1)
    process = await begin(scene.erp.temporal, scene.erp.company, await today(scene), "ALICE")
    await until(scene.erp, "waiting for the first letter", "ALICE")
    await scene.erp.pay(order, "11.90", received_on=str(await today(scene)))
    await scene.pass_by(days=1)
    await until(scene.erp, "paid", "ALICE")
    return process.id


async def dunning_cancelled_by_an_operator(scene: Scene) -> str:
    """In the Temporal Web UI."""
    await overdue(scene, "ALICE")
    process = await begin(scene.erp.temporal, scene.erp.company, await today(scene), "ALICE")
    await until(scene.erp, "reminded, level 1", "ALICE")
    await process.cancel()
    await scene.until_ended("dunning")
    return process.id


async def dunning_of_somebody_who_is_reminded_already(scene: Scene) -> str:
    """There is one dunning for each customer at a time."""
    await overdue(scene, "ALICE")
    await begin(scene.erp.temporal, scene.erp.company, await today(scene), "ALICE")
    await until(scene.erp, "reminded, level 1", "ALICE")
    second = await begin(scene.erp.temporal, scene.erp.company, await today(scene), "ALICE")
    await scene.until_ended("dunning")
    await tell(scene, "stop", reason="the test is over")
    return second.id


async def dunning_run_in_parts(scene: Scene) -> str:
    """Four customers are overdue; so many at a time that a second run finds nobody."""
    for code in ("CAROL", "DAVE"):
        customer = {"code": code, "name": code.title(), "country": "DE", "currency": "EUR"}
        await scene.erp.post("/v1/customers", customer | {"payment_terms_code": "NET30"})
    # The API's day is no other than ours.
    await overdue(scene, "ALICE", "BOB", "CAROL", "DAVE", now=datetime.now(UTC).date())
    with instead(dunning_queries, AT_ONCE=4):
        run = await scene.erp.post("/v1/dunning-runs", {}, by="accountant")
        await scene.until_ended("dunning_run")
    await scene.until_there("dunning", lambda one: one["stage"].startswith("reminded"), 4)
    for one in (await scene.erp.get("/v1/dunning", only_running=True))["items"]:
        path = f"/v1/dunning/{one['dunning_id']}/stop"
        await scene.erp.post(path, {"reason": "the test is over"}, by="accountant")
    return f"{scene.erp.company}/dunning_run/{run['on']}"


async def collective_run_in_parts(scene: Scene) -> str:
    """A month of one customer; a second run finds nothing more."""
    order = await deliver(scene.erp)
    with instead(billing_queries, AT_ONCE=1):
        asked = {"month": "2026-03"}
        run = await scene.erp.post("/v1/collective-invoice-runs", asked, by="accountant")
        await scene.until_ended("collective_invoice_run")
    (invoice,) = await until_billed(scene.erp, order)
    await pay(scene.erp, invoice, "119.00")
    await scene.until_ended("collective_invoice")
    return f"{scene.erp.company}/collective_invoice_run/{run['month']}"


async def collective_invoice_in_several_runs(scene: Scene) -> str:
    """Three orders are told one after the other, by several runs; the invoice waited for its period."""
    orders = [await deliver(scene.erp, "1") for _ in range(3)]
    await _lock_through(scene, "2026-03-31")
    with instead(billing_queries, ORDERS_AT_ONCE=1):
        process = await bill(scene.erp, most_events=16)
        await until_parked(scene.erp)
        await _lock_through(scene, "2026-02-28")
        await scene.repair(process.id, "retry")
        for order in orders:
            await scene.erp.until(order, "waiting for payment")
        (invoice,) = await until_billed(scene.erp, orders[0])
        await pay(scene.erp, invoice, "35.70")
        await ended(scene.erp, process)
    return process.id


async def _lock_through(scene: Scene, day: str) -> None:
    etag = (await scene.erp.request("GET", "/v1/fiscal-years/2026")).headers["ETag"]
    locked = {"locked_through": day}
    scene.erp.accepted(await scene.erp.request("PATCH", "/v1/fiscal-years/2026", locked, if_match=etag))


async def collective_invoice_of_nothing(scene: Scene) -> str:
    """What was due was taken back before."""
    await deliver(scene.erp, "1", payment_terms_code="DISC")
    process = await bill(scene.erp)
    await ended(scene.erp, process)
    return process.id


async def scheduled_run_of_a_month(scene: Scene) -> str:
    """A schedule starts the run of the month before."""
    at = (await scene.clock.get_current_time()).replace(year=2026, month=4, day=2)
    process = await scene.erp.temporal.start_workflow(
        ScheduledRun.run,
        Tick(process="collective_invoice_run", at=at),
        id=f"{scene.erp.company}/collective_invoice_run/tick",
        task_queue=settings().task_queue,
        memo={"caller": by_hand(scene)},
    )
    await scene.until_ended("collective_invoice_run")
    return process.id


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
                memo={"caller": by_hand(scene)},
                search_attributes=visibility.at_start(erp.company, None),
            )
            for number in (1, 2):
                await erp.place()
                messages = await announcing.until("sent", number)
            await asyncio.sleep(0.5)
            await announcing.stop()
    return reader.id, f"{erp.company}/outgoing_message/{messages[-1]['message_id']}"


WAYS = (
    order_goes_on_as_a_new_run,
    order_cancelled_after_it_went_on,
    dunning_goes_on_as_a_new_run,
    dunning_paid,
    dunning_cancelled_by_an_operator,
    dunning_of_somebody_who_is_reminded_already,
    dunning_run_in_parts,
    collective_run_in_parts,
    collective_invoice_in_several_runs,
    collective_invoice_of_nothing,
    scheduled_run_of_a_month,
    announcements_read_in_several_runs,
)
VARY = (
    order_goes_on_as_a_new_run,
    order_cancelled_after_it_went_on,
    dunning_goes_on_as_a_new_run,
    collective_invoice_in_several_runs,
    announcements_read_in_several_runs,
)
"""How often a day is looked at, a step is tried or nothing is found depends on how soon something happens."""
