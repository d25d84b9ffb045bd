"""Invoices without an order, debit notes, and what of an invoice is credited by hand."""

from decimal import Decimal
from typing import Any

from tests.api.test_amounts_and_days_of_money import refusal
from tests.api.test_finance import accountant, door, items
from tests.builders.finance import Accountant, a_line
from tests.erp import Erp

__all__ = ["accountant", "door"]

ADVICE: dict[str, Any] = {
    "customer_code": "C1",
    "invoiced_on": "2026-03-02",
    "lines": [
        {"description": "Advice", "quantity": "2", "unit": "h", "unit_price": "50.00", "tax_code": "T19"},
        {"description": "Books", "unit_price": "40.00", "tax_code": "T7", "account_code": "4300"},
    ],
}


async def billed(door: Erp, **changes: Any) -> Any:
    """An invoice without an order: 100 at 19 % and 40 at 7 %, 161.80 in all."""
    return await door.post("/v1/invoices", ADVICE | changes, by="accountant")


async def test_an_invoice_without_an_order_is_as_any_other(door: Erp, accountant: Accountant) -> None:
    invoice = await billed(door, payment_terms_code="DISC", customer_reference="PO 4711")
    paid = await accountant.receive("145.62", invoice_id=invoice["invoice_id"])

    figures = [invoice[name] for name in ("invoice_number", "net_amount", "tax_amount", "total_amount")]
    assert figures == ["INV-2026-000001", "140.00", "21.80", "161.80"]
    assert (invoice["process_id"], invoice["order_id"], invoice["due_on"]) == ("", None, "2026-04-01")
    assert paid.settled[0].discount_amount == Decimal("16.18")
    assert await accountant.balances() == {
        "bank": Decimal("145.62"),
        "revenue": Decimal(-100),
        "4300": Decimal(-40),
        "discount_granted": Decimal(14),
        "tax_payable": Decimal("-17.10"),
        "2210": Decimal("-2.52"),
    }
    pdf = await door.request("GET", f"/v1/invoices/{invoice['invoice_id']}/pdf")
    assert (pdf.status_code, pdf.content[:4]) == (200, b"%PDF")
    await accountant.everything_agrees()


async def test_what_is_missing_or_wrong_of_an_invoice_is_named(door: Erp) -> None:
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"customer_code": "GHOST"}, ["customer_code"]),
        ({"payment_terms_code": "NEVER"}, ["payment_terms_code"]),
        ({"lines": [{"unit_price": "1"}]}, ["lines.0.description", "lines.0.tax_code"]),
        ({"lines": [{"item_code": "GHOST", "unit_price": "1", "tax_code": "T19"}]},
         ["lines.0.item_code"]),
        ({"lines": [ADVICE["lines"][0] | {"tax_code": "T99"}]}, ["lines.0.tax_code"]),
        ({"lines": [ADVICE["lines"][0] | {"account_code": "1200"}]}, ["lines.0.account_code"]),
        ({"lines": [ADVICE["lines"][0] | {"account_code": "9999"}]}, ["lines.0.account_code"]),
        *(({"lines": [ADVICE["lines"][0] | {"account_code": code}]}, ["lines.0.account_code"])
          for code in ("1400", "1450", "1100", "2100", "2200", "2210", "3000", "6100")),
        ({"lines": [ADVICE["lines"][0] | {"account_role": "bank"}]}, ["lines.0.account_role"]),
        ({"lines": [ADVICE["lines"][0] | {"account_role": "receivable"}]}, ["lines.0.account_role"]),
        ({"lines": [ADVICE["lines"][0] | {"unit_price": "-1"}]}, ["lines"]),
        ({"lines": [ADVICE["lines"][0] | {"account_role": "revenue", "account_code": "4300"}]},
         ["lines.0.account_role"]),
    ]  # fmt: skip

    found = [await refusal(door, "/v1/invoices", ADVICE | changes) for changes, _ in wrong]

    assert [(status, name, fields) for status, name, fields in found] == [
        (422, "invalid", fields) for _, fields in wrong
    ]
    assert await items(door, "/v1/invoices") == []


async def test_a_price_allowance_takes_its_tax_with_it_by_line_or_tax_code(
    door: Erp, accountant: Accountant
) -> None:
    invoice = await billed(door)
    path = f"/v1/invoices/{invoice['invoice_id']}/credit-notes"
    asked = {"credited_on": "2026-03-20", "reason": "too dear"}

    by_line = await door.post(path, asked | {"lines": [{"line_number": 2, "net_amount": "10"}]})
    by_code = await door.post(path, asked | {"lines": [{"tax_code": "T19", "net_amount": "33.33"}]})
    too_much = await refusal(door, path, asked | {"lines": [{"tax_code": "T19", "net_amount": "66.68"}]})
    hour = await door.post(path, asked | {"lines": [{"line_number": 1, "quantity": "1"}]})

    amounts = ("net_amount", "tax_amount", "total_amount")
    assert [[note[name] for name in amounts] for note in (by_line, by_code, hour)] == [
        ["10.00", "0.70", "10.70"],
        ["33.33", "6.33", "39.66"],
        ["33.34", "6.34", "39.68"],
    ]
    assert too_much == (409, "credited-too-much", ["lines.0.net_amount"])
    for line, field in (
        ({"line_number": 1, "tax_code": "T19", "net_amount": "1"}, "line_number"),
        ({"line_number": 1}, "net_amount"),
        ({"tax_code": "T19", "quantity": "1"}, "net_amount"),
    ):
        assert await refusal(door, path, asked | {"lines": [line]}) == (422, "invalid", [f"lines.0.{field}"])
    assert (by_line["lines"][0]["quantity"], by_line["order_number"]) == ("0", "")
    shown = await accountant.invoice(invoice["invoice_id"])
    assert shown.open_amount == Decimal("161.80") - Decimal("10.70") - Decimal("39.66") - Decimal("39.68")
    pdf = await door.request("GET", f"/v1/credit-notes/{by_line['credit_note_id']}/pdf")
    assert pdf.status_code == 200
    await door.post(
        f"/v1/invoices/{invoice['invoice_id']}/reversal", {"reversed_on": "2026-03-25", "reason": "x"}
    )
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


async def test_an_allowance_lowers_what_is_credited_for_goods_that_come_back_later(
    accountant: Accountant, door: Erp
) -> None:
    """Ten at 10.00, two each off: what comes back is credited at 8.00."""
    posted = await accountant.bill(a_line(10, 10, tax_code="T19"), process_id="nobody waits")
    path = f"/v1/invoices/{posted.invoice_id}/credit-notes"
    asked = {"credited_on": "2026-03-10", "reason": "too dear"}
    allowed = {"lines": [{"line_number": 1, "net_amount": "20"}]}

    await door.post(path, asked | allowed)
    refused = await refusal(door, path, asked | {"lines": [{"line_number": 1, "quantity": "1"}]})
    returned = await accountant.take_back(posted, (1, 3))
    rest = await accountant.take_back(posted, (1, 7))

    assert refused[:2] == (409, "billed-by-process")
    assert [returned.net_amount, returned.tax_amount, rest.net_amount] == [24, Decimal("4.56"), 56]
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


async def test_a_debit_note_charges_more_and_stands_on_its_invoice(door: Erp, accountant: Accountant) -> None:
    invoice = await billed(door, customer_reference="PO 4711")
    path = f"/v1/invoices/{invoice['invoice_id']}"
    more = {"description": "Surcharge", "unit_price": "10", "tax_code": "T19"}
    asked = {"invoiced_on": "2026-03-10", "reason": "the surcharge was forgotten", "lines": [more]}
    back = {"reversed_on": "2026-03-20", "reason": "cancelled"}

    early = await refusal(door, f"{path}/debit-notes", asked | {"invoiced_on": "2026-03-01"})
    debit = await door.post(f"{path}/debit-notes", asked, by="accountant")
    stands = await door.request("POST", f"{path}/reversal", back, by="accountant")
    await door.post(f"/v1/invoices/{debit['invoice_id']}/reversal", back, by="accountant")
    await door.post(f"{path}/reversal", back, by="accountant")

    assert early == (422, "too-early", ["invoiced_on"])
    assert (debit["corrects_id"], debit["total_amount"]) == (invoice["invoice_id"], "11.90")
    assert (debit["customer_reference"], debit["reason"]) == ("PO 4711", asked["reason"])
    assert (stands.status_code, stands.json()["type"]) == (409, "/problems/stands-on-it")
    assert debit["invoice_number"] in stands.json()["detail"]
    assert await items(door, "/v1/invoices", corrects_id=invoice["invoice_id"]) != []
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


async def test_a_dry_run_says_which_operation_would_correct_what(door: Erp) -> None:
    invoice = await billed(door)
    path = f"invoices/{invoice['invoice_id']}"
    back = {"reversed_on": "2026-03-20", "reason": "a mistake"}
    credit = {"credited_on": "2026-03-20", "reason": "dear", "lines": [{"line_number": 1, "net_amount": "1"}]}
    bad = {"kind": "bad_debt", "invoice_id": invoice["invoice_id"], "reason": "insolvent"}
    note = await door.post(f"/v1/{path}/credit-notes", credit)

    for asked, body, operation in (
        ("invoices", ADVICE, "receivables.post_direct_invoice"),
        (f"{path}/credit-notes", credit, "receivables.credit_invoice"),
        (f"{path}/reversal", back, "receivables.reverse_invoice"),
        ("write-offs", bad, "receivables.post_write_off"),
        (f"credit-notes/{note['credit_note_id']}/reversal", back, "receivables.reverse_document"),
    ):
        answer = await door.request("POST", f"/v1/{asked}?dry_run=true", body)
        assert operation in answer.text, answer.text
    assert len(await items(door, "/v1/invoices")) == 1


async def test_an_invoice_says_what_corrects_it_and_is_found_by_its_number(
    door: Erp, accountant: Accountant
) -> None:
    direct = await billed(door)
    of_order = await accountant.bill(a_line(1, 10), process_id="nobody waits")

    found = await door.get(f"/v1/documents/{direct['invoice_number']}")
    commands = {}
    for number in (direct["invoice_number"], of_order.invoice_number):
        offered = (await door.get(f"/v1/invoices/{number}/commands"))["commands"]
        commands[number] = {one["path"].rpartition("/")[2]: one for one in offered}

    assert [one["location"] for one in found["documents"]] == [f"/v1/invoices/{direct['invoice_id']}"]
    assert set(commands[direct["invoice_number"]]) == {"credit-notes", "debit-notes", "reversal"}
    assert commands[direct["invoice_number"]]["reversal"]["allowed"]
    refused = commands[of_order.invoice_number]["reversal"]
    assert not refused["allowed"], "its order says so, and there is none"


async def test_more_is_charged_on_the_invoice_and_never_on_a_debit_note(
    door: Erp, accountant: Accountant
) -> None:
    invoice = await billed(door)
    more = [{"description": "Surcharge", "unit_price": "10", "tax_code": "T19"}]
    asked = {"invoiced_on": "2026-03-10", "reason": "the surcharge was forgotten", "lines": more}
    debit = await door.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    path = f"/v1/invoices/{debit['invoice_id']}/debit-notes"

    for how in ({"dry_run": "true"}, {}):
        refused = await door.request("POST", path, asked, by="accountant", **how)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/charges-more-already")
        assert invoice["invoice_number"] in refused.json()["detail"]

    again = await door.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    assert again["corrects_id"] == invoice["invoice_id"]
    await accountant.everything_agrees()


async def test_a_dry_run_of_a_reversal_refuses_what_stands_on_the_invoice(
    door: Erp, accountant: Accountant
) -> None:
    invoice = await billed(door)
    path = f"/v1/invoices/{invoice['invoice_id']}"
    more = [{"description": "Surcharge", "unit_price": "10", "tax_code": "T19"}]
    asked = {"invoiced_on": "2026-03-10", "reason": "forgotten", "lines": more}
    await door.post(f"{path}/debit-notes", asked, by="accountant")
    back = {"reversed_on": "2026-03-20", "reason": "cancelled"}

    would, real = [
        await door.request("POST", f"{path}/reversal", back, by="accountant", **how)
        for how in ({"dry_run": "true"}, {})
    ]

    assert (would.status_code, would.json()["detail"]) == (real.status_code, real.json()["detail"])
    assert (real.status_code, real.json()["type"]) == (409, "/problems/stands-on-it")
    await accountant.everything_agrees()
