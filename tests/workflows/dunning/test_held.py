"""A run that somebody holds writes no letter, also when it would go on as a new run of its process."""

import pytest

from foundation.process.run import Run
from tests.faulty_steps import FaultySteps
from tests.workflows.dunning.reminding import Reminding

MOST_EVENTS = 10
"""Fewer than a run has that was held, released, and held again; more than one needs that goes on."""


async def test_a_run_that_is_held_stays_held_when_it_has_become_long(
    reminding: Reminding, faults: FaultySteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "MOST_EVENTS", MOST_EVENTS)
    await reminding.owe(days_overdue=7)
    faults.broken[reminding.erp.company, "receivables.list_overdue"] = RuntimeError("by the test")
    process = await reminding.run()
    path = f"/v1/processes/{process.id}"
    for reason in ("first", "again"):
        await reminding.erp.post(f"{path}/hold", {"reason": reason}, by="operator")
        if reason == "first":
            await reminding.erp.post(f"{path}/release", {"reason": reason}, by="operator")
    faults.forget(reminding.erp.company)

    await reminding.clock.sleep(7200)

    assert await reminding.letters() == []
    assert (await reminding.erp.get(path))["exception"] == "held by Olga Operator: again"
    await reminding.erp.post(f"{path}/release", {"reason": "go on"}, by="operator")
    await reminding.until("reminded, level 1")
