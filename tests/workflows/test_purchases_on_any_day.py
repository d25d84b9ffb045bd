"""What suppliers are owed, and what came and is not invoiced, as it was on any past day."""

from decimal import Decimal
from typing import Any

import pytest

from tests.builders.purchase_orders import (
    PATH,
    SUPPLIER,
    a_purchase_order,
    billed,
    of_line,
    pay,
    receive,
)
from tests.erp import Erp

DAYS = {"invoiced_on": "2026-07-11", "posted_on": "2026-07-21"}
AGES = ("days_0_to_30", "days_31_to_60", "days_61_to_90", "over_90_days")


@pytest.fixture(autouse=True)
async def order(erp: Erp) -> Any:
    """Ten apples at 4.00: four came on 9 July and were billed on the 21st, six came on the 20th. Of 19.04,
    due on 10 August, 10.00 were paid on the 25th. The company's first stock has come long before.
    """
    await erp.post("/v1/suppliers", SUPPLIER)
    order = await erp.post(
        PATH, a_purchase_order(("APPLE", "10", "4.00"), ordered_on="2026-07-02", expected_on=None)
    )
    await receive(erp, order, (1, "4"), on="2026-07-09")
    await receive(erp, order, (1, "6"), on="2026-07-20")
    invoice = await billed(erp, order, "1", "19.04", lines=of_line(1, "4"), **DAYS)
    await pay(erp, invoice, "10.00", on="2026-08-25")
    return order


@pytest.mark.parametrize(
    ("day", "open_quantities", "ages"),
    [
        ("2026-07-08", [], ["0.00", "0.00", "0.00", "0.00"]),
        ("2026-07-09", ["4"], ["16.00", "0.00", "0.00", "0.00"]),
        ("2026-07-20", ["4", "6"], ["40.00", "0.00", "0.00", "0.00"]),
        ("2026-07-21", ["6"], ["24.00", "0.00", "0.00", "0.00"]),
        ("2026-08-19", ["6"], ["24.00", "0.00", "0.00", "0.00"]),
        ("2026-08-20", ["6"], ["0.00", "24.00", "0.00", "0.00"]),
        ("2026-09-19", ["6"], ["0.00", "0.00", "24.00", "0.00"]),
        ("2026-10-19", ["6"], ["0.00", "0.00", "0.00", "24.00"]),
    ],
)
async def test_what_came_and_is_not_invoiced_is_of_its_day(
    erp: Erp, order: Any, day: str, open_quantities: list[str], ages: list[str]
) -> None:
    report = await erp.get("/v1/reports/goods-received-not-invoiced", as_of=day)

    first_stock = sum(Decimal(row["base_amount"]) for row in report["rows"] if row["supplier_code"] is None)
    rows = [row for row in report["rows"] if row["supplier_code"] is not None]
    shown = {age: Decimal(report[age]) for age in AGES}
    shown["over_90_days"] -= first_stock
    assert [row["quantity"] for row in rows] == open_quantities
    assert list(shown.values()) == list(map(Decimal, ages))
    trial = await erp.get("/v1/reports/trial-balance", **{"from": "2026-01-01", "to": day})
    (account,) = (row for row in trial["rows"] if row["role"] == "goods_received_not_invoiced")
    assert Decimal(report["base_total"]) == -Decimal(account["closing"])
    for row in rows:
        assert (row["order_id"], row["order_line_number"]) == (order["order_id"], 1)
        assert (row["supplier_code"], row["supplier_name"]) == ("GROVE", "Grove")


async def test_what_suppliers_are_owed_is_of_its_day(erp: Erp) -> None:
    async def owed(day: str) -> dict[str, str]:
        rows = (await erp.get("/v1/reports/aged-payables", as_of=day))["rows"]
        return {
            name: value
            for row in rows
            for name, value in row.items()
            if name not in ("items", "supplier_name") and value != "0.00"
        }

    grove = {"supplier_code": "GROVE", "currency": "EUR"}
    all_of_it = {"open_amount": "19.04", "base_open_amount": "19.04"}
    rest = {"open_amount": "9.04", "base_open_amount": "9.04"}
    assert await owed("2026-07-20") == {}
    assert await owed("2026-08-10") == grove | all_of_it | {"not_due": "19.04"}
    assert await owed("2026-08-11") == grove | all_of_it | {"days_1_to_30": "19.04"}
    assert await owed("2026-09-10") == grove | rest | {"days_31_to_60": "9.04"}


async def test_the_open_items_of_one_supplier_are_behind_the_figure(erp: Erp) -> None:
    (row,) = (await erp.get("/v1/reports/aged-payables", as_of="2026-09-10"))["rows"]
    items = await erp.get(row["items"])
    other = await erp.get("/v1/reports/open-items", side="payable", supplier="NOBODY", as_of="2026-09-10")
    both = await erp.request("GET", "/v1/reports/open-items?customer=C1&supplier=GROVE")

    assert [(one["document_type"], one["open_amount"]) for one in items["rows"]] == [
        ("supplier_invoice", "-9.04")
    ]
    assert other["rows"] == []
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "supplier")


async def test_goods_that_cost_nothing_wait_for_their_invoice_by_their_quantity(erp: Erp) -> None:
    sample = await erp.post(
        PATH, a_purchase_order(("PEAR", "3", "0"), ordered_on="2026-07-02", expected_on=None)
    )
    await receive(erp, sample, on="2026-07-09")

    async def waiting(day: str) -> list[tuple[str, str]]:
        rows = (await erp.get("/v1/reports/goods-received-not-invoiced", as_of=day))["rows"]
        return [
            (row["quantity"], row["base_amount"]) for row in rows if row["order_id"] == sample["order_id"]
        ]

    assert await waiting("2026-07-08") == []
    assert await waiting("2026-07-09") == await waiting("2026-09-30") == [("3", "0.00")]
