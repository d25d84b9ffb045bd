"""PostgreSQL is restored to an older moment than Temporal: every step that is gone is named, no number is
given twice, and what was accepted is done again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx
from temporalio.client import Client

from foundation.database import Database, open_database, working_on
from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.environment import at_work
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees
from tests.workflows.test_returns import delivered

A_DAY = timedelta(days=1)


async def copy_of_the_books(cluster_url: str, name: str) -> None:
    """What a backup of this moment is."""
    owner = await asyncpg.connect(cluster_url)
    await owner.execute("ALTER DATABASE tests ALLOW_CONNECTIONS false")
    await owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'tests'"
    )
    await owner.execute(f"CREATE DATABASE {name} TEMPLATE tests")
    await owner.execute("ALTER DATABASE tests ALLOW_CONNECTIONS true")
    await owner.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {name} FROM PUBLIC")
    await owner.execute(f"GRANT CONNECT ON DATABASE {name} TO perpetual_app")
    await owner.close()


@asynccontextmanager
async def restored(name: str, postgres_url: str) -> AsyncIterator[Database]:
    """The backup is what everybody works on."""
    address = f"{postgres_url.rpartition('/')[0]}/{name}"
    async with working_on(address):
        books = open_database(address, pool_size=20)
        yield books
        await books.close()


async def test_what_the_books_have_lost_is_named_and_done_again_under_new_numbers(
    http: httpx.AsyncClient,
    dev_server: Client,
    database: Database,
    faults: FaultySteps,
    company: str,
    cluster_url: str,
    postgres_url: str,
) -> None:
    from api.app import app  # noqa: PLC0415

    del database
    erp = Erp(http=http, temporal=dev_server, company=company)
    before, app.state.temporal = app.state.temporal, dev_server
    async with at_work(dev_server, faults):
        await erp.open_for_business()
        waiting, unpaid, quiet = await erp.place(), await delivered(erp, paid=False), await erp.place()
        await erp.at_rest()
    await copy_of_the_books(cluster_url, "older")
    async with at_work(dev_server, faults):
        shipped = await erp.ship(waiting)
        paid = await erp.pay(unpaid, "119.00")
        new = await erp.place()
        new_shipped = await erp.ship(new)
        given = {
            *(shipped[name] for name in ("invoice_number", "shipment_number")),
            *(new_shipped[name] for name in ("invoice_number", "shipment_number")),
            new["order_number"],
            paid["payment_number"],
        }
        await erp.at_rest()

    async with restored("older", postgres_url), at_work(dev_server, faults):
        found = await compare(dev_server, company, since=A_DAY)
        named = "\n".join(one.as_text() for one in found.differences)
        for number in given:
            assert number in named, number
        for step in ("inventory.post_goods_issue", "receivables.post_invoice", "sales.record_fulfilment"):
            assert named.count(f"the step {step} was done") == 2, named
        for step in ("ledger.post_payment", "sales.close_order", "sales.place_order", "sales.confirm_order"):
            assert f"the step {step} was done" in named, named
        assert quiet["order_id"] not in named

        with nobody_else_sends(dev_server):
            assert await mend(dev_server, found, seconds=30) == set()
            for order, stage in ((waiting, "waiting for payment"), (new, "waiting for payment")):
                await erp.until(order, stage)
            await erp.until(unpaid, "closed")
            for order in (waiting, new):
                await erp.pay(order, "119.00")
            await erp.ship(quiet)
            await erp.pay(quiet, "119.00")
            await erp.at_rest()
            numbers = {
                *(one["invoice_number"] for one in (await erp.get("/v1/invoices"))["items"]),
                *(one["payment_number"] for one in (await erp.get("/v1/payments"))["items"]),
                *(one["order_number"] for one in (await erp.get("/v1/sales-orders"))["items"]),
                *(one["shipment_number"] for one in (await erp.get("/v1/shipments"))["items"]),
            }
            assert not numbers & given
            assert (await erp.stock("APPLE"))["on_hand"] == "60"
            await agrees(erp)
            assert (await compare(dev_server, company, since=A_DAY)).differences == []
    app.state.temporal = before
