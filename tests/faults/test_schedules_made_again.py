"""Schedules are made from rows of the books: when Temporal has lost them, they are there again."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from temporalio.client import Client, ScheduleHandle

from foundation.process import schedules
from foundation.runtime.temporal import DATA_CONVERTER
from tests.days import TODAY, ZONE
from tests.erp import Erp
from tests.faults.stores import serving
from tests.faulty_steps import FaultySteps

SINCE = "UPDATE foundation.schedule SET changed_at = now() - interval '3 days' WHERE company_id = $1"


async def shown(client: Client, company: str, process: str) -> tuple[int, bool]:
    """The hour, and whether it is paused, as Temporal has it."""
    found = (await client.get_schedule_handle(f"{company}/{process}").describe()).schedule
    return found.spec.calendars[0].hour[0].start, found.state.paused


async def all_made_again(client: Client) -> None:
    """Temporal lists what it has with a delay."""
    for _ in range(40):
        if await schedules.make_again(client) == 0:
            return
        await asyncio.sleep(0.25)
    raise AssertionError("schedules are made again for ever")


async def runs(erp: Erp, count: int) -> list[str]:
    """The days that had their run, once there are so many."""
    for _ in range(100):
        found = (await erp.get("/v1/processes", type="dunning_run"))["items"]
        if len(found) >= count:
            return sorted(one["id"].rpartition("/")[2] for one in found)
        await asyncio.sleep(0.1)
    raise AssertionError(f"only {len(found)} of {count} days had their run")


async def test_schedules_are_there_again_when_temporal_has_lost_them_with_the_days_that_passed(
    http: httpx.AsyncClient,
    faults: FaultySteps,
    company: str,
    owner_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lost, older, empty = (tmp_path_factory.mktemp(name) for name in ("lost", "older", "empty"))
    hour = datetime.now(ZONE).hour
    async with serving(lost, faults) as client:
        erp = Erp(http=http, temporal=client, company=company)
        await erp.open_for_business()
        kept = await erp.post("/v1/dunning-runs/schedule", {"hour": hour}, by="accountant")
        monthly = {"hour": 7, "active": False}
        await erp.post("/v1/collective-invoice-runs/schedule", monthly, by="accountant")
        await all_made_again(client)
    shutil.copytree(lost, older, dirs_exist_ok=True)
    owner = await asyncpg.connect(owner_url)
    await owner.execute(SINCE, company)
    await owner.close()

    async with serving(empty, faults) as client:
        erp.temporal = client
        assert (await erp.get("/v1/dunning-runs/schedule", by="accountant"))["next_at"] is None
        await all_made_again(client)
        assert await shown(client, company, "dunning_run") == (hour, False)
        assert await shown(client, company, "collective_invoice_run") == (7, True)
        assert await erp.get("/v1/dunning-runs/schedule", by="accountant") == kept
        assert await runs(erp, 3) == [str(TODAY - timedelta(days=days)) for days in (2, 1, 0)]
        await erp.post("/v1/dunning-runs/schedule", {"hour": (hour + 5) % 24}, by="accountant")

    async with serving(older, faults) as client:
        erp.temporal = client
        assert await shown(client, company, "dunning_run") == (hour, False)
        await all_made_again(client)
        assert await shown(client, company, "dunning_run") == ((hour + 5) % 24, False)
        assert len(await runs(erp, 3)) == 3


async def test_of_two_who_save_at_once_what_the_books_say_last_is_what_temporal_has(
    on_dev_server: Erp, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp, path = on_dev_server, "/v1/dunning-runs/schedule"
    await erp.post(path, {"hour": 3}, by="accountant")
    (first,) = [row for row in await schedules._all() if row.company_id == erp.company]
    await erp.post(path, {"hour": 9}, by="accountant")

    await schedules.save(erp.temporal, first)  # He was slower on his way to Temporal.

    assert await shown(erp.temporal, erp.company, "dunning_run") == (9, False)

    update = ScheduleHandle.update

    async def while_somebody_saves(handle: ScheduleHandle, updater: Any) -> None:
        monkeypatch.setattr(ScheduleHandle, "update", update)
        await changed(owner_url, erp.company, hour=11)
        await update(handle, updater)

    async def after_which_somebody_saves(handle: ScheduleHandle, updater: Any) -> None:
        monkeypatch.setattr(ScheduleHandle, "update", while_somebody_saves)
        await update(handle, updater)
        await changed(owner_url, erp.company, hour=10)

    monkeypatch.setattr(ScheduleHandle, "update", after_which_somebody_saves)

    await schedules.save(erp.temporal, first)

    assert await shown(erp.temporal, erp.company, "dunning_run") == (11, False)


async def changed(owner_url: str, company: str, *, hour: int) -> None:
    """Somebody else has written it down, and is still on his way to Temporal."""
    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        "UPDATE foundation.schedule SET hour = $2, changed_at = clock_timestamp() WHERE company_id = $1",
        company,
        hour,
    )
    await owner.close()


async def test_a_schedule_that_is_saved_while_temporal_is_away_is_made_when_it_is_back(
    on_dev_server: Erp,
) -> None:
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    erp = on_dev_server
    client = app.state.temporal
    app.state.temporal = await Client.connect("127.0.0.1:9", lazy=True, data_converter=DATA_CONVERTER)
    try:
        kept = await erp.post("/v1/dunning-runs/schedule", {"hour": 3}, by="accountant")
    finally:
        app.state.temporal = client
    assert (kept["hour"], kept["active"], kept["next_at"]) == (3, True, None)

    await all_made_again(client)

    assert await shown(client, erp.company, "dunning_run") == (3, False)


async def moves(erp: Erp, zone: str) -> None:
    """The company is somewhere else."""
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"time_zone": zone}, if_match=etag))


async def test_a_company_that_moves_takes_its_schedules_along(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.time_zones.REMEMBERED_SECONDS", 0.0)
    monkeypatch.setattr("api.time_zones._known", {})
    erp = on_dev_server
    await moves(erp, "Europe/Berlin")
    await erp.post("/v1/dunning-runs/schedule", {"hour": 3}, by="accountant")
    assert (await due_hours(erp, "Europe/Berlin"))[:2] == [3, 4]

    await moves(erp, "America/New_York")
    await all_made_again(erp.temporal)

    assert (await due_hours(erp, "America/New_York"))[:2] == [3, 4]
    shown = await erp.get("/v1/dunning-runs/schedule")
    upcoming = datetime.fromisoformat(shown["next_at"]).astimezone(ZoneInfo("America/New_York"))
    assert (upcoming.hour, upcoming - datetime.now(UTC) < timedelta(days=1, hours=2)) == (3, True)


async def due_hours(erp: Erp, zone: str) -> list[int]:
    """At which hours the next ticks are, from the first one of a day on."""
    (row,) = [row for row in await schedules._all() if row.company_id == erp.company]
    described: Any = await erp.temporal.get_schedule_handle(schedules.id_of(row)).describe()
    hours = [at.astimezone(ZoneInfo(zone)).hour for at in described.info.next_action_times]
    return hours[1:] if hours[0] == max(hours) else hours
