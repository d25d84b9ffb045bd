"""What a payment run is refused for."""

from typing import Any

import pytest

from tests.builders import bank_statements, payment_runs
from tests.builders.payment_runs import (
    PATH,
    PROPOSER,
    approved,
    owing,
    paid,
    problem,
    proposed,
    ready,
    submitted,
    until,
    wanted,
)
from tests.erp import Erp


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"bank_account": "NONE"}, 404, "bank_account"),
        ({"suppliers": ["NOBODY"]}, 404, "supplier"),
        ({"due_until": "2020-01-01"}, 422, "to"),
    ],
)
async def test_what_names_nothing_is_refused(erp: Erp, change: Any, status: int, field: str) -> None:
    await ready(erp)

    answer = await erp.request("POST", PATH, wanted(**change), by=PROPOSER)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


@pytest.mark.parametrize("change", [{"iban": "", "account_number": "4711"}, {"currency": "USD"}])
async def test_an_account_without_iban_or_in_another_currency_pays_no_run(erp: Erp, change: Any) -> None:
    await ready(erp)
    await owing(erp)
    await bank_statements.open_account(erp, code="OTHER", account_code="1456", iban="DE89370400440532013000")
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/OTHER", change, if_match="*"))

    answer = await erp.request("POST", PATH, wanted(bank_account="OTHER"), by=PROPOSER)

    assert (problem(answer), answer.json()["errors"][0]["field"]) == ((422, "invalid"), "bank_account")


async def test_without_an_account_for_what_is_in_transit_nothing_is_proposed(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    (account,) = [
        one for one in (await erp.get("/v1/accounts"))["items"] if one["role"] == "payments_in_transit"
    ]
    changed = await erp.request("PATCH", f"/v1/accounts/{account['code']}", {"blocked": True}, if_match="*")
    erp.accepted(changed)

    answer = await erp.request("POST", PATH, wanted(), by=PROPOSER)

    assert answer.status_code == 422, answer.text


TRANSIT = "1470"


async def test_a_bank_account_s_account_is_none_for_what_is_in_transit(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await proposed(erp)
    await submitted(erp, run)
    erp.accepted(await erp.request("PATCH", f"/v1/accounts/{TRANSIT}", {"role": None}, if_match="*"))
    of_bank = {"role": "payments_in_transit"}
    erp.accepted(await erp.request("PATCH", "/v1/accounts/1455", of_bank, if_match="*"))

    answer = await erp.request("POST", PATH, wanted(), by=PROPOSER)
    await approved(erp, run)

    assert (problem(answer), answer.json()["errors"][0]["field"]) == ((422, "invalid"), "bank_account")
    assert "1455 is a bank account's" in (await until(erp, run, "cancelled"))["reason"]
    # The bank account itself may be changed: the role is what is wrong.
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"name": "Bank"}, if_match="*"))


@pytest.mark.parametrize("has_role", [True, False])
async def test_an_account_in_transit_is_no_bank_account_s(erp: Erp, has_role: bool) -> None:
    await ready(erp)
    if not has_role:
        await owing(erp)
        await paid(erp, await proposed(erp))
        erp.accepted(await erp.request("PATCH", f"/v1/accounts/{TRANSIT}", {"role": None}, if_match="*"))
    other = bank_statements.ACCOUNT | {"code": "OTHER", "iban": payment_runs.ANOTHER_IBAN}

    new = await erp.request("POST", "/v1/bank-accounts", other | {"account_code": TRANSIT})
    change = {"account_code": TRANSIT}
    changed = await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", change, if_match="*")

    for answer in (new, changed):
        assert (problem(answer), answer.json()["errors"][0]["field"]) == ((422, "invalid"), "account_code")


async def test_who_may_not_is_told_so(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await proposed(erp)

    assert (await erp.request("POST", PATH, wanted(), by="sales clerk")).status_code == 403
    assert (await erp.request("GET", f"{PATH}/{run['run_id']}/file", by="viewer")).status_code == 403
    listed = (await erp.get(PATH, by=PROPOSER, status="proposed"))["items"]
    assert [one["run_number"] for one in listed] == [run["run_number"]]
