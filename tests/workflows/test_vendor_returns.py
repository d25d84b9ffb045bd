"""Goods go back to the supplier: before they are billed, after that, and when the order has ended."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.purchase_orders import (
    ABROAD,
    PATH,
    SUPPLIER,
    TOLERANCE,
    TOLERANCES,
    a_purchase_order,
    billed,
    ended,
    moved,
    of_line,
    pay,
    receive,
)
from tests.builders.vendor_returns import (
    DEBIT_NOTES,
    RETURNS,
    a_return,
    claimed,
    sent_back,
    taken_back,
    why_not_back,
)
from tests.checked import violations
from tests.erp import Erp, an_order

TEN_APPLES = ("APPLE", "10", "4.00")


@pytest.fixture(autouse=True)
async def suppliers(erp: Erp) -> None:
    """At home and abroad."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await erp.post(TOLERANCES, TOLERANCE)


async def ordered(erp: Erp, *lines: tuple[str, str, str], **changes: Any) -> Any:
    """An order of which all has come."""
    order = await erp.post(PATH, a_purchase_order(*lines or (TEN_APPLES,), **changes))
    await receive(erp, order)
    return order


async def test_what_is_not_billed_goes_back_at_its_price_and_is_to_be_billed_no_more(erp: Erp) -> None:
    order = await ordered(erp)
    before = await erp.balances()

    returned = await sent_back(erp, order, (1, "4"))

    assert returned["return_number"].startswith("VR-")
    assert (returned["value"], [line["is_billed"] for line in returned["lines"]]) == ("16.00", [False])
    assert (await moved(erp, before))["goods_received_not_invoiced"] == Decimal("16.00")
    invoice = await billed(erp, order, "1", "28.56")  # Without lines: what is left to be billed.
    assert invoice["matched"] == {"1": "6"}
    await pay(erp, invoice, "28.56")
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_is_billed_is_claimed_back_with_its_tax(erp: Erp) -> None:
    order = await ordered(erp)
    invoice = await billed(erp, order, "1", "47.60")
    before = await erp.balances()

    returned = await sent_back(erp, order, (1, "4"))

    note = await claimed(erp, returned)
    assert note["debit_note_number"].startswith("DN-2026-")
    amounts = ("net_amount", "tax_amount", "total_amount", "settled_amount", "open_amount")
    assert [note[name] for name in amounts] == ["16.00", "3.04", "19.04", "19.04", "0.00"]
    changed = await moved(erp, before)
    assert (changed["payable"], changed["tax_receivable"]) == (Decimal("19.04"), Decimal("-3.04"))
    assert "goods_received_not_invoiced" not in changed
    shown = await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}")
    assert shown["open_amount"] == "28.56"
    await pay(erp, invoice, "28.56")
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_was_paid_when_the_order_has_ended_is_open_on_the_suppliers_account(erp: Erp) -> None:
    order = await ordered(erp)
    await pay(erp, await billed(erp, order, "1", "47.60"), "47.60")
    await ended(erp, order)

    returned = await sent_back(erp, order, (1, "4"), returned_on="2026-03-22")

    note = await claimed(erp, returned)
    assert (note["settled_amount"], note["open_amount"]) == ("0.00", "19.04")
    aged = await erp.get("/v1/reports/aged-payables", as_of="2026-03-22")
    assert [row["open_amount"] for row in aged["rows"]] == ["-19.04"]
    first, again = [
        (await erp.request("GET", f"{DEBIT_NOTES}/{note['debit_note_id']}/pdf")).content for _ in range(2)
    ]
    assert (first[:4], first) == (b"%PDF", again)
    async with database().read(erp.company) as tx:
        printed = text("SELECT name FROM foundation.operation WHERE name LIKE '%.print\\_%'")
        assert await tx.scalars(printed) == ["payables.print_debit_note"]
    assert await why_not_back(erp, order, (1, "1"), returned_on="2026-03-22", replace=True) == (
        409,
        "order-has-ended",
        [],
    )
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_is_replaced_is_to_come_again_and_to_be_billed_again(erp: Erp) -> None:
    order = await ordered(erp)
    await billed(erp, order, "1", "47.60")

    await sent_back(erp, order, (1, "4"), replace=True)

    assert (await erp.get(f"{PATH}/{order['order_id']}"))["status"] == "placed"
    await receive(erp, order, on="2026-03-14")
    again = await billed(erp, order, "2", "19.04", posted_on="2026-03-15")
    assert again["matched"] == {"1": "4"}
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_no_more_goes_back_than_came_and_is_free(erp: Erp) -> None:
    order = await ordered(erp, ("APPLE", "10", "4.00"), ("PEAR", "5", "3.00"))
    await sent_back(erp, order, (1, "4"))

    too_much = await why_not_back(erp, order, (1, "7"), (2, "5"), (3, "1"))
    assert too_much == (409, "not-to-send-back", ["lines.0.quantity", "lines.2.line_number"])
    early = await why_not_back(erp, order, (1, "1"), returned_on="2026-03-01")
    assert early[1] in ("too-early", "not-there-yet")
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_returns_and_debit_notes_are_taken_back_the_last_first(erp: Erp) -> None:
    order = await ordered(erp)
    invoice = await billed(erp, order, "1", "47.60")
    before = await erp.balances()
    returned = await sent_back(erp, order, (1, "4"))
    note = await claimed(erp, returned)

    for path, number in (
        (f"{RETURNS}/{returned['return_id']}", note["debit_note_number"]),
        (f"/v1/supplier-invoices/{invoice['invoice_id']}", note["debit_note_number"]),
    ):
        refused = await erp.request("POST", f"{path}/reversal", {"reversed_on": "2026-03-20", "reason": "so"})
        assert (refused.status_code, number in refused.json()["detail"]) == (409, True), refused.json()
    await taken_back(erp, f"{DEBIT_NOTES}/{note['debit_note_id']}")
    refused = await erp.request(
        "POST",
        f"/v1/supplier-invoices/{invoice['invoice_id']}/reversal",
        {"reversed_on": "2026-03-20", "reason": "so"},
    )
    assert returned["return_number"] in refused.json()["detail"]
    again = {"posted_on": "2026-03-20", "reason": "damaged"}
    anew = await erp.post(f"{RETURNS}/{returned['return_id']}/debit-note", again)
    await taken_back(erp, f"{DEBIT_NOTES}/{anew['debit_note_id']}")
    await taken_back(erp, f"{RETURNS}/{returned['return_id']}")

    assert await moved(erp, before) == {}
    await pay(erp, invoice, "47.60", on="2026-03-21")
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_the_suppliers_credit_note_for_it_is_noted_and_not_posted_once_more(erp: Erp) -> None:
    order = await ordered(erp)
    await billed(erp, order, "1", "47.60")
    note = await claimed(erp, await sent_back(erp, order, (1, "4")))
    before = await erp.balances()
    path = f"{DEBIT_NOTES}/{note['debit_note_id']}"

    came = {"supplier_number": "GS-1", "credited_on": "2026-03-19", "total_amount": "19.04"}
    confirmed = await erp.post(f"{path}/confirmation", came)

    assert confirmed["supplier_number"] == "GS-1"
    assert await moved(erp, before) == {}
    for change, name in (({"total_amount": "19.00"}, "confirmed-already"), ({}, "billed-already")):
        refused = await erp.request(
            "POST", f"{path}/confirmation", came | change | {"supplier_number": "GS-2"} if change else came
        )
        assert refused.json()["type"].rpartition("/")[2] == name, refused.json()
    # Taken back, the supplier's number is free for what is claimed instead.
    await erp.post(f"{path}/reversal", {"reversed_on": "2026-03-20", "reason": "so"})
    anew = await erp.post(
        f"{RETURNS}/{note['return_id']}/debit-note", {"posted_on": "2026-03-20", "reason": "so"}
    )
    again = await erp.post(f"{DEBIT_NOTES}/{anew['debit_note_id']}/confirmation", came)
    assert again["supplier_number"] == "GS-1"
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_was_paid_with_a_discount_is_claimed_without_it(erp: Erp) -> None:
    terms = {"code": "SKONTO", "name": "2 % 20", "instalments": [{"days": 30}]}
    await erp.post("/v1/payment-terms", terms | {"discount_percent": "2", "discount_days": 20})
    order = await ordered(erp, payment_terms_code="SKONTO")
    before = await erp.balances()
    invoice = await billed(erp, order, "1", "47.60")
    await pay(erp, invoice, "46.65", on="2026-03-15")  # 47.60 less 2 %: 0.80 and 0.15 of tax.

    note = await claimed(erp, await sent_back(erp, order, (1, "10")))

    assert (note["net_amount"], note["tax_amount"], note["total_amount"]) == ("39.20", "7.45", "46.65")
    assert "tax_receivable" not in await moved(erp, before)
    early = {"supplier_number": "GS-1", "credited_on": "1999-01-01", "total_amount": "46.65"}
    refused = await erp.request("POST", f"{DEBIT_NOTES}/{note['debit_note_id']}/confirmation", early)
    assert refused.json()["errors"][0]["field"] == "credited_on"
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_one_piece_of_a_dozen_goes_back(erp: Erp) -> None:
    egg = {"code": "EGG", "name": "Egg", "tax_code": "S19", "is_whole": True}
    await erp.post("/v1/items", egg | {"units": [{"unit": "box", "factor": "12"}]})
    lines = [{"item_code": "EGG", "quantity": "1", "unit": "box", "unit_price": "48.00"}]
    order = await erp.post(PATH, a_purchase_order() | {"lines": lines})
    await receive(erp, order)

    back = await sent_back(erp, order, (1, "0.083333"))

    assert back["value"] == "4.00"


async def test_in_another_currency_it_is_claimed_at_the_rate_of_its_invoice(erp: Erp) -> None:
    order = await ordered(erp, ("APPLE", "3", "5.00"), supplier_code=ABROAD["code"])
    invoice = await billed(erp, order, "US 1", "17.85")
    before = await erp.balances()

    note = await claimed(erp, await sent_back(erp, order, (1, "3")))

    assert (note["total_amount"], note["currency"], note["open_amount"]) == ("17.85", "USD", "0.00")
    assert (await moved(erp, before))["payable"] > 0
    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_costs_otherwise_by_now_is_a_price_difference(erp: Erp) -> None:
    order = await ordered(erp)
    await ordered(erp, ("APPLE", "10", "8.00"))
    before = await erp.balances()

    returned = await sent_back(erp, order, (1, "10"))

    changed = await moved(erp, before)
    assert (returned["value"], changed["goods_received_not_invoiced"]) == ("40.00", Decimal("40.00"))
    cost = Decimal(returned["cost"])
    assert changed["inventory"] == -cost
    assert changed["purchase_price_difference"] == cost - 40
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_a_cash_discount_goes_down_with_what_is_claimed(erp: Erp) -> None:
    terms = {"code": "SKONTO", "name": "2 % 20", "instalments": [{"days": 30}]}
    await erp.post("/v1/payment-terms", terms | {"discount_percent": "2", "discount_days": 20})
    order = await ordered(erp, payment_terms_code="SKONTO")
    invoice = await billed(erp, order, "1", "47.60")
    note = await claimed(erp, await sent_back(erp, order, (1, "5")))
    assert note["total_amount"] == "23.80"

    paid = await pay(erp, invoice, "23.32", on="2026-03-15")

    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00", paid
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_the_oldest_lines_of_an_invoice_in_parts_come_to_the_cent(erp: Erp) -> None:
    order = await ordered(erp, ("APPLE", "3", "3.333333"))
    await billed(erp, order, "1", "11.90", lines=of_line(1, "3"))
    notes = [await claimed(erp, await sent_back(erp, order, (1, "1"))) for _ in range(3)]

    assert sum(Decimal(note["total_amount"]) for note in notes) == Decimal("11.90")
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_is_claimed_pays_another_invoice_and_is_taken_back(erp: Erp) -> None:
    order, other = [await ordered(erp) for _ in range(2)]
    await pay(erp, await billed(erp, order, "1", "47.60"), "47.60")
    note = await claimed(erp, await sent_back(erp, order, (1, "4"), returned_on="2026-03-22"))
    owed = await billed(erp, other, "2", "47.60")
    path = f"{DEBIT_NOTES}/{note['debit_note_id']}"
    wanted = {"invoice_id": owed["invoice_id"], "set_off_on": "2026-03-22"}

    too_much = await erp.request("POST", f"{path}/set-offs", wanted | {"amount": "20.00"})
    assert [error["field"] for error in too_much.json()["errors"]] == ["amount"]
    mistaken = await erp.post(f"{path}/set-offs", wanted | {"amount": "9.04"}, by="accountant")
    refused = await erp.request("POST", f"{path}/reversal", {"reversed_on": "2026-03-22", "reason": "so"})
    assert mistaken["set_off_number"] in refused.json()["detail"]
    await taken_back(erp, f"/v1/set-offs/{mistaken['set_off_id']}", on="2026-03-22")
    assert (await erp.post(f"{path}/set-offs", wanted))["amount"] == "19.04"

    assert (await erp.get(path))["open_amount"] == "0.00"
    await pay(erp, owed, "28.56", on="2026-03-23")
    await ended(erp, other)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_two_returns_at_once_take_no_more_than_came(erp: Erp) -> None:
    order = await ordered(erp)
    path, wanted = f"{PATH}/{order['order_id']}/returns", a_return((1, "6"))

    answers = await asyncio.gather(*(erp.request("POST", path, wanted) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 409], [one.text for one in answers]
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_a_return_and_an_invoice_at_once_know_of_each_other(erp: Erp) -> None:
    order = await ordered(erp)
    path = f"{PATH}/{order['order_id']}"
    bill: dict[str, Any] = {"supplier_number": "1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    bill |= {"total_amount": "47.60", "lines": of_line(1, "10")}

    returned, invoice = await asyncio.gather(
        erp.request("POST", f"{path}/returns", a_return((1, "10"))),
        erp.request("POST", f"{path}/invoices", bill),
    )

    assert returned.status_code == 201, returned.text
    (line,) = returned.json()["lines"]
    assert line["is_billed"] == (invoice.json()["status"] == "posted"), (returned.text, invoice.text)
    await erp.at_rest()
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_a_dry_run_sends_nothing_back_and_is_refused_alike(erp: Erp) -> None:
    order, before = await ordered(erp), await erp.balances()
    path = f"{PATH}/{order['order_id']}/returns?dry_run=true"

    tried = await erp.request("POST", path, a_return((1, "4")))
    refused = await erp.request("POST", path, a_return((1, "11")))

    assert (tried.status_code, refused.status_code) == (200, 409), (tried.text, refused.text)
    assert await erp.balances() == before
    assert (await erp.get(RETURNS))["items"] == []


async def test_it_is_refused_on_days_when_nothing_is_posted_or_was_there(erp: Erp) -> None:
    order = await ordered(erp)
    await billed(erp, order, "1", "19.04", lines=of_line(1, "4"), posted_on="2026-03-18")

    for on, quantity, name in (
        ("2026-03-17", "10", "too-early"),
        ("2026-03-08", "1", "too-early"),
        ("2024-01-01", "1", "no-fiscal-year"),
    ):
        status, why, _ = await why_not_back(erp, order, (1, quantity), returned_on=on)
        assert (why, status >= 400) == (name, True), (on, why)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_is_set_aside_stays(erp: Erp) -> None:
    order = await ordered(erp, ("PEAR", "5", "3.00"))
    stock = await erp.get("/v1/stock", item="PEAR")
    free = stock["items"][0]["on_hand"]
    lines = [{"item_code": "PEAR", "quantity": free, "unit_price": "9.00"}]
    await erp.place(an_order(lines=lines))

    assert await why_not_back(erp, order, (1, "1")) == (409, "not-on-hand", ["lines.0.quantity"])


async def test_first_in_first_out_its_own_layer_goes_back(erp: Erp) -> None:
    item = {"code": "FIG", "name": "Fig", "tax_code": "S19", "costing_method": "fifo"}
    await erp.post("/v1/items", item)
    await ordered(erp, ("FIG", "10", "4.00"))
    dearer = await ordered(erp, ("FIG", "10", "7.00"))

    returned = await sent_back(erp, dearer, (1, "6"))

    assert (returned["value"], returned["cost"]) == ("42.00", "42.00")
    await taken_back(erp, f"{RETURNS}/{returned['return_id']}")
    assert not (await violations(erp.company)), await violations(erp.company)
