"""A site with one worker that dies when it is told, together with the server; and two companies."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from benchmarks.client import Connection
from tests.faults import portraits
from tests.faults.company import a_customer, a_receipt, records
from tests.faults.doomed import Points
from tests.faults.dying import DIES_AS_TOLD, died_at, tell
from tests.faults.patience import Answers, Client
from tests.faults.site import ADMIN_KEY, DOOMED, TEMPORAL, Site, until
from tests.faults.window_story import CUSTOMER, ITEM, Case, TwinOrders

STRUCK, TWIN = "STRUCK", "TWIN"
"""The companies."""
MOST_SECONDS = 15.0
"""So long after everything is up again an order must be equal to its twin."""
API_WAITS_SECONDS = 1.0
"""So that a client has its answer while the server is still down."""
LONGEST_WAIT_SECONDS = 30.0
PLENTY = "1000000"
UNANSWERED = "SELECT count(*) FROM foundation.command WHERE answered_at IS NULL"
Totals = dict[str, tuple[Any, ...]]


class WindowSite(Site):
    """Starts one worker, which is armed anew for every window."""

    def __init__(self) -> None:
        super().__init__(Points([]), lambda: 0.0, PERPETUAL_API_WAIT_SECONDS=str(API_WAITS_SECONDS))
        self.answers = Answers()
        self.placed = 0
        self.told = self.directory / "told"
        """At which marked point the worker is to die."""
        self.clients: dict[str, Client] = {}

    async def open_workers(self) -> None:
        """The worker that dies when it is told."""
        self._keep(DOOMED, lambda: self.nursery.fork({DIES_AS_TOLD: str(self.told)}))

    async def open(self) -> None:
        """Start everything, and make the same company twice."""
        await super().open()
        for company in (STRUCK, TWIN):
            client = self.clients[company] = Client(self.base_url, ADMIN_KEY, company, self.answers)
            for number, (path, record) in enumerate(_records(company)):
                await client.post(f"/v1/{path}", record, f"record {number}")

    async def close(self, *, keep: bool) -> None:
        """Stop everything."""
        for client in self.clients.values():
            await client.close()
        await super().close(keep=keep)

    async def place(self, case: Case) -> TwinOrders:
        """An order and its twin, as far as the moment when everything dies."""
        self.placed += 1
        orders = TwinOrders(self.placed, case, self.clients[STRUCK], self.clients[TWIN])
        await orders.begin()
        return orders

    # Struck

    async def ask_while_all_die(self, order: TwinOrders, dies_at: str) -> int:
        """The worker dies at the marked point, and the server with it; then both are started again."""
        doomed, temporal = self.machines[DOOMED], self.machines[TEMPORAL]
        child = await doomed.running()
        doomed.may_run.clear()
        tell(self.told, dies_at)
        asking = asyncio.create_task(order.ask_once(self._connection()))
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await child.wait()
            await temporal.go_down(signal.SIGKILL)
            answer = await asking
        assert died_at(self.told) == dies_at, f"the worker did not die {dies_at}"
        await self.up_again()
        return answer

    async def ask_while_workers_are_down(self, orders: list[TwinOrders]) -> list[int]:
        """Both requests are accepted while there is no worker; then the server is restarted in order."""
        await self.machines[DOOMED].go_down(signal.SIGTERM)
        answers = await asyncio.gather(*(order.ask_once(self._connection()) for order in orders))
        await self.machines[TEMPORAL].go_down(signal.SIGTERM)
        await self.up_again()
        return answers

    async def up_again(self) -> None:
        """Start the server and wait until it answers; then the worker, which takes a moment."""
        self.machines[TEMPORAL].come_back()
        await until(self.temporal.is_ready)
        self.machines[DOOMED].come_back()
        await self.machines[DOOMED].running()

    def _connection(self) -> Connection:
        return Connection(self.base_url, ADMIN_KEY, STRUCK)

    async def until_answered(self) -> None:
        """Wait until what processes have said is noted: the relay asks again after a pause. Not for ever: the
        checker says what is not.
        """
        async with self._database() as connection:
            for _ in range(int(LONGEST_WAIT_SECONDS / 0.1)):
                if not await connection.fetchval(UNANSWERED):
                    return
                await asyncio.sleep(0.1)

    # Compared

    async def totals(self) -> dict[str, Totals]:
        """What both companies have now."""
        async with self._database() as connection:
            return {one: await portraits.totals_of(connection, one) for one in (STRUCK, TWIN)}

    async def until_equal(
        self, orders: list[TwinOrders], before: dict[str, Totals]
    ) -> tuple[list[str], float]:
        """Wait until all are equal to their twins, for so long at most: what still differs, and the time."""
        began = time.monotonic()
        while True:
            differences = await self.differences(orders, before)
            seconds = time.monotonic() - began
            if not differences or seconds > MOST_SECONDS:
                return differences, seconds
            await asyncio.sleep(0.1)

    async def differences(self, orders: list[TwinOrders], before: dict[str, Totals]) -> list[str]:
        """Where the orders differ from their twins, and where one company has moved more than the other."""
        async with self._database() as connection:
            found = []
            for order in orders:
                twin = await portraits.portrait_of(connection, order.twin_id)
                found += portraits.differences(twin, await portraits.portrait_of(connection, order.struck_id))
            moved = {
                one: portraits.moved(before[one], await portraits.totals_of(connection, one))
                for one in (STRUCK, TWIN)
            }
            return found + portraits.differences(moved[TWIN], moved[STRUCK])

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[portraits.Connection]:
        connection = await asyncpg.connect(self.addresses.owner)
        try:
            yield connection
        finally:
            await connection.close()


def _records(company: str) -> list[tuple[str, Any]]:
    """A company with one customer, one item, and plenty of it."""
    wanted = {"companies", "accounts/template", "fiscal-years", "warehouses", "tax-codes", "payment-terms"}
    found = [
        (path, record | {"code": company} if path == "companies" else record)
        for path, record in records()
        if path in wanted
    ]
    opening = [{"item_code": ITEM, "quantity": PLENTY, "unit_cost": "4.00"}]
    return [
        *found,
        ("items", {"code": ITEM, "name": "Item", "tax_code": "S19"}),
        ("customers", a_customer(CUSTOMER, "NET30", None)),
        ("stock-receipts", a_receipt(opening, reason="opening")),
    ]
