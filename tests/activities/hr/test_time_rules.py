"""Rules for the classes of hours: written down once by their key, and refused when they make no sense."""

from datetime import date
from typing import Any

import pytest

from activities.hr.time_rules import put_time_rules
from domains.hr.messages.working_time import HoursClass, PutTimeRules, TimeRulesVersion
from domains.hr.queries.working_time import time_rules
from foundation.database.connections import database
from foundation.values.errors import Invalid
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar

pytestmark = pytest.mark.usefixtures("database")
JANUARY = date(2026, 1, 1)


def some_rules(*versions: dict[str, Any]) -> PutTimeRules:
    """Versions since January, unless they say another day."""
    made = tuple(TimeRulesVersion(**{"valid_from": JANUARY} | one) for one in versions)
    return PutTimeRules(code="WORKSHOP", name="Workshop", versions=made)


async def test_rules_that_are_put_twice_by_one_key_are_put_once(caller: Caller) -> None:
    registrar = await Registrar(caller).open()
    wanted = some_rules({"night_from": "20:00", "night_to": "06:00"})
    call = registrar.call()

    first, again = await put_time_rules(call, wanted), await put_time_rules(call, wanted)

    async with database().read(caller.company) as tx:
        kept = await time_rules(tx, "WORKSHOP")
    assert first == again
    assert kept is not None
    assert (kept.versions, kept.version) == (wanted.versions, 1)


@pytest.mark.parametrize(
    ("versions", "fields"),
    [
        (({}, {}), ["versions.0.valid_from", "versions.1.valid_from"]),
        (({"night_from": "20:00"},), ["versions.0.night_to"]),
        (({"night_to": "06:00"},), ["versions.0.night_from"]),
        (({"night_from": "20:00", "night_to": "20:00"},), ["versions.0.night_to"]),
        (({"ranking": (HoursClass.NIGHT,)},), ["versions.0.ranking"]),
        (({"adds_up": False},), ["versions.0.ranking"]),
        (({"adds_up": False, "ranking": (HoursClass.NIGHT,) * 6},), ["versions.0.ranking"]),
    ],
)
async def test_rules_that_contradict_themselves_are_refused_and_leave_nothing(
    caller: Caller, versions: tuple[dict[str, Any], ...], fields: list[str]
) -> None:
    registrar = await Registrar(caller).open()

    with pytest.raises(Invalid) as refused:
        await put_time_rules(registrar.call(), some_rules(*versions))

    assert [error.field for error in refused.value.errors] == fields
    async with database().read(caller.company) as tx:
        assert await time_rules(tx, "WORKSHOP") is None
