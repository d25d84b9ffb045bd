"""What a payment run is refused for."""

from typing import Any

import pytest

from tests.builders import bank_statements, payment_runs
from tests.builders.payment_runs import (
    PATH,
    PROPOSER,
    owing,
    proposed,
    ready,
    wanted,
)
from tests.erp import Erp

DISCOUNT = {
    "code": "DISC16",
    "name": "2 % in 16 days, 30 days net",
    "instalments": [{"days": 30}],
    "discount_percent": "2",
    "discount_days": 16,
}
REPORT = {"bank_account": "SAVINGS", "from": payment_runs.today(), "to": payment_runs.today()}


def problem(answer: Any) -> tuple[int, str]:
    """What a request was refused with."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


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


async def test_who_may_not_is_told_so(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await proposed(erp)

    assert (await erp.request("POST", PATH, wanted(), by="sales clerk")).status_code == 403
    assert (await erp.request("GET", f"{PATH}/{run['run_id']}/file", by="viewer")).status_code == 403
    listed = (await erp.get(PATH, by=PROPOSER, status="proposed"))["items"]
    assert [one["run_number"] for one in listed] == [run["run_number"]]
