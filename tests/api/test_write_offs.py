"""What is not paid is written off: a small difference within the limit, a bad debt with its output tax."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_amounts_and_days_of_money import refusal
from tests.api.test_direct_invoices import billed
from tests.api.test_finance import accountant, door, items
from tests.builders.finance import Accountant, a_line
from tests.erp import Erp

__all__ = ["accountant", "door"]

BAD: dict[str, Any] = {"kind": "bad_debt", "reason": "insolvent", "written_off_on": "2026-06-30"}
SMALL: dict[str, Any] = {"kind": "small_difference", "reason": "bank charges", "written_off_on": "2026-06-30"}
BACK = {"reversed_on": "2026-07-31", "reason": "paid after all"}


@pytest.fixture
async def manager(door: Erp) -> str:
    """Somebody who may write off."""
    asked = {"actor": "Clara", "companies": [door.company], "roles": ["credit manager"]}
    door.keys["credit manager"] = (await door.post("/v1/api-keys", asked))["key"]
    return "credit manager"


async def test_the_output_tax_of_a_bad_debt_is_taken_back_and_owed_again(
    door: Erp, accountant: Accountant, manager: str
) -> None:
    """161.80 with 19.00 at 19 % and 2.80 at 7 %; 61.80 is paid, so 100/161.80 of each tax is taken back."""
    invoice = await billed(door)
    await accountant.receive("61.80", invoice_id=invoice["invoice_id"])
    before = await accountant.balances()

    written = await door.post("/v1/write-offs", BAD | {"invoice_id": invoice["invoice_id"]}, by=manager)

    assert (written["write_off_number"], written["amount"], written["tax_amount"]) == (
        "WO-2026-000001",
        "100.00",
        "13.47",
    )
    assert [tax["tax_amount"] for tax in written["taxes"]] == ["11.74", "1.73"]
    after = await accountant.balances()
    assert {name: after.get(name, 0) - before.get(name, 0) for name in {*after, *before}} == {
        "bank": 0,
        "revenue": 0,
        "4300": 0,
        "receivable": -100,
        "bad_debts": Decimal("86.53"),
        "tax_payable": Decimal("11.74"),
        "2210": Decimal("1.73"),
    }
    await accountant.everything_agrees()
    credit = {"credited_on": "2026-07-01", "reason": "x", "lines": [{"line_number": 1, "net_amount": "1"}]}
    path = f"/v1/invoices/{invoice['invoice_id']}"
    assert (await refusal(door, f"{path}/credit-notes", credit))[1] == "stands-on-it"
    assert (await refusal(door, f"{path}/reversal", BACK))[1] == "stands-on-it"

    await door.post(f"/v1/write-offs/{written['write_off_id']}/reversal", BACK, by=manager)

    assert await accountant.balances() == before
    assert (await accountant.invoice(invoice["invoice_id"])).open_amount == 100
    await accountant.everything_agrees()


async def test_bad_debts_in_parts_take_back_the_tax_of_the_whole_to_the_cent(
    door: Erp, accountant: Accountant
) -> None:
    await accountant.rate("USD", "1.37")
    lines = (a_line(1, "33.33", tax_code="T19"), a_line(1, "66.67", tax_code="T7"))
    invoice = await accountant.bill(*lines, currency="USD", process_id="nobody waits")
    of = BAD | {"invoice_id": str(invoice.invoice_id)}

    parts = [
        await door.post("/v1/write-offs", of | more) for more in ({"amount": "33.34"}, {"amount": "7.77"}, {})
    ]

    taxes = {number: Decimal(0) for number in (1, 2)}
    for part in parts:
        for tax in part["taxes"]:
            taxes[tax["line_number"]] += Decimal(tax["tax_amount"])
    assert list(taxes.values()) == [Decimal("6.33"), Decimal("4.67")]
    balances = await accountant.balances()
    assert set(balances) == {"bad_debts", "revenue"}
    assert balances["bad_debts"] == -balances["revenue"]
    await accountant.everything_agrees()


async def test_a_small_difference_is_the_whole_rest_and_within_the_company_s_limit(
    door: Erp, accountant: Accountant, manager: str
) -> None:
    invoice = await billed(door)
    await accountant.receive("161.74", invoice_id=invoice["invoice_id"])
    of = SMALL | {"invoice_id": invoice["invoice_id"]}

    too_much = await door.request("POST", "/v1/write-offs", of, by=manager)
    company = await door.request("GET", f"/v1/companies/{door.company}")
    changed = {"small_difference_limit": "0.06"}
    await door.request("PATCH", f"/v1/companies/{door.company}", changed, if_match=company.headers["etag"])
    partly = await door.request("POST", "/v1/write-offs", of | {"amount": "0.01"}, by=manager)
    written = await door.post("/v1/write-offs", of, by=manager)
    again = await door.request("POST", "/v1/write-offs", of, by=manager)

    problems = [answer.json() for answer in (too_much, partly, again)]
    assert [problem["type"].removeprefix("/problems/") for problem in problems] == [
        "no-small-difference",
        "invalid",
        "nothing-open",
    ]
    assert [problem.get("errors", [{}])[0].get("field") for problem in problems] == ["kind", "amount", None]
    assert (written["amount"], written["tax_amount"], written["taxes"]) == ("0.06", "0.00", [])
    assert (await accountant.balances())["small_differences"] == Decimal("0.06")
    note = await door.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", BACK)
    assert (note["on_account_amount"], note["written_off_amount"]) == ("161.74", "0.06")
    path = f"/v1/write-offs/{written['write_off_id']}/reversal"
    taken = await door.post(path, BACK, by=manager)
    assert [one["credit_note_number"] for one in taken["set_off"]] == [note["credit_note_number"]]
    assert await accountant.balances() == {
        "bank": Decimal("161.74"),
        "customer_on_account": Decimal("-161.74"),
    }, "all was credited: nothing is owed of it"
    await accountant.everything_agrees()


async def test_who_posts_payments_does_not_write_off(door: Erp, manager: str) -> None:
    invoice = await billed(door)
    of = BAD | {"invoice_id": invoice["invoice_id"]}

    by_accountant = await door.request("POST", "/v1/write-offs", of, by="accountant")
    written = await door.post("/v1/write-offs", of, by=manager)
    path = f"/v1/write-offs/{written['write_off_id']}"
    back = await door.request("POST", f"{path}/reversal", BACK, by="accountant")
    pays = {"customer_code": "C1", "amount": "1", "currency": "EUR", "received_on": "2026-06-30"}
    paid = await door.request("POST", "/v1/payments", pays, by=manager)

    assert [answer.status_code for answer in (by_accountant, back, paid)] == [403, 403, 403]
    assert await door.get(path, by="accountant") == written
    (listed,) = await items(door, "/v1/write-offs", kind="bad_debt", customer="C1", by="viewer")
    assert written.items() >= listed.items()


async def test_days_amounts_and_kinds_of_write_offs_are_checked(door: Erp, accountant: Accountant) -> None:
    invoice = await billed(door)
    money = await accountant.receive("5", received_on=date(2026, 3, 12))
    of = {"invoice_id": invoice["invoice_id"]}

    assert (await _refused(door, BAD | of | {"written_off_on": "2026-03-01"})) == (
        422,
        "too-early",
        "written_off_on",
    )
    assert (await _refused(door, BAD | of | {"amount": "161.81"})) == (409, "more-than-open", "amount")
    assert (await _refused(door, BAD | of | {"amount": "0.001"})) == (422, "invalid", "amount")
    assert (await _refused(door, BAD | {"payment_id": str(money.payment_id)})) == (422, "invalid", "kind")
    assert (await _refused(door, BAD)) == (422, "invalid", "invoice_id")
    assert (await _refused(door, SMALL | {"payment_id": str(money.payment_id)})) == (
        409,
        "no-small-difference",
        "kind",
    )


async def _refused(door: Erp, body: dict[str, Any]) -> tuple[int, str, str]:
    answer = await door.request("POST", "/v1/write-offs", body)
    problem = answer.json()
    return answer.status_code, problem["type"].removeprefix("/problems/"), problem["errors"][0]["field"]


async def test_what_is_left_of_a_payment_is_written_off_to_our_favour(
    door: Erp, accountant: Accountant
) -> None:
    invoice = await billed(door)
    paid = await accountant.receive("161.90", invoice_id=invoice["invoice_id"])
    company = await door.request("GET", f"/v1/companies/{door.company}")
    await door.request(
        "PATCH",
        f"/v1/companies/{door.company}",
        {"small_difference_limit": "0.10"},
        if_match=company.headers["etag"],
    )

    written = await door.post("/v1/write-offs", SMALL | {"payment_id": str(paid.payment_id)})

    assert (written["amount"], written["document_type"]) == ("-0.10", "payment")
    assert (await accountant.balances())["small_differences"] == Decimal("-0.10")
    path = f"/v1/payments/{paid.payment_id}/reversal"
    assert (await refusal(door, path, BACK))[1] == "stands-on-it"
    await accountant.everything_agrees()
    await door.post(f"/v1/write-offs/{written['write_off_id']}/reversal", BACK)
    await door.post(path, BACK)
    assert (await accountant.invoice(invoice["invoice_id"])).open_amount == Decimal("161.80")
    await accountant.everything_agrees()
