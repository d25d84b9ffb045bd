"""The doors of finance: accounts, years, entries, documents and reports, as they are seen from outside."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from tests.builders.finance import Accountant, a_line, an_entry
from tests.erp import Erp

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
ENTRY = {
    "posted_on": "2026-01-02",
    "text": "Share capital paid in",
    "lines": [
        {"account_code": "1400", "amount": "25000.00"},
        {"account_code": "3000", "amount": "-25000.00"},
    ],
}


@pytest.fixture
async def accountant(http: httpx.AsyncClient, caller: Caller) -> Accountant:
    """Somebody who keeps the books of a company that is open for business."""
    del http  # It opens the database.
    return await Accountant(caller).open()


@pytest.fixture
async def door(accountant: Accountant, http: httpx.AsyncClient, temporal: Client) -> AsyncIterator[Erp]:
    """The API of the test's company, and a key for each role that has to do with the books."""
    door = Erp(http=http, temporal=temporal, company=accountant.caller.company)
    for role in ("accountant", "sales clerk", "viewer"):
        asked = {"actor": role, "companies": [door.company], "roles": [role]}
        door.keys[role] = (await door.post("/v1/api-keys", asked))["key"]
    yield door


async def items(door: Erp, path: str, **query: Any) -> list[Any]:
    found: list[Any] = (await door.get(path, **query))["items"]
    return found


async def test_accounts_are_created_listed_and_changed_with_their_etag(door: Erp) -> None:
    created = await door.post(
        "/v1/accounts", {"code": "1401", "name": "Savings", "kind": "asset"}, by="accountant"
    )
    headers = {"Authorization": f"Bearer {door.keys['accountant']}", "X-Company": door.company}
    blind = await door.http.patch("/v1/accounts/1401", json={"blocked": True}, headers=headers)
    changed = await door.http.patch(
        "/v1/accounts/1401", json={"blocked": True}, headers=headers | {"If-Match": '"1"'}
    )
    late = await door.http.patch(
        "/v1/accounts/1401", json={"name": "Late"}, headers=headers | {"If-Match": '"1"'}
    )

    assert created == {
        "code": "1401",
        "name": "Savings",
        "kind": "asset",
        "role": None,
        "subledger": None,
        "blocked": False,
        "version": 1,
    }
    assert (blind.status_code, changed.status_code, late.status_code) == (428, 200, 412)
    assert (changed.json()["blocked"], changed.headers["ETag"]) == (True, '"2"')
    assert "1401" in [account["code"] for account in await items(door, "/v1/accounts", limit=200)]


async def test_only_an_accountant_moves_the_lock_of_a_year(door: Erp) -> None:
    async def lock(by: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {door.keys[by]}", "X-Company": door.company, "If-Match": "*"}
        return await door.http.patch(
            "/v1/fiscal-years/2026", json={"locked_through": "2026-01-31"}, headers=headers
        )

    assert (await lock("sales clerk")).status_code == 403
    assert (await lock("accountant")).status_code == 200
    refused = await door.request("POST", "/v1/journal-entries", ENTRY, by="accountant")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/period-locked")
    assert [error["field"] for error in refused.json()["errors"]] == ["posted_on"]
    assert [year["locked_through"] for year in await items(door, "/v1/fiscal-years")] == ["2026-01-31"]


async def test_an_entry_is_posted_once_seen_and_taken_back_once(door: Erp) -> None:
    first = await door.post("/v1/journal-entries", ENTRY, by="accountant", key="capital")
    again = await door.post("/v1/journal-entries", ENTRY, by="accountant", key="capital")
    path = f"/v1/journal-entries/{first['entry_id']}"
    back = {"reversed_on": "2026-02-01", "reason": "wrong account"}
    mirror = await door.post(f"{path}/reversal", back, by="accountant")
    twice = await door.request("POST", f"{path}/reversal", back, by="accountant")
    forbidden = await door.request("POST", "/v1/journal-entries", ENTRY, by="sales clerk")

    assert first == again == await door.get(path, by="viewer")
    assert first["entry_number"] == "JE-2026-000001"
    assert [line["amount"] for line in first["lines"]] == ["25000.00", "-25000.00"]
    (entry,) = await items(door, "/v1/journal-entries", source_type="reversal")
    assert (mirror["reversal_number"], mirror["document_id"]) == ("RV-2026-000001", first["entry_id"])
    assert (entry["reverses_id"], entry["lines"][0]["amount"]) == (first["entry_id"], "-25000.00")
    assert entry["source"] == f"/v1/reversals/{mirror['reversal_id']}"
    assert (twice.status_code, forbidden.status_code) == (409, 403)
    assert (await door.request("GET", f"/v1/journal-entries/{uuid4()}")).status_code == 404


async def test_a_wrong_entry_names_every_wrong_field(door: Erp) -> None:
    lines = [{"account_code": "GHOST", "amount": "1.001"}, {"account_code": "1200", "amount": "-1"}]
    wrong = ENTRY | {"lines": [*lines, {"account_code": "1400", "amount": "0", "party_code": "C1"}]}
    response = await door.request("POST", "/v1/journal-entries", wrong, by="accountant")

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [
        "lines.0.account_code",
        "lines.0.amount",
        "lines.1.account_code",
        "lines.2.party_type",
    ]


async def test_entries_are_paged_sorted_and_narrowed(door: Erp, accountant: Accountant) -> None:
    for _ in range(3):
        await accountant.post(an_entry(("1400", 1), ("3000", -1)))
    await accountant.post(an_entry(("1450", 1), ("3000", -1)))

    first = await door.get("/v1/journal-entries", limit=3, sort="number")
    rest = await door.get("/v1/journal-entries", limit=3, sort="number", cursor=first["next_cursor"])
    cash = await items(door, "/v1/journal-entries", account="1450", source_type="manual")
    wrong = await door.request("GET", "/v1/journal-entries", sort="colour")

    numbers = [entry["entry_number"] for entry in first["items"] + rest["items"]]
    assert numbers == [f"JE-2026-{number:06d}" for number in (1, 2, 3, 4)]
    assert rest["next_cursor"] is None
    assert [entry["entry_number"] for entry in cash] == ["JE-2026-000004"]
    assert await items(door, "/v1/journal-entries", posted_from="2026-03-03") == []
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "sort")


async def test_an_invoice_is_listed_shown_and_open_until_it_is_paid(
    door: Erp, accountant: Accountant
) -> None:
    posted = await accountant.bill(a_line(2, "50", tax_code="T19", item_code="APPLE"))
    await accountant.receive("19", invoice_id=posted.invoice_id)

    (listed,) = await items(door, "/v1/invoices", number=posted.invoice_number, by="viewer")
    shown = await door.get(f"/v1/invoices/{posted.invoice_id}")

    assert [listed[name] for name in ("net_amount", "tax_amount", "total_amount", "open_amount")] == [
        "100.00",
        "19.00",
        "119.00",
        "100.00",
    ]
    assert shown.items() >= listed.items()
    assert (shown["lines"][0]["quantity"], shown["taxes"][0]["rate_percent"]) == ("2", "19")
    assert (shown["customer"]["name"], shown["open_items"][0]["open_amount"]) == ("Customer C1", "100.00")
    assert len(await items(door, "/v1/invoices", only_open=True, sort="-total_amount")) == 1
    await accountant.receive("100", invoice_id=posted.invoice_id)
    assert await items(door, "/v1/invoices", only_open=True) == []
    assert (await door.request("GET", f"/v1/invoices/{uuid4()}")).status_code == 404


async def test_a_payment_shows_what_it_settled_and_what_is_left(door: Erp, accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "100"), payment_terms_code="DISC")
    paid = await accountant.receive("90", invoice_id=posted.invoice_id)
    kept = await accountant.receive("30.50")

    listed = await items(door, "/v1/payments", customer="C1", sort="number")
    shown = await door.get(f"/v1/payments/{paid.payment_id}", by="viewer")
    open_items = await items(door, "/v1/open-items", customer="C1")

    assert [one["on_account_amount"] for one in listed] == ["0.00", "30.50"]
    assert shown["settlements"] == [
        {
            "invoice_id": str(posted.invoice_id),
            "invoice_number": posted.invoice_number,
            "currency": "EUR",
            "settled_on": "2026-03-12",
            "source_type": "payment",
            "source_id": str(paid.payment_id),
            "amount": "100.00",
            "discount_amount": "10.00",
            "written_off_amount": "0.00",
        }
    ]
    assert [(item["document_type"], item["document_id"], item["open_amount"]) for item in open_items] == [
        ("payment", str(kept.payment_id), "-30.50")
    ]
    assert len(await items(door, "/v1/open-items", only_open=False, sort="-open_amount")) == 2


async def test_a_payment_is_taken_back_and_says_by_what(door: Erp, accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "100"))
    paid = await accountant.receive("130", invoice_id=posted.invoice_id)
    other = await accountant.bill(a_line(1, "20"))
    used = await door.post(
        f"/v1/payments/{paid.payment_id}/allocations",
        {"invoice_id": str(other.invoice_id), "allocated_on": "2026-04-01"},
        by="accountant",
    )
    (allocation,) = await items(door, "/v1/allocations")
    path, back = (
        f"/v1/payments/{paid.payment_id}/reversal",
        {"reversed_on": "2026-04-02", "reason": "bounced"},
    )

    forbidden = await door.request("POST", path, back, by="sales clerk")
    too_early = await door.request("POST", path, back, by="accountant")
    first = await door.post(f"/v1/allocations/{allocation['allocation_id']}/reversal", back, by="accountant")
    second = await door.post(path, back, by="accountant", key="bounced")
    again = await door.post(path, back, by="accountant", key="bounced")

    assert used["on_account_amount"] == "10.00"
    assert (forbidden.status_code, too_early.status_code) == (403, 409)
    assert too_early.json()["type"] == "/problems/stands-on-it"
    assert second == again
    numbers = [first["reversal_number"], second["reversal_number"]]
    assert [one["reversal_number"] for one in await items(door, "/v1/reversals", sort="number")] == numbers
    shown = await door.get(f"/v1/payments/{paid.payment_id}")
    assert (shown["reversed_by"], shown["on_account_amount"]) == (numbers[1], "0.00")
    assert sum(Decimal(one["amount"]) for one in shown["settlements"]) == 0
    assert sorted(item["open_amount"] for item in await items(door, "/v1/open-items")) == ["100.00", "20.00"]


async def test_every_figure_of_a_report_leads_to_its_documents(door: Erp, accountant: Accountant) -> None:
    posted = await accountant.bill(a_line(1, "100", tax_code="T19"))

    report = await door.get("/v1/reports/trial-balance", **MARCH, by="viewer")
    (row,) = (row for row in report["rows"] if row["role"] == "receivable")
    (entry,) = await items(door, row["entries"])
    invoice = await door.get(entry["source"])

    assert (row["closing"], entry["lines"][0]["base_amount"]) == ("119.00", "119.00")
    assert invoice["invoice_number"] == posted.invoice_number
    assert "/order_to_cash/" in invoice["process_id"]
    (aged,) = (await door.get("/v1/reports/aged-receivables", as_of="2026-05-01"))["rows"]
    (item,) = (await door.get(aged["items"]))["rows"]
    assert item["document_id"] == str(posted.invoice_id)


async def test_the_statements_agree(door: Erp, accountant: Accountant) -> None:
    await accountant.bill(a_line(1, "100", tax_code="T19"))
    await accountant.goods_left("40")

    sheet = await door.get("/v1/reports/balance-sheet", as_of="2026-12-31")
    result = await door.get("/v1/reports/profit-and-loss", fiscal_year="2026")

    assert sheet["total_assets"] == sheet["total_liabilities_and_equity"] == "79.00"
    assert sheet["result"] == result["result"] == "60.00"
    assert sheet["currency"] == "EUR"
    assert Decimal(result["sections"][0]["total"]) == 100
    for report in ("trial-balance", "balance-sheet", "profit-and-loss", "aged-receivables"):
        assert (
            await door.request("GET", f"/v1/reports/{report}", by="viewer", fiscal_year="2026")
        ).status_code == 200


async def test_a_credit_note_is_shown_with_its_invoice_and_its_money_goes_back(
    accountant: Accountant, door: Erp
) -> None:
    invoice = await accountant.bill(a_line(2, "50", tax_code="T19"), process_id="nobody waits")
    await accountant.receive("119", invoice_id=invoice.invoice_id)
    credited = await accountant.take_back(invoice, (1, 1))
    path = f"/v1/credit-notes/{credited.credit_note_id}"

    shown = await door.get(path)
    refunded = await door.post(
        f"{path}/refund", {"amount": "20", "refunded_on": "2026-03-25"}, by="accountant"
    )
    (open_item,) = await items(door, "/v1/open-items")
    (listed,) = await items(door, "/v1/credit-notes", invoice_id=str(invoice.invoice_id))

    assert (shown["credit_note_number"], shown["invoice_number"]) == ("CN-2026-000001", "INV-2026-000001")
    assert (shown["invoiced_on"], shown["credited_on"]) == ("2026-03-02", "2026-03-20")
    assert [shown[name] for name in ("total_amount", "settled_amount", "on_account_amount")] == [
        "59.50",
        "0.00",
        "59.50",
    ]
    (line,), (tax,) = shown["lines"], shown["taxes"]
    assert (line["quantity"], line["net_amount"], line["tax_amount"]) == ("1", "50.00", "9.50")
    assert (tax["name"], tax["base_amount"], tax["tax_amount"]) == ("19 %", "50.00", "9.50")
    assert (open_item["document_id"], open_item["open_amount"]) == (shown["credit_note_id"], "-39.50")
    assert listed["left_on_account"] == "39.50"
    (refund,) = await items(door, "/v1/refunds", credit_note_id=shown["credit_note_id"])
    assert (refund["refund_number"], refund["amount"]) == (refunded["refund_number"], "20.00")
    assert await door.get(f"/v1/refunds/{refund['refund_id']}") == refund


async def test_who_may_not_refund_is_refused_and_money_of_a_payment_goes_back_once(
    accountant: Accountant, door: Erp
) -> None:
    money = await accountant.receive("119")
    path = f"/v1/payments/{money.payment_id}/refund"
    body = {"refunded_on": "2026-03-25"}

    forbidden = await door.request("POST", path, body, by="sales clerk")
    key = str(uuid4())
    first = await door.post(path, body, by="accountant", key=key)
    again = await door.post(path, body, by="accountant", key=key)
    refused = await door.request("POST", path, body | {"amount": "1"}, by="accountant")

    assert first == again
    assert first["amount"] == "119.00"
    assert (forbidden.status_code, refused.status_code) == (403, 409)
    assert refused.json()["type"] == "/problems/nothing-on-account"
    assert await accountant.balances() == {}


async def test_what_a_credit_note_put_on_account_pays_another_invoice(
    accountant: Accountant, door: Erp
) -> None:
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.receive("100", invoice_id=invoice.invoice_id)
    credited = await accountant.take_back(invoice)
    other = await accountant.bill(a_line(1, "60"))

    used = await door.post(
        f"/v1/credit-notes/{credited.credit_note_id}/allocations",
        {"invoice_id": str(other.invoice_id), "allocated_on": "2026-04-01"},
        by="accountant",
    )

    assert used["credit_note_id"] == str(credited.credit_note_id)
    (on_account,) = (await door.get("/v1/open-items"))["items"]
    assert (on_account["document_id"], on_account["open_amount"]) == (used["credit_note_id"], "-40.00")
    await accountant.everything_agrees()
