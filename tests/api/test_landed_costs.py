"""Freight, duty and insurance become a cost of the goods that came, through the REST API."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from activities.ledger import accounts
from domains.ledger.messages import PutFiscalYear
from foundation.values.messages import Caller
from tests.api.test_stock_corrections import agrees, refused
from tests.builders import landed_costs, purchase_orders, vendor_returns
from tests.builders.inventory import GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.builders.landed_costs import PATH, a_landed_cost, paid_freight, spread, taken_back
from tests.checked import violations
from tests.erp import Erp

ON = date(2026, 3, 15)
LATER = date(2026, 3, 20)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def keeper(http: httpx.AsyncClient, caller: Caller) -> GoodsKeeper:
    """Somebody with bolts at average cost and nuts in layers."""
    del http  # It opens the database.
    keeper = await GoodsKeeper(caller).open()
    await keeper.item("bolt", weight_kg=Decimal("0.5"))
    await keeper.item("nut", costing_method="fifo", weight_kg=Decimal("0.1"))
    return keeper


@pytest.fixture
def door(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """The API of the test's company."""
    return Erp(http=http, temporal=temporal, company=company)


async def came(keeper: GoodsKeeper) -> str:
    """Ten bolts at 2.00 in one line, four nuts at 1.00 and six at 3.00 in two more."""
    lines = (goods("bolt", 10, "2"), goods("nut", 4, "1"), goods("nut", 6, "3"))
    return str((await keeper.receive(*lines)).receipt_id)


async def stock_and_cost(door: Erp) -> tuple[Decimal, ...]:
    """What the stock is worth, what was sold has cost, and what lies on the clearing account."""
    books = await door.balances()
    names = ("inventory", "cost_of_goods_sold", "landed_cost_clearing")
    stock, cost, clearing = (books.get(name, Decimal(0)) for name in names)
    return stock, cost, clearing


def figures_of(*amounts: int) -> tuple[Decimal, ...]:
    """Amounts to compare with."""
    return tuple(Decimal(amount) for amount in amounts)


def figures(landed: Any) -> list[tuple[str, str, str]]:
    """What each line got, and what of it and of its goods is in stock."""
    return [(line["value"], line["stock_value"], line["left_quantity"]) for line in landed["lines"]]


async def test_what_is_left_is_worth_its_share_more_and_what_was_sold_cost_it(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await came(keeper)
    await keeper.sell("bolt", 4)
    await keeper.sell("nut", 5)
    freight = await paid_freight(door)

    landed = await spread(door, freight, receipt)

    # 30.00 over 20 pieces: 6 of 10 bolts are left, of the layers 0 of 4 and 5 of 6 nuts.
    assert figures(landed) == [("15.00", "9.00", "6"), ("6.00", "0.00", "0"), ("9.00", "7.50", "5")]
    assert (landed["value"], landed["stock_value"], landed["amount"]) == ("30.00", "16.50", "30.00")
    stock, cost = Decimal("12") + 15, Decimal("8") + 4 + 3
    assert await stock_and_cost(door) == (stock + Decimal("16.50"), cost + Decimal("13.50"), Decimal(0))
    shown = await door.get(f"{PATH}/{landed['landed_cost_number']}")
    assert shown == landed
    summary = {name: value for name, value in landed.items() if name != "lines"}
    assert (await door.get(PATH, source=freight))["items"] == [summary]
    await agrees(keeper)


async def test_taken_back_after_more_sales_all_is_as_if_it_had_never_been(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await came(keeper)
    await keeper.sell("bolt", 4)
    await keeper.sell("nut", 5)
    landed = await spread(door, await paid_freight(door), receipt)
    await keeper.sell("bolt", 3, ordered_on=ON)
    await keeper.sell("nut", 2, ordered_on=ON)
    await agrees(keeper)

    await taken_back(door, landed)

    # 3 bolts at 2.00 and 3 nuts at 3.00 are left; 7 bolts at 2.00, 4 nuts at 1.00 and 3 at 3.00 were sold.
    assert await stock_and_cost(door) == figures_of(6 + 9, 14 + 4 + 9, 30)
    await agrees(keeper)
    again = await spread(door, landed["source_id"], receipt)
    assert figures(again)[0] == ("15.00", "4.50", "3")
    await agrees(keeper)


async def test_taken_back_when_nothing_is_left_it_comes_off_the_cost_of_goods_sold(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await came(keeper)
    landed = await spread(door, await paid_freight(door), receipt)
    await keeper.sell("bolt", 10)
    await keeper.sell("nut", 10)
    await keeper.receive(goods("bolt", 5, "2"), goods("nut", 5, "1"))

    await taken_back(door, landed)

    assert await stock_and_cost(door) == figures_of(10 + 5, 20 + 4 + 18, 30)
    await agrees(keeper)


async def test_what_a_customer_brings_back_has_its_share_of_the_cost_again(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await keeper.receive(goods("bolt", 10, "2"))
    landed = await spread(door, await paid_freight(door), receipt.receipt_id)
    order = an_order(("bolt", 4))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    await keeper.take_back(a_return(order, (1, 2)))

    await taken_back(door, landed)

    assert await stock_and_cost(door) == figures_of(16, 4, 30)
    await agrees(keeper)


async def test_it_is_spread_by_value_and_by_weight_over_lines_that_are_named(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await came(keeper)
    freight = await paid_freight(door, "100.00")
    two = {"receipt_id": receipt, "line_numbers": [1, 3]}

    # 20.00 and 18.00 of goods: 10.00 is 5.263… and 4.736…
    by_value = await spread(door, freight, two, basis="value", amount="10.00")
    # 5 kg and 0.6 kg: 10.00 is 8.928… and 1.071…
    by_weight = await spread(door, freight, two, basis="weight", amount="10.00")

    assert [value for value, *_ in figures(by_value)] == ["5.26", "4.74"]
    assert [value for value, *_ in figures(by_weight)] == ["8.93", "1.07"]
    assert (await stock_and_cost(door))[2] == 80
    await keeper.item("screw")
    light = await keeper.receive(goods("screw", 1))
    asked = a_landed_cost(freight, light.receipt_id, basis="weight")
    assert await refused(door, PATH, asked) == ("invalid", ["basis"])
    free = await keeper.receive(goods("screw", 1, "0"))
    asked = a_landed_cost(freight, free.receipt_id, basis="value")
    assert await refused(door, PATH, asked) == ("invalid", ["basis"])


async def test_goods_of_several_warehouses_and_receipts_share_a_cost(keeper: GoodsKeeper, door: Erp) -> None:
    first = await keeper.receive(goods("bolt", 10, "2"))
    second = await keeper.receive(goods("bolt", 5, "2"), warehouse_code="SECOND")
    await keeper.sell("bolt", 9)

    landed = await spread(door, await paid_freight(door), first.receipt_id, second.receipt_id)

    # At the average 6 of all 15 are left, whichever they are: of each receipt in proportion.
    assert figures(landed) == [("20.00", "8.00", "4"), ("10.00", "4.00", "2")]
    await agrees(keeper)


async def test_what_it_stands_on_stays_until_it_is_taken_back(keeper: GoodsKeeper, door: Erp) -> None:
    receipt = await came(keeper)
    freight = await paid_freight(door)
    landed = await spread(door, freight, receipt)
    back = {"reversed_on": "2026-03-25", "reason": "a mistake"}

    for path in (f"/v1/journal-entries/{freight}", f"/v1/stock-receipts/{receipt}"):
        answer = await door.request("POST", f"{path}/reversal", back)
        assert answer.json()["type"] == "/problems/stands-on-it"
        assert landed["landed_cost_number"] in answer.json()["detail"]

    await taken_back(door, landed)
    twice = f"{PATH}/{landed['landed_cost_id']}/reversal"
    assert await refused(door, twice, back) == ("reversed-already", [])
    for path in (f"/v1/stock-receipts/{receipt}", f"/v1/journal-entries/{freight}"):
        await door.post(f"{path}/reversal", back)
    asked = a_landed_cost(freight, await came(keeper), posted_on="2026-03-25")
    assert await refused(door, PATH, asked) == ("reversed-already", [])
    asked = a_landed_cost(await paid_freight(door), receipt, posted_on="2026-03-25")
    assert await refused(door, PATH, asked) == ("reversed-already", [])
    await agrees(keeper)


async def test_no_more_is_spread_than_is_left_also_by_two_at_once(keeper: GoodsKeeper, door: Erp) -> None:
    receipt = await came(keeper)
    freight = await paid_freight(door)
    asked = a_landed_cost(freight, receipt, amount="20.00")

    answers = await asyncio.gather(*(door.request("POST", PATH, asked) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert await refused(door, PATH, asked | {"amount": "10.01"}) == ("invalid", ["amount"])
    assert await refused(door, PATH, asked | {"amount": "0.001"}) == ("invalid", ["amount"])
    rest = await spread(door, freight, receipt)
    assert rest["amount"] == "10.00"
    assert await refused(door, PATH, asked) == ("invalid", ["source_id"])
    assert (await stock_and_cost(door))[2] == 0
    await agrees(keeper)


async def test_of_who_spreads_a_cost_and_who_takes_it_back_at_once_one_is_refused(
    keeper: GoodsKeeper, door: Erp
) -> None:
    receipt = await came(keeper)
    back = {"reversed_on": "2026-03-25", "reason": "a mistake"}
    for _ in range(4):
        freight = await paid_freight(door)

        answers = await asyncio.gather(
            door.request("POST", PATH, a_landed_cost(freight, receipt)),
            door.request("POST", f"/v1/journal-entries/{freight}/reversal", back),
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409]
    await agrees(keeper)


async def test_each_wrong_field_is_named_and_nothing_is_changed(keeper: GoodsKeeper, door: Erp) -> None:
    receipt = await came(keeper)
    freight = await paid_freight(door)
    before = await door.balances()

    def of(*receipts: Any, **changes: Any) -> dict[str, Any]:
        return a_landed_cost(freight, *receipts) | changes

    for asked, name, fields in (
        (of(receipt, source_id=NOBODY), "invalid", ["source_id"]),
        (of(receipt, source_id=receipt), "invalid", ["source_id"]),
        (of(NOBODY), "invalid", ["receipts.0.receipt_id"]),
        (of(receipt, receipt), "invalid", ["receipts.1.receipt_id"]),
        (
            of({"receipt_id": receipt, "line_numbers": [4, 1, 1]}),
            "invalid",
            ["receipts.0.line_numbers.0", "receipts.0.line_numbers.2"],
        ),
        (of(receipt, posted_on="2026-03-04"), "too-early", ["posted_on"]),
        (of(receipt, amount="-1.00"), "invalid", ["amount"]),
        (of(), "invalid", ["receipts"]),
        (of(receipt, basis="colour"), "invalid", ["basis"]),
    ):
        assert await refused(door, PATH, asked) == (name, fields), asked
    later = await keeper.receive(goods("bolt", 1), received_on=LATER)
    assert await refused(door, PATH, of(later.receipt_id)) == ("too-early", ["posted_on"])
    year = PutFiscalYear(
        code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), locked_through=date(2026, 3, 12)
    )
    await accounts.put_fiscal_year(keeper.call(), year)
    assert await refused(door, PATH, of(receipt)) == ("period-locked", ["posted_on"])
    after = await door.balances()
    assert after["landed_cost_clearing"] == before["landed_cost_clearing"] == 30
    assert (await door.get(PATH))["items"] == []


async def test_an_invoice_in_dollars_is_spread_at_its_own_rate_to_the_last_cent(erp: Erp) -> None:
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-01", "rate": "1.30"})
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    receipt = await erp.receive({"APPLE": 3}, unit_cost="4.00")
    invoice = await landed_costs.billed_freight(erp, currency="USD")
    # Another rate on the day on which it is spread.
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-12", "rate": "2.00"})

    part = await spread(erp, invoice["invoice_id"], receipt["receipt_id"], amount="33.33")
    rest = await spread(erp, invoice["invoice_id"], receipt["receipt_id"])

    # 100.00 USD at 1.30 is 76.92 EUR, of which 33.33 USD are 25.64 EUR.
    assert (part["source_number"], part["source_type"]) == (invoice["invoice_number"], "coded_invoice")
    assert (part["amount"], part["source_currency"], part["value"]) == ("33.33", "USD", "25.64")
    assert (rest["amount"], rest["value"]) == ("66.67", "51.28")
    assert (await erp.balances())["landed_cost_clearing"] == 0
    back = {"reversed_on": "2026-03-25", "reason": "a mistake"}
    path = f"/v1/coded-invoices/{invoice['invoice_id']}/reversal"
    assert (await refused(erp, path, back))[0] == "stands-on-it"
    for landed in (rest, part):
        await taken_back(erp, landed)
    await erp.post(path, back, by="accountant")
    assert await violations(erp.company) == []


async def test_what_went_back_to_the_supplier_bears_none_of_it(erp: Erp) -> None:
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, order)
    (receipt,) = (
        await erp.get("/v1/stock-receipts", reason="purchase", value_from="55.00", value_to="55.00")
    )["items"]
    await vendor_returns.sent_back(erp, order, (1, "6"), (2, "5"))
    freight = await paid_freight(erp, on="2026-03-12")

    landed = await spread(erp, freight, receipt["receipt_id"], posted_on="2026-03-15")

    assert [(line["item_code"], line["stock_quantity"], line["value"]) for line in landed["lines"]] == [
        ("APPLE", "4", "30.00")
    ]
    gone = {"receipt_id": receipt["receipt_id"], "line_numbers": [2]}
    more = await paid_freight(erp, "1.00", on="2026-03-12")
    asked = a_landed_cost(more, gone, posted_on="2026-03-15")
    assert await refused(erp, PATH, asked) == ("invalid", ["receipts.0.line_numbers.0"])
    assert await violations(erp.company) == []
