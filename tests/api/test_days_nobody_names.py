"""A reversal for which nobody names a day is of today, or of the document's own when that is yet to come; and
a report of a day on which nothing can be posted is refused.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import landed_costs
from tests.checked import violations
from tests.days import TODAY
from tests.erp import Erp, an_order

LATER = TODAY + timedelta(days=20)
EVEN_LATER = TODAY + timedelta(days=25)
MONEY = {"customer_code": "ALICE", "amount": "50.00", "currency": "EUR"}
LINES = [{"description": "Advice", "quantity": "1", "unit_price": "100.00", "tax_code": "S19"}]
APPLES = [{"item_code": "APPLE", "quantity": "1"}]
Ask = Callable[[Erp, date], Awaitable[str]]


async def payment(erp: Erp, on: date) -> str:
    made = await erp.post("/v1/payments", MONEY | {"received_on": str(on)})
    return f"payments/{made['payment_id']}"


async def payment_used_later(erp: Erp, on: date) -> str:
    """Money of today for an invoice of a later day takes effect on that day."""
    invoice = await invoiced(erp, on)
    made = await erp.post(
        "/v1/payments", MONEY | {"received_on": str(TODAY), "invoice_id": invoice["invoice_id"]}
    )
    return f"payments/{made['payment_id']}"


async def invoiced(erp: Erp, on: date) -> Any:
    asked = {"customer_code": "ALICE", "invoiced_on": str(on), "lines": LINES}
    return await erp.post("/v1/invoices", asked)


async def invoice(erp: Erp, on: date) -> str:
    return f"invoices/{(await invoiced(erp, on))['invoice_id']}"


async def invoice_paid_later(erp: Erp, on: date) -> str:
    billed = await invoiced(erp, TODAY)
    money = MONEY | {"received_on": str(on), "invoice_id": billed["invoice_id"]}
    await erp.post("/v1/payments", money)
    return f"invoices/{billed['invoice_id']}"


async def invoice_of_an_order_paid_later(erp: Erp, on: date) -> str:
    order = await erp.place(an_order(ordered_on=str(TODAY), invoicing="shipment"))
    await erp.ship(order, shipped_on=str(TODAY))
    await erp.pay(order, "20.00", received_on=str(on))
    (billed,) = (await erp.get("/v1/invoices"))["items"]
    return f"invoices/{billed['invoice_id']}"


async def credit_note(erp: Erp, on: date) -> str:
    path = f"/v1/{await invoice(erp, TODAY)}/credit-notes"
    lines = [{"line_number": 1, "net_amount": "10.00"}]
    note = await erp.post(path, {"credited_on": str(on), "reason": "late", "lines": lines})
    return f"credit-notes/{note['credit_note_id']}"


async def write_off(erp: Erp, on: date) -> str:
    billed = await invoiced(erp, TODAY)
    asked = {
        "kind": "bad_debt",
        "invoice_id": billed["invoice_id"],
        "reason": "gone",
        "written_off_on": str(on),
    }
    return f"write-offs/{(await erp.post('/v1/write-offs', asked))['write_off_id']}"


async def refund(erp: Erp, on: date) -> str:
    refunded = await erp.post(f"/v1/{await payment(erp, TODAY)}/refund", {"refunded_on": str(on)})
    return f"refunds/{refunded['refund_id']}"


async def allocation(erp: Erp, on: date) -> str:
    billed, money = await invoiced(erp, TODAY), await payment(erp, TODAY)
    asked = {"invoice_id": billed["invoice_id"], "allocated_on": str(on)}
    await erp.post(f"/v1/{money}/allocations", asked)
    (used,) = (await erp.get("/v1/allocations"))["items"]
    return f"allocations/{used['allocation_id']}"


async def entry(erp: Erp, on: date) -> str:
    lines = [{"account_code": "1450", "amount": "5.00"}, {"account_code": "3000", "amount": "-5.00"}]
    made = await erp.post("/v1/journal-entries", {"posted_on": str(on), "text": "cash", "lines": lines})
    return f"journal-entries/{made['entry_id']}"


async def receipt(erp: Erp, on: date) -> str:
    return f"stock-receipts/{(await erp.receive({'PEAR': 1}, received_on=str(on)))['receipt_id']}"


async def receipt_of_nothing_worth(erp: Erp, on: date) -> str:
    made = await erp.receive({"PEAR": 1}, unit_cost="0", received_on=str(on))
    return f"stock-receipts/{made['receipt_id']}"


async def revaluation(erp: Erp, on: date) -> str:
    asked = {"item_code": "PEAR", "unit_cost": "5.00", "revalued_on": str(on), "reason": "dearer"}
    return f"revaluations/{(await erp.post('/v1/revaluations', asked))['revaluation_id']}"


async def scrapping(erp: Erp, on: date) -> str:
    asked = {"warehouse_code": "MAIN", "reason": "rotten", "lines": APPLES, "scrapped_on": str(on)}
    return f"scrappings/{(await erp.post('/v1/scrappings', asked))['scrapping_id']}"


async def count(erp: Erp, on: date) -> str:
    lines = [{"item_code": "APPLE", "quantity": "99"}]
    asked = {"warehouse_code": "MAIN", "lines": lines, "counted_on": str(on)}
    return f"stock-counts/{(await erp.post('/v1/stock-counts', asked))['count_id']}"


async def transfer(erp: Erp, on: date) -> str:
    await erp.post("/v1/warehouses", {"code": "OTHER", "name": "Other"})
    to = {"from_warehouse_code": "MAIN", "to_warehouse_code": "OTHER", "transferred_on": str(on)}
    return f"stock-transfers/{(await erp.post('/v1/stock-transfers', to | {'lines': APPLES}))['transfer_id']}"


async def write_down(erp: Erp, on: date) -> str:
    asked = {"item_code": "APPLE", "unit_cost": "1.00", "reason": "rotting", "written_on": str(on)}
    return f"write-downs/{(await erp.post('/v1/write-downs', asked))['write_down_id']}"


async def landed_cost(erp: Erp, on: date) -> str:
    came = await erp.receive({"APPLE": 4}, received_on=str(on))
    freight = await landed_costs.paid_freight(erp, on=str(on))
    landed = await landed_costs.spread(erp, freight, came["receipt_id"], posted_on=str(on))
    return f"landed-costs/{landed['landed_cost_id']}"


async def open_years(erp: Erp) -> None:
    for year in {TODAY.year, EVEN_LATER.year} - {2026}:
        days = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        await erp.post("/v1/fiscal-years", {"code": str(year), **days})


DOCUMENTS: list[Ask] = [
    payment,
    payment_used_later,
    invoice,
    invoice_paid_later,
    invoice_of_an_order_paid_later,
    credit_note,
    write_off,
    refund,
    allocation,
    entry,
    receipt,
    receipt_of_nothing_worth,
    revaluation,
    scrapping,
    count,
    transfer,
    write_down,
    landed_cost,
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("on", [TODAY, LATER], ids=["today", "later"])
async def test_its_reversal_is_of_the_later_of_today_and_its_day(erp: Erp, document: Ask, on: date) -> None:
    await open_years(erp)
    path = f"/v1/{await document(erp, on)}"

    erp.accepted(await erp.request("POST", f"{path}/reversal", {"reason": "a mistake"}))

    taken_back = [one["reversed_on"] for one in (await erp.get("/v1/reversals"))["items"]]
    taken_back += [
        one["credited_on"]
        for one in (await erp.get("/v1/credit-notes"))["items"]
        if path.startswith("/v1/inv")
    ]
    assert taken_back == [str(on)]
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_an_allowance_on_what_is_paid_later_is_of_the_day_of_the_money(erp: Erp) -> None:
    await open_years(erp)
    path = f"/v1/{await invoice_paid_later(erp, LATER)}"
    (billed,) = (await erp.get("/v1/invoices"))["items"]
    rest = MONEY | {"received_on": str(EVEN_LATER), "amount": "69.00", "invoice_id": billed["invoice_id"]}
    await erp.post("/v1/payments", rest)

    allowed = {"reason": "too dear", "lines": [{"line_number": 1, "net_amount": "10.00"}]}
    note = await erp.post(f"{path}/credit-notes", allowed)

    assert note["credited_on"] == str(EVEN_LATER)
    assert [one.as_text() for one in await violations(erp.company)] == []


async def of_an_order_yet_to_come(erp: Erp) -> str:
    order = await erp.place(an_order(ordered_on=str(LATER), invoicing="order"))
    return f"/v1/sales-orders/{order['order_id']}"


async def shipped_later(erp: Erp) -> str:
    path = await of_an_order_yet_to_come(erp)
    asked = {"shipped_on": str(EVEN_LATER), "lines": [{"line_number": 1, "quantity": "4"}]}
    await erp.post(f"{path}/shipments", asked)
    return path


AMENDMENT = {"reason": "more", "lines": [{"item_code": "APPLE", "quantity": "12", "unit_price": "10.00"}]}


@pytest.mark.parametrize(
    ("order", "what", "body"),
    [
        (of_an_order_yet_to_come, "cancellation", {"reason": "no more"}),
        (of_an_order_yet_to_come, "amendments", AMENDMENT),
        (shipped_later, "cancellation", {"reason": "no more"}),
        (shipped_later, "billing", {}),
        (shipped_later, "closing", {"reason": "enough"}),
    ],
)
async def test_what_is_asked_of_an_order_yet_to_come_is_of_a_day_on_which_it_can_be_done(
    erp: Erp, order: Callable[[Erp], Awaitable[str]], what: str, body: dict[str, Any]
) -> None:
    await open_years(erp)

    path = f"{await order(erp)}/{what}"

    erp.accepted(await erp.request("POST", path, body, dry_run="true"))
    await erp.post(path, body)
    await erp.at_rest()
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_goods_that_have_left_on_a_day_yet_to_come_come_back_on_none_before(erp: Erp) -> None:
    await open_years(erp)
    path = await shipped_later(erp)
    returned = await erp.post(f"{path}/returns", {"reason": "broken"})

    await erp.post(f"/v1/returns/{returned['return_id']}/inspection", {})

    (back,) = (await erp.get("/v1/goods-returns"))["items"]
    assert back["received_on"] == str(EVEN_LATER)
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_services_of_a_day_yet_to_come_are_taken_back_on_a_day_that_the_refusal_names(erp: Erp) -> None:
    await open_years(erp)
    lines = [{"item_code": "ADVICE", "quantity": "3", "unit_price": "90.00"}]
    order = await erp.place(an_order(ordered_on=str(TODAY), invoicing="order", lines=lines))
    shipped = await erp.ship(order, shipped_on=str(LATER), lines=[{"line_number": 1, "quantity": "1"}])
    path, asked = f"/v1/shipments/{shipped['shipment_id']}/reversal", {"reason": "not given"}
    asked["order_id"] = order["order_id"]

    refused = await erp.request("POST", path, asked)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-early")
    assert str(LATER) in refused.json()["detail"]
    erp.accepted(await erp.request("POST", path, asked | {"reversed_on": str(LATER)}))


async def test_it_is_not_before_what_had_used_it_was_taken_back(erp: Erp) -> None:
    await open_years(erp)
    money = await payment(erp, TODAY)
    billed = await invoiced(erp, TODAY)
    asked = {"invoice_id": billed["invoice_id"], "allocated_on": str(LATER)}
    await erp.post(f"/v1/{money}/allocations", asked)
    (used,) = (await erp.get("/v1/allocations"))["items"]
    back = {"reason": "a mistake", "reversed_on": str(EVEN_LATER)}
    await erp.post(f"/v1/allocations/{used['allocation_id']}/reversal", back)

    await erp.post(f"/v1/{money}/reversal", {"reason": "a mistake"})

    days = [one["reversed_on"] for one in (await erp.get("/v1/reversals"))["items"]]
    assert days == [str(EVEN_LATER), str(EVEN_LATER)]


REPORTS = ["balance-sheet", "aged-receivables", "open-items"]
OF_DAYS = [*(f"/v1/reports/{name}" for name in REPORTS), "/v1/stock/balances"]
OF_PERIODS = ["/v1/reports/trial-balance", "/v1/reports/profit-and-loss", "/v1/customers/ALICE/statement"]


@pytest.mark.parametrize("day", ["2025-12-31", "2027-01-01", "2062-03-10", "0206-03-10"])
async def test_a_day_that_is_in_no_fiscal_year_is_refused_by_every_report(erp: Erp, day: str) -> None:
    for path in OF_DAYS:
        refused = await erp.request("GET", path, as_of=day)
        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (422, "/problems/no-fiscal-year"), path
        assert [error["field"] for error in problem["errors"]] == ["as_of"]
        assert (await erp.request("GET", path, as_of="2026-12-31")).status_code == 200
        assert (await erp.request("GET", path)).status_code == 200
    for path in OF_PERIODS:
        for named in ({"from": day}, {"to": day}, {"from": day, "to": day}):
            refused = await erp.request("GET", path, **named)
            problem = refused.json()
            assert (refused.status_code, problem["type"]) == (422, "/problems/no-fiscal-year"), (path, named)
            assert [error["field"] for error in problem["errors"]] == list(named)
        some = await erp.request("GET", path, **{"from": "2020-01-01", "to": "2099-12-31"})
        assert some.status_code == 200


async def test_the_figures_of_today_are_known_before_its_year_is_opened(erp: Erp) -> None:
    """Whoever names no day asks for what is so now: balances are carried."""
    if TODAY.year == 2026:
        year = {"starts_on": "2026-01-01", "ends_on": str(TODAY - timedelta(days=1))}
        erp.accepted(await erp.request("PATCH", "/v1/fiscal-years/2026", year, if_match="*"))

    sheet = await erp.get("/v1/reports/balance-sheet")

    assert (sheet["as_of"], sheet["total_assets"]) == (str(TODAY), "1200.00")
