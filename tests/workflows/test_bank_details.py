"""Money goes elsewhere when somebody else has said yes and a day has passed, and not before."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.api.test_imports import imported
from tests.builders.bank_details import (
    CLERK,
    DIRECTOR,
    NEW_IBAN,
    OLD_IBAN,
    PATH,
    THIRD_IBAN,
    approval_of,
    asked_for,
    cancel,
    changed_at_once,
    changes,
    decide,
    elsewhere,
    people,
    seen,
    until,
    wait_hours,
)
from tests.builders.payment_runs import MILL
from tests.checked import violations
from tests.erp import Erp
from tests.workflows.approving import hire
from tests.workflows.conftest import LongTimes

MILL_PATH = "/v1/suppliers/MILL"
EUROS: dict[str, str] = {"currency": "EUR", "iban": OLD_IBAN, "bic": "INGDDEFFXXX"}
"""The account that the supplier has."""


async def ready(erp: Erp) -> None:
    """A supplier with its account, and who asks and says yes."""
    await erp.post("/v1/suppliers", MILL)
    await people(erp)


async def iban_of(erp: Erp, code: str = "MILL") -> list[str]:
    """Where the supplier's money goes."""
    return [one["iban"] for one in (await erp.get(f"/v1/suppliers/{code}"))["bank_accounts"]]


async def patch(erp: Erp, body: dict[str, Any], path: str = MILL_PATH, **more: Any) -> Any:
    """Somebody changes a record."""
    return await erp.request("PATCH", path, body, if_match="*", **more)


def problem(answer: Any) -> tuple[int, str]:
    """What a request was refused with."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_it_goes_to_the_old_account_until_another_has_said_yes(erp: Erp) -> None:
    await ready(erp)
    await wait_hours(erp, 0)

    change = await asked_for(erp, MILL_PATH, elsewhere() | {"city": "Ketzin"}, by=CLERK)

    supplier = await erp.get(MILL_PATH)
    assert (supplier["city"], await iban_of(erp)) == ("Ketzin", [OLD_IBAN])
    shown = await seen(erp, change)
    assert [one["iban"] for one in shown["accounts_before"] + shown["accounts"]] == [OLD_IBAN, NEW_IBAN]
    approval = await approval_of(erp, change)
    assert (approval["role"], approval["requested_by"]) == ("finance director", CLERK)
    erp.accepted(await decide(erp, change))
    done = await until(erp, change, "effective")
    assert (await iban_of(erp), done["approved_by"]) == ([NEW_IBAN], DIRECTOR)
    (process,) = (await erp.get("/v1/processes", type="bank_details_change"))["items"]
    assert (process["stage"], process["outcome"]) == ("in effect", "closed")
    assert await violations(erp.company) == []


async def test_it_waits_a_day_however_early_somebody_says_yes_and_whichever_worker_waits(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    await ready(erp)
    async with long_times.worker():
        change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
        erp.accepted(await decide(erp, change))
        await until(erp, change, "approved")
        await long_times.pass_by(hours=23)
        shown, before = await seen(erp, change), await iban_of(erp)
    await long_times.pass_by(minutes=50)
    async with long_times.worker():
        await long_times.pass_by(minutes=5)
        late = await iban_of(erp)
        await long_times.pass_by(minutes=10)
        done = await until(erp, change, "effective")

    assert (shown["status"], before, late) == ("approved", [OLD_IBAN], [OLD_IBAN])
    assert await iban_of(erp) == [NEW_IBAN]
    waited = datetime.fromisoformat(done["effective_at"]) - datetime.fromisoformat(shown["not_before"])
    assert timedelta(0) <= waited < timedelta(minutes=30)


async def test_who_does_not_answer_is_reminded_and_a_late_yes_counts_at_once(long_times: LongTimes) -> None:
    erp = long_times.erp
    await ready(erp)
    async with long_times.worker():
        change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
        await long_times.pass_by(days=10)
        reminded, before = await approval_of(erp, change), await iban_of(erp)
        erp.accepted(await decide(erp, change))
        await until(erp, change, "effective")

    assert (reminded["reminders"], before) == (2, [OLD_IBAN])
    assert await iban_of(erp) == [NEW_IBAN]


async def test_nobody_approves_their_own_nor_what_they_have_not_read(erp: Erp) -> None:
    await ready(erp)
    change = await asked_for(erp, MILL_PATH, elsewhere(), by="administrator")

    own = await decide(erp, change, by="administrator")
    clerk = await decide(erp, change, by=CLERK)
    unread = await decide(erp, change, content_hash="")
    other = await decide(erp, change, content_hash="0" * 64)

    assert [problem(one) for one in (own, clerk, unread, other)] == [
        (403, "four-eyes"),
        (403, "may-not-decide"),
        (422, "content-not-named"),
        (409, "other-content"),
    ]
    assert await iban_of(erp) == [OLD_IBAN]


async def test_who_had_changed_the_record_last_does_not_approve_it(erp: Erp) -> None:
    await ready(erp)
    both = await hire(erp, "Bodo Both", "finance director", "buyer")
    erp.accepted(await patch(erp, {"email": "new@mill.example"}, by=both))
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)

    refused = await decide(erp, change, by=both)

    assert problem(refused) == (403, "changed-the-record")
    erp.accepted(await decide(erp, change))
    assert (await until(erp, change, "approved"))["approved_by"] == DIRECTOR


async def test_who_has_changed_the_record_since_is_not_counted_and_another_is_asked(erp: Erp) -> None:
    await ready(erp)
    await wait_hours(erp, 0)
    both = await hire(erp, "Bodo Both", "finance director", "buyer")
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
    erp.accepted(await patch(erp, {"email": "new@mill.example"}, by=both))
    first = await approval_of(erp, change)

    erp.accepted(await decide(erp, change, by=both))

    second = await approval_of(erp, change)
    assert (second["id"] != first["id"], "Bodo Both" in second["subject"]) == (True, True)
    assert (await seen(erp, change))["status"] == "asked"
    erp.accepted(await decide(erp, change))
    assert (await until(erp, change, "effective"))["approved_by"] == DIRECTOR
    assert await violations(erp.company) == []


@pytest.mark.parametrize("stage", ["asked", "approved"])
async def test_it_is_cancelled_until_it_takes_effect(erp: Erp, stage: str) -> None:
    await ready(erp)
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
    if stage == "approved":
        erp.accepted(await decide(erp, change))
        await until(erp, change, "approved")

    first = await cancel(erp, change, by=CLERK, key="once")
    again = await cancel(erp, change, by=CLERK, key="once")

    assert (first.status_code, again.json()) == (200, first.json())
    assert (first.json()["status"], first.json()["reason"]) == ("cancelled", "not theirs")
    assert (await erp.get("/v1/approvals", status="open"))["items"] == []
    assert problem(await cancel(erp, change))[0] == 409
    assert await iban_of(erp) == [OLD_IBAN]
    another = await asked_for(erp, MILL_PATH, elsewhere(THIRD_IBAN), by=CLERK)
    assert another["change_number"] != change["change_number"]


async def test_with_a_no_nothing_is_changed(erp: Erp) -> None:
    await ready(erp)
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)

    erp.accepted(await decide(erp, change, approved=False, reason="a fraud"))

    done = await until(erp, change, "rejected")
    assert ("a fraud" in done["reason"], await iban_of(erp)) == (True, [OLD_IBAN])


async def test_once_it_is_in_effect_it_is_not_cancelled(erp: Erp) -> None:
    await ready(erp)
    change = await changed_at_once(erp, MILL_PATH, elsewhere(), by=CLERK)

    late = await cancel(erp, change)

    assert problem(late) == (409, "process-ended")


async def test_of_two_changes_at_once_one_waits_and_the_same_again_is_asked_already(erp: Erp) -> None:
    await ready(erp)

    ibans = (NEW_IBAN, THIRD_IBAN)
    answers = await asyncio.gather(*(patch(erp, elsewhere(iban), by=CLERK) for iban in ibans))
    (change,) = await changes(erp)
    (asked,) = (await seen(erp, change))["accounts"]
    same = await patch(erp, elsewhere(asked["iban"]) | {"city": "Ketzin"}, by=CLERK)

    assert sorted(one.status_code for one in answers) == [200, 409]
    refused = max(answers, key=lambda one: one.status_code)
    assert problem(refused) == (409, "bank-details-change-open")
    assert [one["field"] for one in refused.json()["errors"]] == ["bank_accounts"]
    assert (same.status_code, same.json()["city"]) == (200, "Ketzin")
    assert [one["change_id"] for one in await changes(erp)] == [change["change_id"]]


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        ({"city": "Ketzin"}, False),
        ({"bank_accounts": [EUROS]}, False),
        ({"bank_accounts": [EUROS | {"bank": "Another name"}]}, False),
        ({"bank_accounts": []}, True),
        ({"bank_accounts": [EUROS | {"bic": "BYLADEM1001"}]}, True),
        ({"bank_accounts": [EUROS, {"currency": "USD", "iban": THIRD_IBAN}]}, True),
    ],
)
async def test_what_is_a_change_of_where_money_goes(erp: Erp, body: dict[str, Any], begins: bool) -> None:
    await ready(erp)

    erp.accepted(await patch(erp, body, by=CLERK))

    assert len(await changes(erp)) == begins
    assert await iban_of(erp) == [OLD_IBAN]


async def test_the_first_account_comes_with_a_new_supplier_and_later_it_is_a_change(erp: Erp) -> None:
    await erp.post("/v1/suppliers", MILL)
    await erp.post("/v1/suppliers", MILL | {"code": "BARE", "bank_accounts": []})

    assert (await changes(erp), await iban_of(erp)) == ([], [OLD_IBAN])
    erp.accepted(await patch(erp, elsewhere(), "/v1/suppliers/BARE"))
    assert [one["code"] for one in await changes(erp)] == ["BARE"]
    assert await iban_of(erp, "BARE") == []


async def test_an_import_goes_by_the_same_rule_and_run_again_it_asks_nothing_more(erp: Erp) -> None:
    await ready(erp)
    heading = "code,name,country,city,currency,payment_terms_code,bank_accounts.currency,bank_accounts.iban\n"
    text = f"{heading}MILL,Mill,DE,Ketzin,EUR,NET30,EUR,{NEW_IBAN}\n"

    await imported(erp, "suppliers.csv", text)
    await imported(erp, "suppliers.csv", text + "\n")

    (change,) = await changes(erp)
    assert (change["code"], (await erp.get(MILL_PATH))["city"]) == ("MILL", "Ketzin")
    assert await iban_of(erp) == [OLD_IBAN]


async def test_where_customers_pay_the_company_is_changed_so_as_well(erp: Erp) -> None:
    await people(erp)
    path = f"/v1/companies/{erp.company}"
    usd = {"currency": "USD", "iban": THIRD_IBAN, "bic": "", "bank": "D"}
    wanted = {"iban": NEW_IBAN, "bic": "", "bank_accounts": [usd]}
    change = await asked_for(erp, path, wanted | {"city": "Freiburg"})

    company = await erp.get(path)
    assert (company["iban"], company["bank_accounts"], company["city"]) == ("", [], "Freiburg")
    assert change["owner"] == "company"
    await cancel(erp, change)
    await changed_at_once(erp, path, wanted)
    now = await erp.get(path)
    assert {name: now[name] for name in wanted} == wanted


async def test_who_approves_is_told_whose_account_it_is_as_well(erp: Erp) -> None:
    await ready(erp)
    await erp.post("/v1/suppliers", MILL | {"code": "TWIN"} | elsewhere())

    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)

    shown = await seen(erp, change)
    assert (shown["is_anothers"], shown["also_of_suppliers"], shown["is_somebodys_pay"]) == (
        True,
        ["TWIN"],
        False,
    )
    assert "another party's as well" in (await approval_of(erp, change))["subject"]


async def test_how_long_it_waits_says_an_administrator(erp: Erp) -> None:
    keeper = await hire(erp, "Kurt Keeper", "accountant")
    path = f"/v1/companies/{erp.company}"

    refused = await patch(erp, {"bank_details_wait_hours": 0}, path, by=keeper)
    wrong = await patch(erp, {"bank_details_wait_hours": -1}, path)

    assert problem(refused) == (403, "forbidden")
    assert wrong.status_code == 422
    assert (await erp.get(path))["bank_details_wait_hours"] == 24


async def test_a_shorter_wait_counts_for_what_is_asked_afterwards(erp: Erp) -> None:
    await ready(erp)
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
    await wait_hours(erp, 0)

    erp.accepted(await decide(erp, change))

    assert (await until(erp, change, "approved"))["wait_hours"] == 24


async def test_a_policy_says_who_is_asked(erp: Erp) -> None:
    await ready(erp)
    level = {"number": 1, "role": "accountant"}
    policy = {"code": "BC", "kind": "bank_details", "category": "supplier", "valid_from": "2020-01-01"}
    await erp.post("/v1/approval-policies", policy | {"levels": [level]})

    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)

    assert (await approval_of(erp, change))["role"] == "accountant"


async def test_the_database_refuses_another_account_whoever_asks(erp: Erp, owner_url: str) -> None:
    await ready(erp)
    owner = await asyncpg.connect(owner_url)
    try:
        for statement in (
            "UPDATE master_data.supplier SET bank_accounts = '[]' WHERE company_id = $1 AND code = 'MILL'",
            "UPDATE master_data.company SET iban = 'DE02120300000000202051' WHERE code = $1",
        ):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="nobody else has said yes"):
                await owner.execute(statement, erp.company)
    finally:
        await owner.close()


async def test_what_there_is_not_is_refused_by_name(erp: Erp) -> None:
    nothing = "00000000-0000-5000-8000-000000000000"

    shown = await erp.request("GET", f"{PATH}/{nothing}")
    cancelled = await erp.request("POST", f"{PATH}/{nothing}/cancellation", {"reason": "no"})

    assert [problem(one) for one in (shown, cancelled)] == [(404, "not-found")] * 2
