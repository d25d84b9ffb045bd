"""`perpetual check --temporal` names what the books and Temporal do not agree on, and mends it."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from foundation.process import lost
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends

ROOT = Path(__file__).parents[2]


def check(database_url: str, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    known = {"DATABASE_URL": database_url, "TEMPORAL_ADDRESS": address}
    return subprocess.run(
        [sys.executable, "-m", "perpetual", "check", "--temporal", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=ROOT,
        env=os.environ | known,
    )


async def test_a_run_that_somebody_has_ended_is_named_and_begun_again(
    on_dev_server: Erp, postgres_url: str, owner_url: str
) -> None:
    erp = on_dev_server
    order, other = await erp.place(), await erp.place()
    await erp.at_rest()
    address = erp.temporal.service_client.config.target_host
    of_company = ("--company", erp.company)

    async def checked(*arguments: str) -> subprocess.CompletedProcess[str]:
        # The workers go on meanwhile.
        return await asyncio.to_thread(check, postgres_url, address, *of_company, *arguments)

    sound = await checked()
    await erp.process_of(order).terminate("somebody did not know what that means")
    told = await checked()
    as_json = await checked("--json")
    with nobody_else_sends(erp.temporal):
        mended = await checked("--mend")
    again = await checked()

    assert (sound.returncode, sound.stdout) == (0, "The books and Temporal agree.\n"), sound.stderr
    process = erp.process_of(order).id
    assert told.returncode == 1
    assert (
        f"{process}: it has not ended by the books, and Temporal says that it is terminated." in told.stdout
    )
    (difference,) = json.loads(as_json.stdout)["differences"]
    assert (difference["kind"], difference["process"]) == ("not run", process)
    assert (mended.returncode, again.returncode) == (0, 0), mended.stdout + mended.stderr
    for one in (order, other):
        await erp.ship(one)
        await erp.pay(one, "119.00")
        assert await erp.stage_of(one) == "closed"
    owner = await asyncpg.connect(owner_url)
    placed = "SELECT count(*) FROM foundation.operation WHERE process_id = $1 AND name = 'sales.place_order'"
    count = await owner.fetchval(placed, process)
    await owner.close()
    assert count == 1


async def test_what_is_not_run_is_among_the_exceptions_until_it_is_again(on_dev_server: Erp) -> None:
    erp = on_dev_server
    order, _ = await erp.place(), await erp.place()
    assert await _exceptions(erp) == []

    process = erp.process_of(order)
    await process.terminate("somebody did not know what that means")
    await lost.note(erp.temporal)

    (shown,) = await _exceptions(erp)
    assert (shown["id"], shown["failure"]) == (process.id, "not run")
    assert shown["exception"] == "Temporal says that it is terminated"
    assert (await erp.get("/v1/processes", failure="not run"))["items"] == [shown]


async def _exceptions(erp: Erp) -> list[Any]:
    found: list[Any] = (await erp.get("/v1/processes", only_exceptions=True))["items"]
    return found
