"""Purchases as somebody hostile enters them: days, units, rounding, services, what ends and what does not."""

from decimal import Decimal

import pytest

from domains.payables.rules.invoices import normal_number
from tests.builders.purchase_orders import (
    ABROAD,
    PATH,
    SUPPLIER,
    TOLERANCE,
    TOLERANCES,
    a_purchase_order,
    billed,
    blocked,
    came,
    codes,
    ended,
    moved,
    of_line,
    pay,
    receive,
    refused,
    reject,
)
from tests.checked import violations
from tests.erp import Erp

ADVICE = {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"}


@pytest.fixture(autouse=True)
async def traded(erp: Erp) -> None:
    """Suppliers, and a service."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await erp.post(TOLERANCES, TOLERANCE)
    await erp.post("/v1/items", ADVICE)


async def test_no_invoice_is_posted_before_its_goods_came(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00")))
    await receive(erp, order, on="2026-03-20")

    assert await refused(erp, order, total_amount="4.76") == (422, "too-early", ["posted_on"])
    await billed(erp, order, "1", "4.76", posted_on="2026-03-20")
    assert await violations(erp.company) == []


@pytest.mark.parametrize(("day", "kind"), [("2046-03-15", "too-far-ahead"), ("2026-03-01", "too-early")])
async def test_prices_are_changed_on_no_impossible_day(erp: Erp, day: str, kind: str) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00")))
    await receive(erp, order)
    wrong = await blocked(erp, order, "1", "5.95", lines=of_line(1, "1", "5.00"))
    change = {"lines": [{"line_number": 1, "unit_price": "5.00"}], "reason": "agreed", "changed_on": day}

    answer = await erp.request("POST", f"{PATH}/{order['order_id']}/price-changes", change)

    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition("/")[2]) == (422, kind)
    assert problem["errors"][0]["field"] == "changed_on"
    kept = await erp.get(f"/v1/blocked-invoices/{wrong['invoice_id']}")
    assert codes(kept) == [(1, "price")]
    lines = (await erp.get(f"{PATH}/{order['order_id']}"))["lines"]
    assert [line["unit_price"] for line in lines] == ["4.00"]


@pytest.mark.parametrize(
    ("quantities", "total"), [(["100"], "11900.00"), (["10", "10"], "2380.00"), (["10.5"], "1249.50")]
)
async def test_no_more_of_a_service_is_billed_than_was_ordered(
    erp: Erp, quantities: list[str], total: str
) -> None:
    order = await erp.post(PATH, a_purchase_order(("ADVICE", "10", "100.00")))
    wanted = [one for quantity in quantities for one in of_line(1, quantity)]

    wrong = await blocked(erp, order, "2", total, lines=wanted)

    assert codes(wrong) == [(len(quantities), "quantity")]
    await reject(erp, wrong)
    await pay(erp, await billed(erp, order, "1", "1190.00"), "1190.00")
    assert (await ended(erp, order))["outcome"] == "closed"
    process = erp.temporal.get_workflow_handle(f"{erp.company}/procure_to_pay/{order['order_id']}")
    assert await process.result() == "closed"
    assert await violations(erp.company) == []


async def test_a_price_of_many_decimals_is_rounded_once(erp: Erp) -> None:
    line = {"item_code": "APPLE", "quantity": "100000", "unit_price": "0.0123", "discount_percent": "2.5"}
    order = await erp.post(PATH, a_purchase_order(lines=[line]))

    received = await receive(erp, order)
    invoice = await billed(erp, order, "1", order["total_amount"])

    assert (received["value"], order["total_amount"]) == ("1199.25", "1427.11")
    assert invoice["price_difference"] == "0.00"
    assert await violations(erp.company) == []


async def test_a_unit_is_what_it_was_when_it_was_ordered(erp: Erp) -> None:
    line = {"item_code": "APPLE", "quantity": "2", "unit": "box", "unit_price": "40.00"}
    item = {"units": [{"unit": "box", "factor": "10"}]}
    erp.accepted(await erp.request("PATCH", "/v1/items/APPLE", item, if_match="*"))
    order = await erp.post(PATH, a_purchase_order(lines=[line]))
    later = {"changes": [{"valid_from": "2026-03-05", "units": [{"unit": "box", "factor": "12"}]}]}
    erp.accepted(await erp.request("PATCH", "/v1/items/APPLE", later, if_match="*"))
    before = await erp.balances()

    await receive(erp, order)
    await billed(erp, order, "1", "95.20")

    assert (await erp.stock("APPLE"))["on_hand"] == "120"
    assert await moved(erp, before) == {
        "inventory": Decimal("80.00"),
        "tax_receivable": Decimal("15.20"),
        "payable": Decimal("-95.20"),
    }
    assert await violations(erp.company) == []


async def test_goods_are_taxed_at_the_rates_of_the_day_on_which_they_came(erp: Erp) -> None:
    halved = [{"name": "VAT 9.5 %", "rate_percent": "9.5"}]
    changes = {"changes": [{"valid_from": "2026-03-10", "components": halved}]}
    erp.accepted(await erp.request("PATCH", "/v1/tax-codes/S19", changes, if_match="*"))
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "10.00")))
    await receive(erp, order, (1, "5"))

    early = await billed(erp, order, "1", "59.50")
    await receive(erp, order, on="2026-03-11")
    late = await billed(erp, order, "2", "54.75")

    assert (early["tax_amount"], late["tax_amount"]) == ("9.50", "4.75")


async def test_what_a_supplier_may_deliver_less_completes_the_order(erp: Erp) -> None:
    await erp.post(TOLERANCES, TOLERANCE | {"under_delivery_percent": "5"})
    order = await erp.post(PATH, a_purchase_order(("APPLE", "100", "1.00")))

    assert (await receive(erp, order, (1, "95")))["still_to_come"] == {}
    await pay(erp, await billed(erp, order, "1", "113.05"), "113.05")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert (await erp.get(f"{PATH}/{order['order_id']}"))["status"] == "received"
    assert await violations(erp.company) == []


async def test_a_service_that_is_not_wanted_is_cancelled(erp: Erp) -> None:
    alone = await erp.post(PATH, a_purchase_order(("ADVICE", "1", "100.00")))
    beside = await erp.post(PATH, a_purchase_order(("ADVICE", "1", "100.00"), ("APPLE", "1", "4.00")))
    await receive(erp, beside)
    goods = [{"line_number": 2, "quantity": "1"}]
    await pay(erp, await billed(erp, beside, "1", "4.76", lines=goods), "4.76")

    for order in (alone, beside):
        await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "no need"})

    assert [(await ended(erp, order))["outcome"] for order in (alone, beside)] == ["cancelled", "closed"]
    assert await violations(erp.company) == []


async def test_the_rest_is_cancelled_while_an_invoice_is_waited_for(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order())
    await receive(erp, order, (1, "4"))

    answer = await erp.request(
        "POST", f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"}, by="administrator"
    )

    assert (answer.status_code, answer.json()["stage"]) == (200, "waiting for the supplier's invoice")
    again = await erp.request("POST", f"{PATH}/{order['order_id']}/receipts", came())
    assert again.json()["type"] == "/problems/nothing-to-come"


async def test_what_goods_of_an_order_cost_is_not_corrected_on_their_receipt(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00")))
    received = await receive(erp, order)
    prices = {"corrected_on": "2026-03-10", "reason": "no", "lines": [{"line_number": 1, "unit_cost": "5"}]}

    path = f"/v1/stock-receipts/{received['receipt_id']}/price-corrections"
    answer = await erp.request("POST", path, prices)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/of-an-order")


async def test_tax_that_we_owe_ourselves_is_not_left_out_in_silence(erp: Erp) -> None:
    reverse = {"code": "REVERSE", "name": "We owe it", "kind": "reverse_charge", "exemption_reason": "13b"}
    await erp.post("/v1/tax-codes", reverse)
    line = {"item_code": "APPLE", "quantity": "1", "unit_price": "4.00", "tax_code": "REVERSE"}

    answer = await erp.request("POST", PATH, a_purchase_order(lines=[line]))

    assert [error["field"] for error in answer.json()["errors"]] == ["lines.0.tax_code"]
    assert (await erp.get(PATH))["items"] == []


async def test_nobody_writes_off_what_we_owe(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00")))
    await receive(erp, order)
    invoice = await billed(erp, order, "1", "4.76")

    of = {"invoice_id": invoice["invoice_id"]}
    for path, body in (
        ("write-offs", of | {"kind": "bad_debt", "reason": "no"}),
        ("payments", of | {"customer_code": "ALICE", "amount": "4.76", "currency": "EUR"}),
    ):
        answer = await erp.request("POST", f"/v1/{path}", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "invoice_id"), answer.text


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2026/1-15", "2026/11-5", False),
        ("0042", "42", True),
        ("RE-0815", "re 0815", True),
        ("7.", "7", True),
    ],
)
def test_signs_part_two_numbers_and_nothing_else(one: str, other: str, is_same: bool) -> None:
    assert (normal_number(one) == normal_number(other)) is is_same
