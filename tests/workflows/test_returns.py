"""Goods come back from a customer, before and after the order is closed: restocked or scrapped, credited,
refunded, kept on account or sent again.
"""

import asyncio
import io
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from tests.checked import violations
from tests.erp import Erp, Refused, an_order


async def delivered(erp: Erp, *, paid: bool = True, **more: Any) -> Any:
    """An order of 10 apples for 119.00, shipped, and paid unless told otherwise."""
    order = await erp.place(an_order(**more))
    await erp.ship(order)
    if paid:
        assert (await erp.pay(order, "119.00"))["stage"] == "closed"
    return order


async def return_of(erp: Erp, order: Any, quantity: str | None = None, **more: Any) -> Any:
    """A return is authorised."""
    lines = [{"line_number": 1, "quantity": quantity}] if quantity else []
    body = {"reason": "too many", "lines": lines, **more}
    return await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", body, by="sales clerk")


async def inspect(erp: Erp, returned: Any, **inspection: Any) -> Any:
    """The warehouse has the goods in its hands."""
    path = f"/v1/returns/{returned['return_id']}/inspection"
    return await erp.post(path, {"received_on": "2026-04-01", **inspection}, by="warehouse")


async def test_after_the_close_goods_come_back_are_restocked_credited_and_refunded(erp: Erp) -> None:
    order = await delivered(erp)

    returned = await return_of(erp, order, "3")
    assert returned["stage"] == "waiting for goods to come back"
    ended = await inspect(erp, returned)

    assert (ended["stage"], ended["credited_amount"], ended["refunded_amount"]) == (
        "closed",
        "35.70",
        "35.70",
    )
    assert ended["credit_note_numbers"] == ["CN-2026-000001"]
    assert (await erp.stock("APPLE"))["on_hand"] == "93"
    balances = await erp.balances()
    assert (balances["bank"], balances["receivable"]) == (Decimal("83.30"), Decimal(0))
    assert balances["cost_of_goods_sold"] == Decimal("28.00")
    (view,) = (await erp.get("/v1/returns"))["items"]
    assert (view["status"], view["return_number"]) == ("closed", returned["return_number"])
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    printed = await erp.request("GET", f"/v1/credit-notes/{note['credit_note_id']}/pdf")
    assert printed.headers["content-disposition"] == 'inline; filename="CN-2026-000001.pdf"'
    text = PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    assert f"We correct our invoice {note['invoice_number']}" in text
    assert "Reason: too many" in text
    assert "35.70 was refunded to you on 1 April 2026 (refund RF-2026-000001)." in text


async def test_scrapped_goods_are_credited_and_become_a_loss(erp: Erp) -> None:
    order = await delivered(erp)
    returned = await return_of(erp, order, "3", resolution="on_account")

    lines = [{"line_number": 1, "quantity": "3", "scrapped_quantity": "2"}]
    await inspect(erp, returned, lines=lines)

    assert (await erp.stock("APPLE"))["on_hand"] == "91"
    balances = await erp.balances()
    assert balances["inventory_adjustment"] == Decimal("8.00")
    assert balances["customer_on_account"] == Decimal("-35.70")
    assert balances["bank"] == Decimal("119.00")


async def test_goods_are_sent_again_free_of_charge(erp: Erp) -> None:
    order = await delivered(erp)
    returned = await return_of(erp, order, "2", resolution="replace")
    before = await erp.balances()

    await inspect(erp, returned, lines=[{"line_number": 1, "quantity": "2", "scrapped_quantity": "2"}])
    replacement = await _order_with_reference(erp, f"Replacement for {returned['return_number']}")
    await erp.ship(replacement, shipped_on="2026-04-02")

    await erp.until(replacement, "closed")
    after = await erp.balances()
    assert after["revenue"] == before["revenue"]
    assert after["cost_of_goods_sold"] == before["cost_of_goods_sold"]
    assert after["inventory_adjustment"] == Decimal("8.00")
    assert (await erp.stock("APPLE"))["on_hand"] == "88"


@pytest.mark.parametrize("how", ["refused", "rejected", "cancelled"])
async def test_goods_whose_replacement_is_not_taken_are_credited(erp: Erp, how: str) -> None:
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))
    await erp.ship(order)
    returned = await return_of(erp, order, "2", resolution="replace")
    change = {"blocked": True} if how == "refused" else {"credit_limit": "1.00"}
    etag = (await erp.request("GET", "/v1/customers/BOB")).headers["ETag"]
    erp.accepted(await erp.request("PATCH", "/v1/customers/BOB", change, if_match=etag))

    inspecting = asyncio.create_task(inspect(erp, returned))
    if how != "refused":
        shown = "waiting for the replacement to be confirmed"
        await _stands(erp, returned, shown, waiting_on="sales")
        reference, stage = f"Replacement for {returned['return_number']}", "waiting for a credit decision"
        replacement = await _order_with_reference(erp, reference, stage)
        path = f"/v1/sales-orders/{replacement['order_id']}"
        if how == "rejected":
            await erp.post(f"{path}/approval", {"approved": False, "reason": "no"}, by="credit manager")
        else:
            await erp.post(f"{path}/cancellation", {"reason": "no more"}, by="sales clerk")
    closed = await inspecting

    assert (closed["stage"], closed["credited_amount"]) == ("closed", "23.80")


async def _stands(erp: Erp, returned: Any, stage: str, *, waiting_on: str) -> None:
    """Wait a moment until the return stands there; fail when it does not come there."""
    path = f"/v1/processes/{erp.company}/customer_return/{returned['return_id']}"
    for _ in range(100):
        if (now := await erp.get(path))["stage"] == stage:
            assert now["waiting_on"] == waiting_on
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the return stands at {now}, not at '{stage}'")


async def _order_with_reference(erp: Erp, reference: str, stage: str = "waiting for shipment") -> Any:
    for _ in range(100):
        if found := (await erp.get("/v1/sales-orders", reference=reference))["items"]:
            await erp.until(found[0], stage)
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"no order has the reference {reference}")


async def test_a_return_of_an_unpaid_order_lowers_what_is_open_and_the_rest_closes_it(erp: Erp) -> None:
    order = await delivered(erp, paid=False)

    await inspect(erp, await return_of(erp, order, "4"))
    paid = await erp.pay(order, "71.40", received_on="2026-04-03")

    assert (paid["stage"], paid["on_account_amount"]) == ("closed", "0.00")
    assert (await erp.balances())["receivable"] == 0


async def test_what_comes_back_before_it_was_billed_is_never_billed(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])

    ended = await inspect(erp, await return_of(erp, order, "4"))
    assert ended["credit_note_numbers"] == []
    await erp.ship(order, shipped_on="2026-04-02")

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["total_amount"] == "71.40"
    assert (await erp.pay(order, "71.40", received_on="2026-04-03"))["stage"] == "closed"


async def test_never_more_comes_back_than_was_delivered_and_never_more_is_received_than_authorised(
    erp: Erp,
) -> None:
    order = await delivered(erp)
    returned = await return_of(erp, order, "7")

    with pytest.raises(Refused, match="not-delivered"):
        await return_of(erp, order, "4")
    with pytest.raises(Refused, match="at most 7 was authorised"):
        await inspect(erp, returned, lines=[{"line_number": 1, "quantity": "8"}])
    await inspect(erp, returned, lines=[{"line_number": 1, "quantity": "5"}])

    # The two that did not come are free to come by another return.
    await inspect(erp, await return_of(erp, order, "5"))
    assert (await erp.stock("APPLE"))["on_hand"] == "100"
    balances = await erp.balances()
    assert {role: balances[role] for role in ("revenue", "bank", "tax_payable", "cost_of_goods_sold")} == {
        "revenue": 0,
        "bank": 0,
        "tax_payable": 0,
        "cost_of_goods_sold": 0,
    }


async def test_a_return_is_called_off_before_the_goods_arrive_and_not_after(erp: Erp) -> None:
    order = await delivered(erp)
    returned = await return_of(erp, order)
    path = f"/v1/returns/{returned['return_id']}"

    answer = await erp.post(f"{path}/cancellation", {"reason": "keeps them"}, by="sales clerk")

    assert answer["stage"] == "cancelled"
    with pytest.raises(Refused, match=r"there is nothing to inspect|this is over"):
        await inspect(erp, returned)
    again = await return_of(erp, order)
    await inspect(erp, again)
    with pytest.raises(Refused, match=r"cannot be cancelled|this is over"):
        path = f"/v1/returns/{again['return_id']}"
        await erp.post(f"{path}/cancellation", {"reason": "too late"}, by="sales clerk")


async def test_goods_that_come_back_serve_who_waits_for_them(erp: Erp) -> None:
    order = await delivered(erp)
    lines = [{"item_code": "APPLE", "quantity": "95", "unit_price": "1.00"}]
    waiting = await erp.place(an_order(lines=lines))
    assert await erp.stage_of(waiting) == "waiting for shipment"
    await erp.ship(waiting)

    await inspect(erp, await return_of(erp, order, "5"))
    await erp.until(waiting, "waiting for shipment")
    await erp.ship(waiting, shipped_on="2026-04-02")

    assert await erp.stage_of(waiting) == "waiting for payment"


async def test_when_not_all_comes_back_the_cancelled_order_goes_on_with_what_was_kept(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "8"}])
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01"}
    cancelling = await erp.post(path, asked, by="sales clerk")

    await inspect(erp, cancelling, lines=[{"line_number": 1, "quantity": "6"}])
    await erp.until(order, "waiting for payment")
    paid = await erp.pay(order, "23.80", received_on="2026-04-03")

    assert (paid["stage"], (await erp.order(order))["order"]["status"]) == ("closed", "closed")
    stock = await erp.stock("APPLE")
    assert (stock["on_hand"], stock["reserved"]) == ("98", "0")
    assert (await erp.balances())["revenue"] == Decimal("-20.00")


@pytest.mark.parametrize("paid", ["0", "5.00"])
async def test_a_cancelled_order_whose_goods_came_back_before_is_not_charged_its_freight(
    erp: Erp, paid: str
) -> None:
    before = await erp.balances()
    order = await delivered(erp, paid=False, freight_amount="10.00", freight_tax_code="S19")
    await inspect(erp, await return_of(erp, order))
    if paid != "0":
        await erp.pay(order, paid)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    plan = await erp.post(f"{path}?dry_run=true", {"reason": "never mind"}, by="sales clerk")
    assert "credit what is left of the invoice, its freight" in [step["what"] for step in plan["steps"]]

    cancelled = await erp.post(path, {"reason": "never mind", "cancelled_on": "2026-04-02"}, by="sales clerk")

    assert cancelled["outcome"] == "cancelled"
    assert await erp.balances() == before
    assert (await erp.get("/v1/open-items", side="receivable"))["items"] == []
    notes = (await erp.get("/v1/credit-notes", order_id=order["order_id"]))["items"]
    assert sorted(Decimal(note["total_amount"]) for note in notes) == [Decimal("11.90"), Decimal("119.00")]


async def test_goods_that_were_sent_again_stay_billed_when_their_first_order_is_cancelled(erp: Erp) -> None:
    order = await delivered(erp, paid=False, freight_amount="10.00", freight_tax_code="S19")
    await inspect(erp, await return_of(erp, order, resolution="replace"))
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    plan = await erp.post(f"{path}?dry_run=true", {"reason": "never mind"}, by="sales clerk")
    assert not any("freight" in step["what"] for step in plan["steps"])

    await erp.post(path, {"reason": "never mind", "cancelled_on": "2026-04-02"}, by="sales clerk")

    (item,) = (await erp.get("/v1/open-items", side="receivable"))["items"]
    assert item["open_amount"] == "130.90"


@pytest.mark.parametrize("goods", ["stay", "come_back"])
async def test_an_order_of_which_another_return_is_awaited_is_cancelled_when_that_has_ended(
    erp: Erp, goods: str
) -> None:
    order = await delivered(erp, paid=False, freight_amount="10.00", freight_tax_code="S19")
    awaited = await return_of(erp, order, "4")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "never mind", "cancelled_on": "2026-04-01", "goods": goods}
    plan = await erp.post(f"{path}?dry_run=true", asked, by="sales clerk")
    assert any("another return is awaited" in what for what in plan["remains"])
    assert "close the order as cancelled" not in [step["what"] for step in plan["steps"]]

    answer = await erp.post(path, asked, by="sales clerk")

    if goods == "come_back":
        await inspect(erp, answer)
    await erp.until(order, "waiting for payment")
    await inspect(erp, awaited)
    cancelled = await erp.post(path, asked, by="sales clerk")
    assert cancelled["outcome"] == "cancelled"
    assert (await erp.balances())["receivable"] == 0
    assert await violations(erp.company) == []


async def test_a_period_that_was_closed_since_stays_closed_and_both_dates_are_shown(erp: Erp) -> None:
    order = await delivered(erp)
    await _lock_through(erp, "2026-03-31")
    march = await erp.get("/v1/reports/trial-balance", to="2026-03-31")

    back = await return_of(erp, order, "3")
    with pytest.raises(Refused, match="received_on: 2026-03-30 is in a closed period"):
        await inspect(erp, back, received_on="2026-03-30")
    assert await erp.get("/v1/reports/trial-balance", to="2026-03-31") == march
    await _lock_through(erp, "2026-02-28")
    await inspect(erp, back, received_on="2026-03-30")
    await _lock_through(erp, "2026-03-31")
    await inspect(erp, await return_of(erp, order, "2"))

    entries = (await erp.get("/v1/journal-entries", limit=200))["items"]
    (credited,) = [entry for entry in entries if entry["text"].startswith("Credit note CN-2026-000002")]
    assert credited["posted_on"] == "2026-04-01"
    assert "of 2026-03-05" in credited["text"]


async def _lock_through(erp: Erp, day: str) -> None:
    path = "/v1/fiscal-years/2026"
    read = await erp.request("GET", path, by="accountant")
    headers = dict(read.request.headers) | {"If-Match": read.headers["ETag"]}
    changed = await erp.http.patch(path, json={"locked_through": day}, headers=headers)
    assert changed.status_code == 200, changed.text


async def replaced(erp: Erp, order: Any, quantity: str, on: str = "2026-04-02") -> Any:
    """Goods come back and are sent again on a day: the order that sends them, shipped."""
    returned = await return_of(erp, order, quantity, resolution="replace")
    await inspect(erp, returned, received_on=on)
    replacement = await _order_with_reference(erp, f"Replacement for {returned['return_number']}")
    await erp.ship(replacement, shipped_on=on)
    await erp.until(replacement, "closed")
    return replacement


@pytest.mark.parametrize("times", [1, 2])
async def test_a_replacement_that_comes_back_is_credited_as_the_goods_that_it_replaced_were_billed(
    erp: Erp, times: int
) -> None:
    order = await delivered(erp)
    sent = order
    for _ in range(times):
        sent = await replaced(erp, sent, "2")

    ended = await inspect(erp, await return_of(erp, sent, "2"), received_on="2026-04-03")

    assert (ended["credited_amount"], ended["refunded_amount"]) == ("23.80", "23.80")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert note["invoice_number"] == "INV-2026-000001"
    assert (await erp.order(sent))["order"]["replaces_order_id"] == order["order_id"]
    assert (await erp.stock("APPLE"))["on_hand"] == "92"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_what_comes_back_before_it_was_paid_is_credited_when_the_money_had_come(erp: Erp) -> None:
    order = await delivered(erp, paid=False)
    await erp.pay(order, "119.00", received_on="2026-04-10")

    await inspect(erp, await return_of(erp, order, "2"), received_on="2026-04-01")

    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    (refund,) = (await erp.get("/v1/refunds"))["items"]
    assert (note["credited_on"], refund["refunded_on"]) == ("2026-04-10", "2026-04-10")
    (goods,) = (await erp.get("/v1/goods-returns"))["items"]
    assert goods["received_on"] == "2026-04-01"
    path = f"/v1/invoices/{note['invoice_id']}/credit-notes"
    asked = {"reason": "too dear", "lines": [{"line_number": 1, "net_amount": "1.00"}]}
    refused = await erp.request("POST", path, asked | {"credited_on": "2026-04-09"}, by="accountant")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "credited_on")
    await erp.post(path, asked | {"credited_on": "2026-04-10"}, by="accountant")
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_a_cancellation_that_was_refused_is_asked_for_again_on_another_day(erp: Erp) -> None:
    order = await delivered(erp, paid=False)
    returned = await return_of(erp, order)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    with pytest.raises(Refused, match="not-delivered"):
        await erp.post(path, {"reason": "no more", "cancelled_on": "2026-04-01"}, by="sales clerk")
    back = f"/v1/returns/{returned['return_id']}/cancellation"
    await erp.post(back, {"reason": "with the order"}, by="sales clerk")

    cancelling = await erp.post(path, {"reason": "no more", "cancelled_on": "2026-04-02"}, by="sales clerk")
    await inspect(erp, cancelling, received_on="2026-04-03")

    await erp.until(order, "cancelled")
