"""Suppliers' invoices that do not match: what they wait for, what cures them, and who decides."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_commands import allowed, commands
from tests.builders.purchase_orders import (
    BLOCKED,
    PATH,
    SUPPLIER,
    TOLERANCES,
    a_purchase_order,
    accept,
    as_read,
    billed,
    blocked,
    codes,
    credited,
    ended,
    moved,
    of_line,
    pay,
    priced,
    receive,
    refused,
    reject,
)
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps
from tests.workflows.test_dates_first import lock_through

BOUGHT = {
    "goods_received_not_invoiced": Decimal("40.00"),
    "tax_receivable": Decimal("7.60"),
    "payable": Decimal("-47.60"),
}


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """One, of whom nothing is tolerated."""
    await erp.post("/v1/suppliers", SUPPLIER)


async def apples(erp: Erp, *come: str) -> Any:
    """Ten are ordered at 4.00, and some have come."""
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    for quantity in come:
        await receive(erp, order, (1, quantity))
    return order


async def waits(erp: Erp, order: Any) -> Any:
    """The order's process."""
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    return process


async def now(erp: Erp, invoice: Any) -> Any:
    """The blocked invoice as it is read."""
    return await erp.get(f"{BLOCKED}/{invoice['invoice_id']}")


async def test_goods_that_come_later_post_it(erp: Erp) -> None:
    order = await apples(erp, "8")
    invoice = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"))
    assert codes(invoice) == [(1, "quantity")]
    assert (await waits(erp, order))["stage"] == "waiting for goods"
    before = await erp.balances()

    await receive(erp, order, (1, "2"), on="2026-03-15")

    assert await moved(erp, before) == {"inventory": Decimal("8.00")} | {
        role: amount - (Decimal("8.00") if role == "goods_received_not_invoiced" else 0)
        for role, amount in BOUGHT.items()
    }
    kept = await now(erp, invoice)
    assert (kept["status"], kept["blocks"], kept["decided_by"]) == ("posted", [], None)
    posted = await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}")
    assert (posted["posted_on"], posted["total_amount"]) == ("2026-03-15", "47.60")
    await pay(erp, invoice, "47.60")
    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_what_is_blocked_is_owed_and_paid_to_nobody(erp: Erp) -> None:
    order = await apples(erp)
    before = await erp.balances()
    invoice = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"))

    paying = {"invoice_id": invoice["invoice_id"], "amount": "47.60", "paid_on": "2026-03-20"}
    assert (await erp.request("POST", "/v1/supplier-payments", paying)).status_code == 404
    assert codes(invoice) == [(1, "not_received")]
    assert await moved(erp, before) == {}
    assert await violations(erp.company) == []


async def test_goods_of_which_none_has_come_are_accepted_by_nobody(erp: Erp) -> None:
    invoice = await blocked(erp, await apples(erp), "1", "47.60", lines=of_line(1, "10"))
    path = f"{BLOCKED}/{invoice['invoice_id']}/acceptance"

    answer = await erp.request("POST", path, {"reason": "so", "accepts": as_read(invoice)})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/invoice-is-blocked")
    assert [error["field"] for error in problem["errors"]] == ["lines.0.quantity"]
    assert (await now(erp, invoice))["status"] == "blocked"


async def test_another_price_of_the_order_posts_it(erp: Erp) -> None:
    order = await apples(erp, "10")
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    stands = await waits(erp, order)
    assert (stands["stage"], stands["waiting_on"]) == ("supplier invoice blocked", "finance director")
    before = await erp.balances()

    changed = await priced(erp, order, (1, "4.20"))

    assert changed["total_amount"] == "49.98"
    assert await moved(erp, before) == BOUGHT | {
        "purchase_price_difference": Decimal("2.00"),
        "tax_receivable": Decimal("7.98"),
        "payable": Decimal("-49.98"),
    }
    assert (await now(erp, invoice))["status"] == "posted"
    assert await violations(erp.company) == []


async def test_a_credit_note_posts_what_is_left(erp: Erp) -> None:
    order = await apples(erp, "8")
    invoice = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"))
    two = {"line_number": 1, "quantity": "2", "net_amount": "8.00"}

    posted = await credited(erp, invoice, "GS 1", "9.52", two)

    assert (posted["status"], posted["posted"]["total_amount"]) == ("posted", "38.08")
    kept = await now(erp, invoice)
    assert (kept["total_amount"], kept["credited_amount"]) == ("47.60", "9.52")
    assert [one["supplier_number"] for one in kept["credits"]] == ["GS 1"]
    assert await violations(erp.company) == []


@pytest.mark.parametrize(
    ("note", "status", "kind", "field"),
    [
        ({"total_amount": "9.53"}, 422, "invalid", "total_amount"),
        ({"lines": [{"line_number": 2, "net_amount": "8.00"}]}, 422, "invalid", "lines.0.line_number"),
        (
            {"lines": [{"line_number": 1, "quantity": "11", "net_amount": "8.00"}]},
            422,
            "invalid",
            "lines.0.quantity",
        ),
        ({"supplier_number": "RE/1"}, 409, "billed-already", "supplier_number"),
        ({"posted_on": "2026-03-12"}, 422, "too-early", "posted_on"),
    ],
)
async def test_what_is_no_credit_note_is_refused(
    erp: Erp, note: dict[str, Any], status: int, kind: str, field: str
) -> None:
    invoice = await blocked(erp, await apples(erp, "8"), "RE 1", "47.60", lines=of_line(1, "10"))
    asked: dict[str, Any] = {
        "supplier_number": "GS 1",
        "credited_on": "2026-03-13",
        "posted_on": "2026-03-14",
    }
    asked |= {"total_amount": "9.52", "lines": [{"line_number": 1, "quantity": "2", "net_amount": "8.00"}]}

    answer = await erp.request("POST", f"{BLOCKED}/{invoice['invoice_id']}/credits", asked | note)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{kind}"), problem
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await now(erp, invoice))["credits"] == []


async def test_who_has_entered_it_does_not_decide(erp: Erp) -> None:
    order = await apples(erp, "10")
    path = f"{PATH}/{order['order_id']}"
    asked = {"supplier_number": "1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    dearer = asked | {"total_amount": "49.98", "lines": of_line(1, "10", "4.20")}
    invoice = (await erp.post(f"{path}/invoices", dearer))["blocked"]
    before = await erp.balances()
    change = {"lines": [{"line_number": 1, "unit_price": "4.20"}], "reason": "so", "changed_on": "2026-03-15"}

    accepted = {"reason": "so", "posted_on": "2026-03-16", "accepts": as_read(invoice)}
    for what, body in (
        (f"{BLOCKED}/{invoice['invoice_id']}/acceptance", accepted),
        (f"{BLOCKED}/{invoice['invoice_id']}/rejection", {"reason": "so"}),
        (f"{path}/price-changes", change),
    ):
        answer = await erp.request("POST", what, body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/entered-by-the-same"), what

    assert await moved(erp, before) == {}
    assert (await now(erp, invoice))["status"] == "blocked"


async def test_what_is_rejected_may_come_again(erp: Erp) -> None:
    order = await apples(erp, "10")
    wrong = await blocked(erp, order, "RE 1", "49.98", lines=of_line(1, "10", "4.20"))
    known = await refused(erp, order, supplier_number="re-1", total_amount="47.60")
    assert known == (409, "billed-already", ["supplier_number"])

    await reject(erp, wrong)

    kept = await now(erp, wrong)
    assert (kept["status"], kept["decision_reason"]) == ("rejected", "not ordered so")
    await billed(erp, order, "re-1", "47.60")
    accepted = {"reason": "so", "accepts": as_read(wrong)}
    gone = await erp.request("POST", f"{BLOCKED}/{wrong['invoice_id']}/acceptance", accepted)
    assert gone.json()["type"] == "/problems/not-blocked"
    assert await violations(erp.company) == []


async def test_the_rest_is_cancelled_and_the_invoice_rejected(erp: Erp) -> None:
    order = await apples(erp)
    invoice = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"))

    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    await reject(erp, invoice)

    assert (await ended(erp, order))["outcome"] == "cancelled"
    assert await violations(erp.company) == []


async def test_a_receipt_that_is_taken_back_is_waited_for_again(erp: Erp) -> None:
    order = await apples(erp)
    received = await receive(erp, order, (1, "10"))
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    back = {"reversed_on": "2026-03-13", "reason": "another's"}

    await erp.post(f"/v1/stock-receipts/{received['receipt_id']}/reversal", back)

    assert codes(await now(erp, invoice)) == [(1, "not_received"), (1, "price")]
    await receive(erp, order, (1, "10"), on="2026-03-14")
    assert codes(await now(erp, invoice)) == [(1, "price")]
    assert await violations(erp.company) == []


async def test_what_matches_in_a_locked_period_waits_for_a_day(erp: Erp) -> None:
    order = await apples(erp)
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    await receive(erp, order, (1, "10"))
    await lock_through(erp, "2026-03-31")

    change = {"lines": [{"line_number": 1, "unit_price": "4.20"}], "reason": "so", "changed_on": "2026-03-15"}
    await erp.post(f"{PATH}/{order['order_id']}/price-changes", change)

    assert codes(await now(erp, invoice)) == [(0, "posting")]
    assert (await accept(erp, invoice, on="2026-04-02"))["posted_on"] == "2026-04-02"
    assert await violations(erp.company) == []


async def test_what_is_tolerated_is_the_suppliers_before_the_companys(erp: Erp) -> None:
    await erp.post(TOLERANCES, {"valid_from": "2026-01-01", "price_percent": "10"})
    order = await apples(erp, "10")
    await billed(erp, order, "1", "24.99", lines=of_line(1, "5", "4.20"))
    await erp.post(TOLERANCES, {"supplier_code": "GROVE", "valid_from": "2026-03-01", "price_percent": "1"})

    stricter = await blocked(erp, order, "2", "24.99", lines=of_line(1, "5", "4.20"))

    assert codes(stricter) == [(1, "price")]
    assert [one["price_percent"] for one in (await erp.get(TOLERANCES, supplier="GROVE"))["items"]] == ["1"]
    unknown = await erp.request(
        "POST", TOLERANCES, {"supplier_code": "X", "item_code": "Y", "valid_from": "2026-01-01"}
    )
    assert unknown.status_code == 422
    assert [error["field"] for error in unknown.json()["errors"]] == ["supplier_code", "item_code"]
    no_limit = {"valid_from": "2026-01-01", "price_percent": "-1"}
    assert (await erp.request("POST", TOLERANCES, no_limit)).json()["errors"][0]["field"] == "price_percent"
    asked = {"valid_from": "2026-01-01"}
    assert (await erp.request("POST", TOLERANCES, asked, by="accountant")).status_code == 403


async def test_blocked_invoices_are_listed_by_reason_and_age(erp: Erp) -> None:
    order = await apples(erp, "8")
    dearer = await blocked(erp, order, "1", "9.98", lines=of_line(1, "2", "4.1933"))
    more = await blocked(erp, order, "2", "47.60", lines=of_line(1, "10"))
    both = await blocked(erp, order, "3", "49.98", lines=of_line(1, "10", "4.20"), invoiced_on="2026-03-01")

    listed = {
        reason: [one["supplier_number"] for one in (await erp.get(BLOCKED, reason=reason))["items"]]
        for reason in ("price", "quantity", "duplicate")
    }
    report = await erp.get("/v1/reports/blocked-invoices")

    assert listed == {"price": ["1", "3"], "quantity": ["2", "3"], "duplicate": []}
    more_to_come = await erp.get(BLOCKED, waiting_on="warehouse", sort="invoiced_on")
    assert [one["supplier_number"] for one in more_to_come["items"]] == ["3", "2"]
    oldest = (date.fromisoformat(report["as_of"]) - date(2026, 3, 1)).days
    assert [(row["reason"], row["invoices"], row["total_amount"]) for row in report["rows"]] == [
        ("price", 2, "59.96"),
        ("quantity", 2, "97.58"),
    ]
    for row in report["rows"]:
        assert row["oldest_days"] == oldest
        assert row["up_to_7_days"] + row["up_to_30_days"] + row["older"] == row["invoices"]
    for one in (dearer, more, both):
        await reject(erp, one)
    assert (await erp.get("/v1/reports/blocked-invoices"))["rows"] == []


async def test_what_can_be_asked_of_a_blocked_invoice_is_said(erp: Erp) -> None:
    order = await apples(erp, "10")
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    path = f"{BLOCKED}/{invoice['blocked_number']}"

    waiting = await commands(erp, path)
    by_accountant = await commands(erp, path, by="accountant")
    await reject(erp, invoice)
    rejected = await commands(erp, path)

    assert set(waiting) == {"acceptance", "rejection", "credits"}
    assert allowed(waiting) == set(waiting)
    assert allowed(by_accountant) == {"credits"}
    assert rejected["acceptance"]["depends_on"] == ["accepts"]
    assert not rejected["rejection"]["allowed"]


async def insisting(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again what a test had refused."""
    try:
        return await ask()
    except Refused as refusal:
        assert "refused-by-the-test" in str(refusal)
        return await ask()


async def disputed(erp: Erp) -> None:
    """Blocked for quantity and price: cured by a receipt, another price and a credit note; or rejected."""
    order = await apples(erp, "7")
    wrong = await insisting(lambda: blocked(erp, order, "1", "50.00", lines=of_line(1, "10", "4.2017")))
    await insisting(lambda: reject(erp, wrong))
    invoice = await blocked(erp, order, "2", "49.98", lines=of_line(1, "10", "4.20"))
    await receive(erp, order, (1, "1"))
    await insisting(lambda: priced(erp, order, (1, "4.20")))
    two = {"line_number": 1, "quantity": "2", "net_amount": "8.40"}
    await insisting(lambda: credited(erp, invoice, "GS 1", "10.00", two))
    await pay(erp, invoice, "39.98")
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    assert (await ended(erp, order))["stage"] == "paid"


STEPS = [
    "payables.credit_supplier_invoice",
    "payables.reject_supplier_invoice",
    "payables.post_or_block_supplier_invoice",
    "procurement.change_prices",
]
DISPUTED = {
    "inventory": Decimal("32.00"),
    "purchase_price_difference": Decimal("1.60"),
    "tax_receivable": Decimal("6.38"),
    "bank": Decimal("-39.98"),
}


@pytest.mark.parametrize("step", STEPS)
async def test_every_repeated_step_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    before = await erp.balances()
    faults.repeated.add((erp.company, step))

    await disputed(erp)

    assert faults.has_repeated(erp.company, step)
    assert await moved(erp, before) == DISPUTED
    assert await violations(erp.company) == []


@pytest.mark.parametrize("step", STEPS)
async def test_every_refused_step_leaves_nothing_and_may_be_asked_again(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    before = await erp.balances()
    faults.refused[erp.company, step] = 1

    await disputed(erp)

    assert faults.refused[erp.company, step] == 0
    assert await moved(erp, before) == DISPUTED
    assert await violations(erp.company) == []
