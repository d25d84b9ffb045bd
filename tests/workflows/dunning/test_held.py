"""A dunning that somebody holds writes no letter, also when it would go on as a new run."""

from tests.workflows.dunning.reminding import Reminding, begin

MOST_EVENTS = 16
"""More than a dunning has when it has looked once, and fewer than when it was held then."""


async def test_a_dunning_that_is_held_stays_held_when_it_has_become_long(reminding: Reminding) -> None:
    await reminding.owe(days_overdue=1)
    process = await begin(
        reminding.erp.temporal, reminding.erp.company, reminding.begun_on, "ALICE", most_events=MOST_EVENTS
    )
    await reminding.until("waiting for the first letter")
    path = f"/v1/processes/{process.id}"
    for reason in ("first", "again"):
        await reminding.erp.post(f"{path}/hold", {"reason": reason}, by="operator")
        if reason == "first":
            await reminding.erp.post(f"{path}/release", {"reason": reason}, by="operator")

    await reminding.pass_days(30)

    assert await reminding.letters() == []
    assert (await reminding.erp.get(path))["exception"] == "held by Olga Operator: again"
    await reminding.erp.post(f"{path}/release", {"reason": "go on"}, by="operator")
    await reminding.until("reminded, level 1")
    await reminding.stop_all()
