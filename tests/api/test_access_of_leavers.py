"""Whose employment has ended is let in no more: from the day after the last one on, or at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from api import authentication
from tests.builders.employees import PATH, an_employee
from tests.days import ZONE, in_days
from tests.erp import Erp, a_company

DANA = "Dana Brandt"


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of a key for seconds is not waited for."""
    monkeypatch.setattr(authentication, "REMEMBERED_SECONDS", -1.0)


async def with_key(erp: Erp, *companies: str) -> None:
    """Dana works for us, and has a key, for these companies or ours."""
    here = list(companies or (erp.company,))
    asked = {"actor": DANA, "companies": here, "roles": ["sales clerk"]}
    erp.keys[DANA] = (await erp.post("/v1/api-keys", asked))["key"]
    await erp.post(PATH, an_employee(actor=DANA))


async def changed(erp: Erp, **fields: Any) -> None:
    """What is known of Dana is changed."""
    erp.accepted(await erp.request("PATCH", f"{PATH}/E-1", fields, if_match="*"))


async def let_in(erp: Erp) -> tuple[int, str]:
    """How a look at the orders with Dana's key is answered, and why."""
    answer = await erp.request("GET", "/v1/sales-orders", by=DANA)
    return answer.status_code, answer.json().get("detail", "")


@pytest.mark.parametrize(("days_ago", "status"), [(-1, 200), (0, 200), (1, 401), (400, 401)])
async def test_access_ends_with_the_last_day(erp: Erp, days_ago: int, status: int) -> None:
    await with_key(erp)

    await changed(erp, hired_on="2020-01-01", left_on=in_days(-days_ago))

    seen, why = await let_in(erp)
    assert seen == status
    assert status == 200 or DANA in why


async def test_who_is_dismissed_has_no_access_from_now_on(erp: Erp) -> None:
    await with_key(erp)
    assert (await let_in(erp))[0] == 200

    await changed(erp, access_ended=True)

    assert (await let_in(erp))[0] == 401
    placed = await erp.request("POST", "/v1/sales-orders", {}, by=DANA)
    assert placed.status_code == 401


async def test_a_notice_that_is_withdrawn_gives_access_again(erp: Erp) -> None:
    await with_key(erp)
    await changed(erp, left_on="2025-06-30", access_ended=True)
    await changed(erp, left_on=None, access_ended=False)

    assert (await let_in(erp))[0] == 200


async def test_a_key_that_is_issued_afterwards_lets_nobody_in_either(erp: Erp) -> None:
    await with_key(erp)
    await changed(erp, left_on="2025-06-30")
    asked = {"actor": DANA, "companies": [erp.company], "roles": ["administrator"]}
    erp.keys[DANA] = (await erp.post("/v1/api-keys", asked))["key"]

    assert (await let_in(erp))[0] == 401


async def test_somebody_elses_last_day_ends_nobodys_access(erp: Erp) -> None:
    await with_key(erp)
    await erp.post(PATH, an_employee("E-2", left_on="2025-06-30", actor="Otto Other"))
    await erp.post(PATH, an_employee("E-3", left_on="2025-06-30"))

    assert (await let_in(erp))[0] == 200


async def test_a_key_of_several_companies_works_on_for_the_others(erp: Erp) -> None:
    other = f"{erp.company}-B"
    await erp.post("/v1/companies", a_company(other))
    await with_key(erp, erp.company, other)
    await changed(erp, left_on="2025-06-30")

    elsewhere = Erp(http=erp.http, temporal=erp.temporal, company=other)
    elsewhere.keys[DANA] = erp.keys[DANA]

    assert (await let_in(erp))[0] == 403
    assert (await let_in(elsewhere))[0] == 200


async def test_the_last_day_is_over_when_it_is_so_where_the_company_is(erp: Erp) -> None:
    """Another day than here: tomorrow far in the east, or yesterday far in the west."""
    offset = datetime.now(ZONE).utcoffset()
    is_tomorrow = offset is not None and offset <= timedelta(hours=2)
    far = "Etc/GMT-14" if is_tomorrow else "Etc/GMT+12"
    await with_key(erp)
    moved = {"time_zone": far}
    erp.accepted(await erp.request("PATCH", f"/v1/companies/{erp.company}", moved, if_match="*"))

    await changed(erp, left_on=in_days(0 if is_tomorrow else -1))

    assert (await let_in(erp))[0] == (401 if is_tomorrow else 200)
