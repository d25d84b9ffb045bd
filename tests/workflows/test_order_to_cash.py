"""Order to cash at its outermost doors: real PostgreSQL, a real Temporal server, the REST API."""

import asyncio
from decimal import Decimal

from tests.erp import Erp, an_order


async def test_an_order_becomes_money_in_the_bank(erp: Erp) -> None:
    before = await erp.balances()

    order = await erp.place()
    assert (order["status"], order["total_amount"]) == ("confirmed", "119.00")
    shipped = await erp.ship(order)
    paid = await erp.pay(order, "119.00")

    assert shipped["invoice_number"].startswith("INV-2026-")
    assert "request_hash" not in shipped
    assert paid["stage"] == "closed"
    assert Decimal(paid["open_amount"]) == 0
    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"]) == ("closed", "closed")
    after = await erp.balances()
    moved = {role: after[role] - before.get(role, Decimal(0)) for role in after}
    assert {role: amount for role, amount in moved.items() if amount} == {
        "bank": Decimal("119.00"),
        "revenue": Decimal("-100.00"),
        "tax_payable": Decimal("-19.00"),
        "inventory": Decimal("-40.00"),
        "cost_of_goods_sold": Decimal("40.00"),
    }


async def test_a_price_list_prices_what_comes_without_a_price(erp: Erp) -> None:
    few = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "10"}]))
    many = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "50"}]))

    assert (Decimal(few["net_amount"]), Decimal(many["net_amount"])) == (Decimal("100.00"), Decimal("450.00"))


async def test_a_wrong_order_is_refused_with_everything_that_is_wrong_and_changes_nothing(erp: Erp) -> None:
    wrong = an_order(
        payment_terms_code="NEVER",
        lines=[{"item_code": "GHOST", "quantity": "1"}, {"item_code": "ADVICE", "quantity": "2"}],
    )
    response = await erp.request("POST", "/v1/sales-orders", wrong, by="sales clerk")

    problem = response.json()
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in problem["errors"]} >= {
        "payment_terms_code",
        "lines.0.item_code",
        "lines.1.unit_price",
    }
    assert (await erp.get("/v1/sales-orders"))["items"] == []


async def test_an_unknown_customer_does_not_hide_what_else_is_wrong(erp: Erp) -> None:
    wrong = an_order(customer_code="NOBODY", lines=[{"item_code": "GHOST", "quantity": "1"}])

    response = await erp.request("POST", "/v1/sales-orders", wrong, by="sales clerk")

    assert {error["field"] for error in response.json()["errors"]} == {"customer_code", "lines.0.item_code"}


async def test_the_same_request_twice_is_one_order(erp: Erp) -> None:
    first = await erp.place(key="a key")
    again = await erp.place(key="a key")
    other = await erp.request(
        "POST", "/v1/sales-orders", an_order(customer_reference="other"), by="sales clerk", key="a key"
    )

    assert first["order_id"] == again["order_id"]
    assert other.status_code == 409
    assert len((await erp.get("/v1/sales-orders"))["items"]) == 1


async def test_the_same_shipment_and_payment_twice_count_once_also_when_the_order_is_closed(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"
    payment = {"received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"}
    shipments = [
        await erp.post(f"{path}/shipments", {"shipped_on": "2026-03-05"}, by="warehouse", key="s")
        for _ in "12"
    ]
    payments = [await erp.post(f"{path}/payments", payment, by="accountant", key="p") for _ in "12"]

    assert shipments[0]["shipment_number"] == shipments[1]["shipment_number"]
    assert payments[0]["payment_number"] == payments[1]["payment_number"]
    assert len((await erp.get("/v1/invoices"))["items"]) == 1
    assert len((await erp.get("/v1/payments"))["items"]) == 1
    late = await erp.request("POST", f"{path}/shipments", {}, by="warehouse")
    assert late.status_code == 409


async def test_what_we_cannot_deliver_waits_as_a_backorder_and_the_oldest_is_served_first(erp: Erp) -> None:
    def lines(quantity: str) -> list[dict[str, str]]:
        return [{"item_code": "PEAR", "quantity": quantity, "unit_price": "5.00"}]

    everything = await erp.place(an_order(lines=lines("100")))
    older = await erp.place(an_order(lines=lines("10")))
    newer = await erp.place(an_order(lines=lines("10")))
    assert await erp.stage_of(everything) == "waiting for shipment"
    assert await erp.stage_of(older) == await erp.stage_of(newer) == "waiting for stock"

    await erp.receive({"PEAR": 10})

    await erp.until(older, "waiting for shipment")
    assert await erp.stage_of(newer) == "waiting for stock"
    await erp.post(
        f"/v1/sales-orders/{everything['order_id']}/cancellation", {"reason": "no more"}, by="sales clerk"
    )
    await erp.until(newer, "waiting for shipment")


async def test_an_order_over_the_limit_waits_for_a_credit_manager_who_did_not_enter_it(erp: Erp) -> None:
    big = an_order(
        customer_code="BOB", lines=[{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]
    )
    response = await erp.request("POST", "/v1/sales-orders", big, by="credit manager")
    order = response.json()
    assert (response.status_code, order["status"]) == (202, "held")
    path = f"/v1/sales-orders/{order['order_id']}/approval"
    assert (await erp.stock("APPLE"))["reserved"] == "0"

    own = await erp.request("POST", path, {"approved": True}, by="credit manager")
    clerk = await erp.request("POST", path, {"approved": True}, by="sales clerk")
    waiting = await erp.get("/v1/processes", waiting_on="credit manager")
    approved = await erp.post(path, {"approved": True, "reason": "a good customer"})
    twice = await erp.request("POST", path, {"approved": False})

    assert (own.status_code, own.json()["type"]) == (403, "/problems/four-eyes")
    assert clerk.status_code == 403
    assert [process["document"] for process in waiting["items"]] == [order["order_number"]]
    assert approved["stage"] == "waiting for shipment"
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/decided-already")


async def test_a_rejected_order_leaves_nothing_behind(erp: Erp) -> None:
    big = an_order(
        customer_code="BOB", lines=[{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]
    )
    order = await erp.place(big)

    await erp.post(
        f"/v1/sales-orders/{order['order_id']}/approval", {"approved": False, "reason": "too much"}
    )

    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"]) == ("rejected", "cancelled")
    small = await erp.place(an_order(customer_code="BOB"))
    assert small["status"] == "confirmed"


async def test_an_order_leaves_in_parts_and_each_part_is_billed(erp: Erp) -> None:
    order = await erp.place(an_order(freight_amount="10.00"))

    first = await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    second = await erp.ship(order)

    invoices = (await erp.get("/v1/invoices"))["items"]
    assert first["stage"] == "waiting for shipment"
    assert second["stage"] == "waiting for payment"
    assert sorted(Decimal(invoice["total_amount"]) for invoice in invoices) == [
        Decimal("59.50"),
        Decimal("71.40"),
    ]
    too_much = await erp.request(
        "POST", f"/v1/sales-orders/{order['order_id']}/shipments", {}, by="warehouse"
    )
    assert (too_much.status_code, too_much.json()["type"]) == (409, "/problems/shipment-refused")


async def test_an_order_to_be_shipped_complete_does_not_leave_in_parts(erp: Erp) -> None:
    lines = [
        {"item_code": "APPLE", "quantity": "1", "unit_price": "1.00"},
        {"item_code": "PEAR", "quantity": "101", "unit_price": "1.00"},
    ]
    order = await erp.place(an_order(delivery="complete", lines=lines))
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    assert await erp.stage_of(order) == "waiting for stock"
    assert (await erp.request("POST", path, {}, by="warehouse")).status_code == 409

    await erp.receive({"PEAR": 1})
    await erp.until(order, "waiting for shipment")

    assert (await erp.ship(order))["stage"] == "waiting for payment"


async def test_an_order_can_be_billed_once_when_everything_has_left(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))

    first = await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    second = await erp.ship(order)

    assert first["invoice_number"] is None
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert (invoice["invoice_number"], Decimal(invoice["total_amount"])) == (
        second["invoice_number"],
        Decimal("119.00"),
    )


async def test_services_and_boxes(erp: Erp) -> None:
    lines = [
        {"item_code": "ADVICE", "quantity": "2", "unit_price": "50.00"},
        {"item_code": "APPLE", "quantity": "3", "unit": "box", "unit_price": "90.00"},
    ]
    order = await erp.place(an_order(lines=lines))
    assert (await erp.stock("APPLE"))["reserved"] == "30"

    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}])
    await erp.ship(order)

    assert (await erp.stock("APPLE"))["on_hand"] == "70"
    assert (await erp.pay(order, "440.30"))["stage"] == "closed"


async def test_the_customer_pays_in_parts_too_much_and_too_little(erp: Erp) -> None:
    parts, over, short = [await erp.place() for _ in range(3)]
    for order in (parts, over, short):
        await erp.ship(order)

    first = await erp.pay(parts, "100.00")
    second = await erp.pay(parts, "19.00")
    too_much = await erp.pay(over, "150.00")
    too_little = await erp.pay(short, "118.97")

    assert (first["stage"], Decimal(first["open_amount"])) == ("waiting for payment", Decimal("19.00"))
    assert second["stage"] == too_much["stage"] == too_little["stage"] == "closed"
    assert Decimal(too_much["on_account_amount"]) == Decimal("31.00")
    balances = await erp.balances()
    assert balances["small_differences"] == Decimal("0.03")
    assert balances["customer_on_account"] + balances["receivable"] == Decimal("-31.00")


async def test_a_cash_discount_taken_in_time_closes_the_order_and_one_taken_late_does_not(erp: Erp) -> None:
    in_time, late = [await erp.place(an_order(customer_code="BOB")) for _ in range(2)]
    for order in (in_time, late):
        await erp.ship(order)

    taken = await erp.pay(in_time, "116.62", received_on="2026-03-15")
    refused = await erp.pay(late, "116.62", received_on="2026-03-16")

    assert taken["stage"] == "closed"
    assert (refused["stage"], Decimal(refused["open_amount"])) == ("waiting for payment", Decimal("2.38"))
    balances = await erp.balances()
    assert balances["discount_granted"] == Decimal("2.00")


async def test_an_order_in_dollars_realises_the_exchange_difference(erp: Erp) -> None:
    order = await erp.place(
        an_order(currency="USD", lines=[{"item_code": "APPLE", "quantity": "10", "unit_price": "12"}])
    )
    await erp.ship(order)
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-10", "rate": "1.10"})

    paid = await erp.pay(order, "142.80", currency="USD")

    assert paid["stage"] == "closed"
    balances = await erp.balances()
    assert balances["receivable"] == 0
    assert balances["exchange_gain"] == Decimal("-10.82")


async def test_money_that_comes_before_the_goods_is_used_for_the_invoice(erp: Erp) -> None:
    order = await erp.place()

    early = await erp.pay(order, "119.00", received_on="2026-03-03")
    shipped = await erp.ship(order)

    assert early["stage"] == "waiting for shipment"
    assert Decimal(early["on_account_amount"]) == Decimal("119.00")
    assert shipped["invoice_number"]
    await erp.until(order, "closed")


async def test_money_on_account_can_be_allocated_later_and_closes_the_order(erp: Erp) -> None:
    order = await erp.place()
    shipped = await erp.ship(order)
    invoice_id = (await erp.get("/v1/invoices", number=shipped["invoice_number"]))["items"][0]["invoice_id"]
    money = {"customer_code": "ALICE", "received_on": "2026-03-20", "amount": "200.00", "currency": "EUR"}
    payment = await erp.post("/v1/payments", money, by="accountant")
    assert await erp.stage_of(order) == "waiting for payment"

    allocated = await erp.post(
        f"/v1/payments/{payment['payment_id']}/allocations", {"invoice_id": invoice_id}, by="accountant"
    )

    assert Decimal(allocated["on_account_amount"]) == Decimal("81.00")
    await erp.until(order, "closed")


async def test_before_goods_have_left_an_order_can_be_cancelled_and_nothing_is_posted(erp: Erp) -> None:
    before = await erp.balances()
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"

    await erp.post(f"{path}/cancellation", {"reason": "changed my mind"}, by="sales clerk")

    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["stage"]) == ("cancelled", "cancelled")
    assert (await erp.stock("APPLE"))["reserved"] == "0"
    assert await erp.balances() == before
    assert (await erp.request("POST", f"{path}/shipments", {}, by="warehouse")).status_code == 409


async def test_after_goods_have_left_a_cancellation_in_the_web_ui_does_nothing(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])

    await erp.process_of(order).cancel()
    await erp.ship(order)

    assert (await erp.pay(order, "119.00"))["stage"] == "closed"


async def test_a_cancellation_in_the_web_ui_is_the_same_as_one_through_the_api(erp: Erp) -> None:
    order = await erp.place()

    await erp.process_of(order).cancel()

    await erp.until(order, "cancelled")
    assert (await erp.stock("APPLE"))["reserved"] == "0"


async def test_ship_and_cancel_at_the_same_instant_one_wins_and_the_other_is_told(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"

    shipped, cancelled = await asyncio.gather(
        erp.request("POST", f"{path}/shipments", {"shipped_on": "2026-03-05"}, by="warehouse"),
        erp.request("POST", f"{path}/cancellation", {"reason": "too late?"}, by="sales clerk"),
    )

    # Shipped first, the cancellation waits for the goods to come back; cancelled first, nothing leaves.
    assert (shipped.status_code, cancelled.status_code) in [(201, 202), (409, 200)]


async def test_money_that_was_used_elsewhere_meanwhile_does_not_hold_a_shipment_up(erp: Erp) -> None:
    other = await erp.place()
    invoice = (await erp.ship(other))["invoice_number"]
    (other_invoice,) = (await erp.get("/v1/invoices", number=invoice))["items"]
    order = await erp.place()
    prepaid = await erp.pay(order, "119.00", received_on="2026-03-03")
    path = f"/v1/payments/{prepaid['payment_id']}/allocations"
    await erp.post(path, {"invoice_id": other_invoice["invoice_id"]}, by="accountant")
    await erp.until(other, "closed")

    await erp.ship(order)

    assert await erp.stage_of(order) == "waiting for payment"
    assert (await erp.pay(order, "119.00"))["stage"] == "closed"
