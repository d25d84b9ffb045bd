"""Temporal is away while requests come in: all are accepted in time, and done when it is back. PostgreSQL is
away while processes are at work: all are done soon after it is back.

`python -m tests.faults.outages --away temporal --seconds 600 --per-second 20`
`python -m tests.faults.outages --away postgresql --seconds 600 --processes 200`
"""

import argparse
import asyncio
import signal
import time
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import psutil
from rich.console import Console
from rich.progress import Progress

from benchmarks.client import Connection
from tests.faults.company import ORDERED_ON, SHIPPED_ON
from tests.faults.site import ADMIN_KEY, API, DOOMED, POSTGRES, TEMPORAL, until
from tests.faults.window_site import STRUCK, WindowSite
from tests.faults.window_story import CUSTOMER, ITEM

IN_TIME_SECONDS = 9.0
"""A caller's wait of 8 s, and a second for everything else."""
LATER_PER_SECOND = 2.0
DONE_WITHIN_SECONDS = 60.0
AT_ONCE = 40
OPEN = "SELECT count(*) FROM foundation.command WHERE answered_at IS NULL"
REFUSED = "SELECT count(*) FROM foundation.command WHERE refusal IS NOT NULL"


BILLED = f"SELECT count(*) FROM receivables.invoice WHERE company_id = '{STRUCK}'"


@dataclass
class Outage:
    """What came of it."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    """How long requests took that came when Temporal was back and the others were being done."""
    drained_seconds: float = 0.0
    memory_mb: tuple[float, float] = (0.0, 0.0)
    """Of the API, before and after."""
    refused: int = 0
    done_before: int = 0
    """How many were done when the database went away."""
    still_open: int = 0
    """How many accepted requests have no answer at the end."""

    def as_shown(self) -> dict[str, Any]:
        """The figures, in the order in which one asks for them."""
        later = sorted(self.later)
        return {
            "requests": len(self.statuses),
            "statuses": {status: self.statuses.count(status) for status in sorted(set(self.statuses))},
            "longest wait s": round(max(self.seconds), 2),
            "done before": self.done_before,
            "done s after": round(self.drained_seconds, 1),
            "done per second": round(len(self.statuses) / self.drained_seconds, 1),
            "later p95 s": round(later[int(len(later) * 0.95)], 2) if later else None,
            "API MB": [round(one) for one in self.memory_mb],
            "refused": self.refused,
            "still open": self.still_open,
        }


async def temporal_away(seconds: float, per_second: float, progress: Progress) -> Outage:
    """Stop Temporal in an orderly way, place orders, start it again, and wait until all are done."""
    site, outage = WindowSite(), Outage()
    try:
        await site.open()
        api = psutil.Process((await site.machines[API].running()).pid)
        before = api.memory_info().rss
        await site.machines[TEMPORAL].go_down(signal.SIGTERM)
        task = progress.add_task("placed while Temporal is away", total=seconds * per_second)
        placing = set()
        for number in range(int(seconds * per_second)):
            placing.add(asyncio.create_task(_place(site, f"away {number}", outage)))
            progress.advance(task)
            await asyncio.sleep(1 / per_second)
        await asyncio.gather(*placing)
        site.machines[TEMPORAL].come_back()
        await _until_drained(site, outage, progress)
        outage.memory_mb = (before / 1e6, api.memory_info().rss / 1e6)
    finally:
        await site.close(keep=False)
    return outage


async def _place(site: WindowSite, key: str, outage: Outage) -> Any:
    order = {"customer_code": CUSTOMER, "ordered_on": ORDERED_ON}
    lines = [{"item_code": ITEM, "quantity": "1", "unit_price": "10.00"}]
    return await _post(site, "/v1/sales-orders", order | {"lines": lines}, key, outage)


async def _post(site: WindowSite, path: str, body: dict[str, Any], key: str, outage: Outage) -> Any:
    connection = Connection(site.base_url, ADMIN_KEY, STRUCK)
    began = time.monotonic()
    try:
        status, answer = await connection.post(path, body, key)
    finally:
        await connection.close()
    outage.statuses.append(status)
    outage.seconds.append(time.monotonic() - began)
    return answer


async def postgresql_away(seconds: float, processes: int, progress: Progress) -> Outage:
    """Kill PostgreSQL when so many processes have just begun to ship, and wait until all have billed."""
    site, outage = WindowSite(), Outage()
    try:
        await site.open()
        shipping = await _accept_shipments(site, processes, outage)
        owner = await asyncpg.connect(site.addresses.owner)
        site.machines[DOOMED].come_back()
        await _until(owner, f"({BILLED}) > 0")
        outage.done_before = await owner.fetchval(BILLED)
        await site.machines[POSTGRES].go_down(signal.SIGKILL)
        task = progress.add_task("PostgreSQL is away", total=int(seconds))
        for _ in range(int(seconds)):
            await asyncio.sleep(1)
            progress.advance(task)
        site.machines[POSTGRES].come_back()
        began = time.monotonic()
        await until(site.postgres.is_ready)
        owner = await asyncpg.connect(site.addresses.owner)
        await _until(owner, f"({BILLED}) = {shipping} AND ({OPEN}) = 0")
        outage.drained_seconds = time.monotonic() - began
        outage.refused = await owner.fetchval(REFUSED)
        outage.still_open = await owner.fetchval(OPEN)
        await owner.close()
    finally:
        await site.close(keep=False)
    return outage


async def _accept_shipments(site: WindowSite, processes: int, outage: Outage) -> int:
    """Place orders, stop the worker, and have a shipment of each accepted."""
    placed, at_once = Outage(), asyncio.Semaphore(AT_ONCE)

    async def ship(order: Any) -> None:
        async with at_once:
            path = f"/v1/sales-orders/{order['order_id']}/shipments"
            lines = [{"line_number": 1, "quantity": "1"}]
            body = {"shipped_on": SHIPPED_ON, "lines": lines}
            await _post(site, path, body, f"ship {order['order_id']}", outage)

    orders = [await _place(site, f"order {number}", placed) for number in range(processes)]
    await site.machines[DOOMED].go_down(signal.SIGTERM)
    await asyncio.gather(*map(ship, orders))
    return len(orders)


async def _until(owner: asyncpg.Connection, condition: str) -> None:
    async with asyncio.timeout(3 * DONE_WITHIN_SECONDS):
        while not await owner.fetchval(f"SELECT {condition}"):  # noqa: ASYNC110  # Rows tell nobody.
            await asyncio.sleep(0.05)


async def _until_drained(site: WindowSite, outage: Outage, progress: Progress) -> None:
    """Meanwhile others come, who want to be answered as ever."""
    owner = await asyncpg.connect(site.addresses.owner)
    began, number = time.monotonic(), 0
    left = await owner.fetchval(OPEN)
    task = progress.add_task("done when it is back", total=left)
    while left:
        others = Outage()
        await _place(site, f"later {number}", others)
        outage.later += others.seconds
        number += 1
        await asyncio.sleep(1 / LATER_PER_SECOND)
        left = await owner.fetchval(OPEN)
        progress.update(task, completed=len(outage.statuses) - left)
    outage.drained_seconds = time.monotonic() - began
    outage.refused = await owner.fetchval(REFUSED)
    await owner.close()


def main() -> int:
    """One outage; 1 when not everything was accepted in time and done."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--away", choices=("temporal", "postgresql"), default="temporal")
    asked.add_argument("--seconds", type=float, default=600, help="how long it is away (default 600)")
    asked.add_argument(
        "--per-second", type=float, default=20, help="orders while Temporal is away (default 20)"
    )
    asked.add_argument("--processes", type=int, default=200, help="at work in PostgreSQL (default 200)")
    wanted = asked.parse_args()
    with Progress() as progress:
        if wanted.away == "temporal":
            outage = asyncio.run(temporal_away(wanted.seconds, wanted.per_second, progress))
        else:
            outage = asyncio.run(postgresql_away(wanted.seconds, wanted.processes, progress))
    Console().print_json(data=outage.as_shown())
    is_good = set(outage.statuses) == {202} and max(outage.seconds) <= IN_TIME_SECONDS
    is_done = not outage.refused and not outage.still_open
    is_soon = wanted.away == "temporal" or outage.drained_seconds <= DONE_WITHIN_SECONDS
    return 0 if is_good and is_done and is_soon else 1


if __name__ == "__main__":
    raise SystemExit(main())
