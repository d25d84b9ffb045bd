"""PostgreSQL is restored to an older moment than Temporal: every step that is gone is named, no number is
given twice, and what was accepted is done again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
from temporalio.client import Client

from foundation.database.connections import Database, open_database, working_on
from perpetual.reconciling.comparing import compare
from perpetual.reconciling.mending import mend
from tests.erp import Erp
from tests.faults.stores import at_work_at
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


async def numbers_of(erp: Erp) -> set[str]:
    """Of all documents there are."""
    lists = {"invoices": "invoice", "payments": "payment", "sales-orders": "order", "shipments": "shipment"}
    return {
        one[f"{kind}_number"]
        for path, kind in lists.items()
        for one in (await erp.get(f"/v1/{path}"))["items"]
    }


def all_is_named(named: str, given: set[str]) -> None:
    """Every number, and every step of two shipments, a payment and an order."""
    assert len(given) == 6, given
    for number in given:
        assert number in named, number
    for step in ("inventory.post_goods_issue", "receivables.post_invoice", "sales.record_fulfilment"):
        assert named.count(f"the step {step} was done") == 2, named
    for step in ("ledger.post_payment", "sales.close_order", "sales.place_order", "sales.confirm_order"):
        assert f"the step {step} was done" in named, named


async def all_come_to_their_end(erp: Erp, waiting: Any, unpaid: Any, new: Any, quiet: Any) -> None:
    """What was shipped waits for its money, what was paid is closed, what nobody had touched goes on."""
    for order in (waiting, new):
        await erp.until(order, "waiting for payment")
    await erp.until(unpaid, "closed")
    await erp.ship(quiet)
    for order in (waiting, new, quiet):
        await erp.pay(order, "119.00")


async def test_whoever_comes_again_with_the_key_of_what_the_books_had_lost_is_answered_once(
    http: httpx.AsyncClient,
    dev_server: Client,
    faults: FaultySteps,
    company: str,
    cluster_url: str,
    postgres_url: str,
) -> None:
    erp = Erp(http=http, temporal=dev_server, company=company)
    some = {"lines": [{"line_number": 1, "quantity": "4"}]}
    async with at_work_at(dev_server, faults):
        await erp.open_for_business()
        order = await erp.place()
        path = f"/v1/sales-orders/{order['order_id']}/shipments"
        await erp.at_rest()
    await copy_of_the_books(cluster_url, "older_keys")
    async with at_work_at(dev_server, faults):
        await erp.request("POST", path, some, by="warehouse", key="some")
        new = await erp.place(key="new")
        await erp.at_rest()

    async with restored("older_keys", postgres_url), at_work_at(dev_server, faults):
        found = await compare(dev_server, company, since=A_DAY)
        assert await mend(dev_server, found, seconds=30) == set()

        again = await erp.request("POST", path, some, by="warehouse", key="some")
        new_again = await erp.place(key="new")
        other = await erp.request("POST", path, {}, by="warehouse", key="some")
        await erp.at_rest()
        assert (again.status_code, other.status_code) == (201, 409), (again.text, other.text)
        assert new_again["order_id"] == new["order_id"]
        assert (await erp.stock("APPLE"))["on_hand"] == "96"
        await agrees(erp)


async def test_what_the_books_have_lost_is_named_and_done_again_under_new_numbers(
    http: httpx.AsyncClient,
    dev_server: Client,
    faults: FaultySteps,
    company: str,
    cluster_url: str,
    postgres_url: str,
) -> None:
    erp = Erp(http=http, temporal=dev_server, company=company)
    async with at_work_at(dev_server, faults):
        await erp.open_for_business()
        waiting, unpaid, quiet = await erp.place(), await delivered(erp, paid=False), await erp.place()
        await erp.at_rest()
    await copy_of_the_books(cluster_url, "older")
    async with at_work_at(dev_server, faults):
        known = await numbers_of(erp)
        await erp.ship(waiting)
        await erp.pay(unpaid, "119.00")
        new = await erp.place()
        await erp.ship(new)
        given = await numbers_of(erp) - known
        await erp.at_rest()

    async with restored("older", postgres_url), at_work_at(dev_server, faults):
        found = await compare(dev_server, company, since=A_DAY)
        named = "\n".join(one.as_text() for one in found.differences)
        all_is_named(named, given)
        assert quiet["order_id"] not in named

        assert await mend(dev_server, found, seconds=30) == set()
        await all_come_to_their_end(erp, waiting, unpaid, new, quiet)
        await erp.at_rest()
        assert not await numbers_of(erp) & given
        assert (await erp.stock("APPLE"))["on_hand"] == "60"
        await agrees(erp)
        assert (await compare(dev_server, company, since=A_DAY)).differences == []
