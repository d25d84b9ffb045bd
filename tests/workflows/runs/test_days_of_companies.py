"""Which day a run is for, and of which day a letter is, says the company's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from foundation.runtime.settings import settings
from foundation.values.messages import Caller
from tests.erp import Erp
from tests.workflows.dunning.reminding import open_years, owe, until
from workflows.scheduled_run import ScheduledRun, Tick

FAR_EAST, FAR_WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""14 hours before UTC, and 11 behind: at any moment it is another day in one of them."""


@pytest.fixture(autouse=True)
def _zones_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API would go on with the old one for a minute."""
    monkeypatch.setattr("api.time_zones.REMEMBERED_SECONDS", 0.0)
    monkeypatch.setattr("api.time_zones._known", {})


@pytest.mark.parametrize(
    ("process", "at", "zone", "period"),
    [
        ("dunning_run", datetime(2026, 4, 1, 2, 30, tzinfo=UTC), "America/Los_Angeles", "2026-03-31"),
        ("dunning_run", datetime(2026, 3, 31, 22, 30, tzinfo=UTC), "Europe/Berlin", "2026-04-01"),
        ("dunning_run", datetime(2026, 3, 31, 22, 30, tzinfo=UTC), "UTC", "2026-03-31"),
        ("collective_invoice_run", datetime(2026, 3, 31, 12, tzinfo=UTC), FAR_EAST, "2026-03"),
        ("collective_invoice_run", datetime(2026, 4, 1, 8, tzinfo=UTC), "America/Los_Angeles", "2026-03"),
    ],
)
async def test_a_schedule_starts_the_run_of_the_day_that_it_is_for_the_company(
    erp: Erp, process: str, at: datetime, zone: str, period: str
) -> None:
    tick = await erp.temporal.start_workflow(
        ScheduledRun.run,
        Tick(process=process, at=at, time_zone=zone),
        id=f"{erp.company}/{process}/tick",
        task_queue=settings().task_queue,
        memo={"caller": Caller(company=erp.company, actor="a tester", correlation_id="a schedule")},
    )

    assert await tick.result() == f"{erp.company}/{process}/{period}"


@pytest.mark.parametrize("zone", [FAR_EAST, FAR_WEST])
async def test_a_letter_is_of_the_day_that_it_is_for_the_company(erp: Erp, zone: str) -> None:
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"time_zone": zone}, if_match=etag))
    today = datetime.now(ZoneInfo(zone)).date()
    await open_years(erp, today)
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    await owe(erp, today, days_overdue=7, price="10.00", customer="ALICE")

    run = await erp.post("/v1/dunning-runs", {}, by="accountant")

    assert run["on"] == str(today)
    await until(erp, "reminded, level 1", "ALICE")
    (letter,) = (await erp.get("/v1/dunning-letters"))["items"]
    assert letter["written_on"] == str(today)


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        (datetime(2026, 3, 28, 1, tzinfo=UTC), True),  # 2:00
        (datetime(2026, 3, 28, 2, tzinfo=UTC), False),  # 3:00
        (datetime(2026, 3, 29, 1, tzinfo=UTC), True),  # 3:00: clocks went from 2:00 to 3:00
        (datetime(2026, 3, 30, 0, tzinfo=UTC), True),  # 2:00 in summer
        (datetime(2026, 10, 25, 0, tzinfo=UTC), True),  # 2:00, for the first time
        (datetime(2026, 10, 25, 1, tzinfo=UTC), True),  # and again: it is the same day's run
        (datetime(2026, 10, 25, 2, tzinfo=UTC), False),
    ],
)
def test_an_hour_that_clocks_leave_out_is_the_one_after_it(at: datetime, is_due: bool) -> None:
    tick = Tick(process="dunning_run", time_zone="Europe/Berlin", hour=2)

    assert tick.is_due(at.astimezone(ZoneInfo(tick.time_zone))) is is_due
