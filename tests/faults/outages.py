"""Temporal is away while requests come in: all are accepted in time, and done when it is back.

`python -m tests.faults.outages --seconds 600 --per-second 20`
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
from tests.faults.company import ORDERED_ON
from tests.faults.site import ADMIN_KEY, API, TEMPORAL
from tests.faults.window_site import STRUCK, WindowSite
from tests.faults.window_story import CUSTOMER, ITEM

IN_TIME_SECONDS = 9.0
"""A caller's wait of 8 s, and a second for everything else."""
LATER_PER_SECOND = 2.0
OPEN = "SELECT count(*) FROM foundation.command WHERE answered_at IS NULL"
REFUSED = "SELECT count(*) FROM foundation.command WHERE refusal IS NOT NULL"


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

    def as_shown(self) -> dict[str, Any]:
        """The figures, in the order in which one asks for them."""
        later = sorted(self.later)
        return {
            "requests": len(self.statuses),
            "statuses": {status: self.statuses.count(status) for status in sorted(set(self.statuses))},
            "longest wait s": round(max(self.seconds), 2),
            "done s after": round(self.drained_seconds, 1),
            "done per second": round(len(self.statuses) / self.drained_seconds, 1),
            "later p95 s": round(later[int(len(later) * 0.95)], 2) if later else None,
            "API MB": [round(one) for one in self.memory_mb],
            "refused": self.refused,
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


async def _place(site: WindowSite, key: str, outage: Outage) -> None:
    order = {"customer_code": CUSTOMER, "ordered_on": ORDERED_ON}
    lines = [{"item_code": ITEM, "quantity": "1", "unit_price": "10.00"}]
    connection = Connection(site.base_url, ADMIN_KEY, STRUCK)
    began = time.monotonic()
    try:
        status, _ = await connection.post("/v1/sales-orders", order | {"lines": lines}, key)
    finally:
        await connection.close()
    outage.statuses.append(status)
    outage.seconds.append(time.monotonic() - began)


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
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=600)
    asked.add_argument("--per-second", type=float, default=20)
    wanted = asked.parse_args()
    with Progress() as progress:
        outage = asyncio.run(temporal_away(wanted.seconds, wanted.per_second, progress))
    Console().print_json(data=outage.as_shown())
    is_good = set(outage.statuses) == {202} and max(outage.seconds) <= IN_TIME_SECONDS and not outage.refused
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
