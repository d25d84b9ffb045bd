"""Goods that came and are never billed are written off, when somebody has said yes to it."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.purchase_orders import (
    ABROAD,
    SUPPLIER,
    a_purchase_order,
    billed,
    blocked,
    ended,
    moved,
    of_line,
    pay,
    receive,
    refused,
)
from tests.builders.purchase_orders import (
    PATH as ORDERS,
)
from tests.builders.unbilled_goods import (
    PATH,
    a_write_off,
    asked_about,
    decide,
    over,
    requested,
    taken_back,
    why_not,
    written_off,
)
from tests.builders.vendor_returns import DEBIT_NOTES, RETURNS, claimed, sent_back, why_not_back
from tests.builders.vendor_returns import taken_back as note_taken_back
from tests.checked import violations
from tests.erp import Erp
from tests.workflows.approving import NOBODYS, hire

GRNI, WRITTEN_OFF = "goods_received_not_invoiced", "goods_received_written_off"


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """Who sells apples and pears."""
    await erp.post("/v1/suppliers", SUPPLIER)


async def came(erp: Erp, *lines: tuple[str, str, str], **changes: Any) -> Any:
    """An order of which all has come; ten apples at 4.00 and five pears at 3.00."""
    order = await erp.post(ORDERS, a_purchase_order(*lines, **changes))
    await receive(erp, order)
    return order


async def _reported(erp: Erp, order: Any, as_of: str) -> list[str]:
    """What of the order was received and not invoiced on a day."""
    report = await erp.get("/v1/reports/goods-received-not-invoiced", as_of=as_of)
    return [row["base_amount"] for row in report["rows"] if row["order_id"] == order["order_id"]]


async def test_what_is_never_billed_is_written_off_and_the_order_ends(erp: Erp) -> None:
    order = await came(erp)
    await pay(erp, await billed(erp, order, "1", "47.60", lines=of_line(1, "10")), "47.60")
    before = await erp.balances()

    asked = await requested(erp, order)

    assert asked["stage"] == "waiting for approval"
    assert await erp.balances() == before
    await decide(erp, asked)
    write_off = await erp.get(f"{PATH}/{asked['write_off_id']}")
    assert write_off["write_off_number"] == asked["write_off_number"]
    assert (write_off["total_amount"], write_off["kind"]) == ("15.00", "not_billed")
    assert (write_off["requested_by"], write_off["approved_by"]) != ("", "")
    lines = [
        (line["order_line_number"], line["stock_quantity"], line["amount"]) for line in write_off["lines"]
    ]
    assert lines == [(2, "5", "15.00")]
    assert await moved(erp, before) == {GRNI: Decimal("15.00"), WRITTEN_OFF: Decimal("-15.00")}
    assert await _reported(erp, order, "2026-03-31") == []
    assert await _reported(erp, order, "2026-03-30") == ["15.00"]
    assert (await ended(erp, order))["outcome"] == "closed"
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_an_order_of_which_all_is_written_off_ends_without_an_invoice(erp: Erp) -> None:
    order = await came(erp)

    await written_off(erp, order)

    process = await ended(erp, order)
    assert (process["stage"], process["outcome"]) == ("written off", "closed")
    late = await erp.request(
        "POST",
        f"{ORDERS}/{order['order_id']}/invoices",
        {
            "supplier_number": "9",
            "invoiced_on": "2026-04-01",
            "posted_on": "2026-04-01",
            "total_amount": "63.65",
        },
    )
    assert (late.status_code, late.json()["type"]) == (409, "/problems/goods-written-off-before")
    assert "GW-" in late.json()["detail"]
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_an_invoice_of_what_was_written_off_is_refused_until_that_is_taken_back(erp: Erp) -> None:
    order = await came(erp)
    write_off = await written_off(erp, order, 2)
    later = {"invoiced_on": "2026-04-01", "posted_on": "2026-04-01"}

    named = await refused(erp, order, total_amount="16.05", lines=of_line(2, "5"), **later)
    assert named == (409, "goods-written-off-before", ["lines.0.quantity"])
    stands = await billed(erp, order, "1", "47.60")  # Without lines: what is to be billed.
    assert stands["matched"] == {"1": "10"}
    assert (await refused(erp, order, total_amount="16.05", **later))[1] == "goods-written-off-before"

    before = await erp.balances()
    reversal = await taken_back(erp, write_off, on="2026-04-01")
    assert reversal["document_number"] == write_off["write_off_number"]
    assert await moved(erp, before) == {GRNI: Decimal("-15.00"), WRITTEN_OFF: Decimal("15.00")}
    again = await billed(erp, order, "2", "16.05", **later)
    assert again["matched"] == {"2": "5"}
    twice = await erp.request("POST", f"{PATH}/{write_off['write_off_id']}/reversal", {"reason": "again"})
    assert twice.json()["type"] == "/problems/reversed-already"
    for invoice, amount in ((stands, "47.60"), (again, "16.05")):
        await pay(erp, invoice, amount, on="2026-04-02")
    await ended(erp, order)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_it_is_not_taken_back_when_nobody_waits_for_an_invoice(erp: Erp) -> None:
    order = await came(erp)
    write_off = await written_off(erp, order)
    await ended(erp, order)

    path = f"{PATH}/{write_off['write_off_id']}/reversal"
    answer = await erp.request("POST", path, {"reason": "billed after all"}, by="accountant")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/order-takes-no-invoice")


async def test_what_is_refused_is_named(erp: Erp) -> None:
    order = await erp.post(ORDERS, a_purchase_order(("APPLE", "10", "4.00"), ("PEAR", "5", "3.00")))
    assert await why_not(erp, order) == (409, "nothing-to-write-off", [])
    assert (await why_not(erp, {"order_id": NOBODYS}))[:2] == (404, "not-found")
    await receive(erp, order, (1, "10"))

    assert await why_not(erp, order, 2) == (409, "nothing-to-write-off", ["lines.0.line_number"])
    assert await why_not(erp, order, 1, 1) == (409, "nothing-to-write-off", ["lines.0.line_number"])
    assert (await why_not(erp, order, kind="not_credited"))[1] == "nothing-to-write-off"
    assert await why_not(erp, order, 1, written_off_on="2026-03-01") == (422, "too-early", ["written_off_on"])
    assert (await why_not(erp, order, reason=""))[2] == ["reason"]
    assert (await why_not(erp, order, by="warehouse"))[:2] == (403, "forbidden")
    await blocked(erp, order, "1", "59.50", lines=of_line(1, "10", "5.00"))
    assert await why_not(erp, order, 1) == (409, "billed-and-blocked", ["lines.0.line_number"])
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_who_asks_does_not_say_yes(erp: Erp) -> None:
    order = await came(erp)
    asked = await requested(erp, order, by="administrator")
    approval = await asked_about(erp, asked)

    own = await erp.request("POST", f"/v1/approvals/{approval['id']}/decision", {"approved": True})

    assert own.status_code == 403
    assert approval["role"] == "finance director"
    other = await erp.request(
        "POST",
        f"/v1/approvals/{approval['id']}/decision",
        {"approved": True, "content_hash": "another"},
        by=await hire(erp, "Fina", "finance director"),
    )
    assert other.json()["type"] == "/problems/other-content"
    assert (await erp.get(PATH))["items"] == []


async def test_bands_of_amounts_say_who_is_asked(erp: Erp) -> None:
    levels = [{"number": 1, "role": "accountant"}, {"number": 2, "role": "credit manager"}]
    await erp.post(
        "/v1/approval-policies",
        {"code": "GW", "kind": "goods_write_off", "from_amount": "50.00", "valid_from": "2020-01-01"}
        | {"levels": levels},
    )
    below = await requested(erp, await came(erp, ("APPLE", "10", "4.00")), by="administrator")
    above = await requested(erp, await came(erp), by="administrator")

    assert (await asked_about(erp, below))["role"] == "finance director"
    assert (await asked_about(erp, above))["role"] == "accountant"


async def test_a_no_and_a_cancellation_leave_all_as_it_was(erp: Erp) -> None:
    order, before = await came(erp), await erp.balances()

    rejected = await requested(erp, order)
    await decide(erp, rejected, approved=False)
    assert (await over(erp, rejected))["outcome"] == "rejected"
    cancelled = await requested(erp, order, reason="another")
    await erp.post(f"{PATH}/{cancelled['write_off_id']}/cancellation", {"reason": "no need"}, by="accountant")
    assert (await over(erp, cancelled))["outcome"] == "cancelled"

    assert (await asked_about(erp, cancelled))["status"] == "withdrawn"
    late = await erp.request("POST", f"{PATH}/{cancelled['write_off_id']}/cancellation", {"reason": "again"})
    assert late.json()["type"] == "/problems/process-ended"
    assert ((await erp.get(PATH))["items"], await erp.balances()) == ([], before)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_was_billed_meanwhile_is_not_written_off(erp: Erp) -> None:
    order = await came(erp)
    asked = await requested(erp, order)
    await billed(erp, order, "1", "63.65")
    before = await erp.balances()

    await decide(erp, asked)

    process = await over(erp, asked)
    assert (process["stage"], process["outcome"]) == ("not written off", "cancelled")
    assert "something else is open" in process["why"]
    assert await erp.balances() == before
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_an_invoice_and_a_write_off_at_once_settle_the_goods_once(erp: Erp) -> None:
    orders = [await came(erp) for _ in range(4)]
    asked = [await requested(erp, order) for order in orders]
    invoice = {"supplier_number": "1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-31"}

    async def bill(position: int, order: Any) -> str:
        body = invoice | {"supplier_number": f"R{position}", "total_amount": "63.65"}
        answer = await erp.request("POST", f"{ORDERS}/{order['order_id']}/invoices", body, by="accountant")
        return str(answer.json()["status" if answer.status_code == 201 else "type"])

    both = [bill(position, order) for position, order in enumerate(orders)]
    answers = await asyncio.gather(*both, *(decide(erp, one) for one in asked))

    for one, answer in zip(asked, answers, strict=False):
        was_written_off = (await over(erp, one))["outcome"] == "closed"
        # Whoever comes second finds nothing that is open, and is told so.
        refused_by_name = "/problems/goods-written-off-before"
        assert answer == (refused_by_name if was_written_off else "posted"), answer
    await erp.at_rest()
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_is_never_credited_is_a_loss_also_when_the_order_has_ended(erp: Erp) -> None:
    order = await came(erp, ("APPLE", "10", "4.00"))
    await pay(erp, await billed(erp, order, "1", "47.60"), "47.60")
    await ended(erp, order)
    returned = await sent_back(erp, order, (1, "4"), returned_on="2026-03-22")
    note = await claimed(erp, returned)
    assert (await why_not(erp, order, kind="not_credited"))[1] == "nothing-to-write-off"
    await note_taken_back(erp, f"{DEBIT_NOTES}/{note['debit_note_id']}", on="2026-03-23")
    before = await erp.balances()

    write_off = await written_off(erp, order, kind="not_credited")

    assert await moved(erp, before) == {GRNI: Decimal("-16.00"), WRITTEN_OFF: Decimal("16.00")}
    (line,) = write_off["lines"]
    shown = (line["document_number"], line["stock_quantity"], line["amount"])
    assert shown == (returned["return_number"], "4", "16.00")
    again = {"posted_on": "2026-04-01", "reason": "damaged"}
    path = f"{RETURNS}/{returned['return_id']}"
    refusals = [
        (await erp.request("POST", f"{path}/debit-note", again)).json()["type"],
        (await erp.request("POST", f"{path}/reversal", {"reason": "a mistake"})).json()["type"],
    ]
    assert refusals == ["/problems/nothing-to-claim", "/problems/stands-on-it"]
    assert not (await violations(erp.company)), await violations(erp.company)
    await taken_back(erp, write_off, on="2026-04-01")
    await erp.post(f"{path}/debit-note", again)
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_goods_of_an_order_in_another_currency_are_written_off_as_they_were_taken_in(erp: Erp) -> None:
    await erp.post("/v1/suppliers", ABROAD)
    order = await came(erp, ("APPLE", "3", "5.00"), supplier_code=ABROAD["code"])
    (taken_in,) = await _reported(erp, order, "2026-03-31")
    before = await erp.balances()

    write_off = await written_off(erp, order)

    assert (write_off["currency"], write_off["total_amount"]) == ("EUR", taken_in)
    amount = Decimal(taken_in)
    assert await moved(erp, before) == {GRNI: amount, WRITTEN_OFF: -amount}
    assert not (await violations(erp.company)), await violations(erp.company)


async def test_what_was_written_off_does_not_go_back_and_its_receipt_stands(erp: Erp) -> None:
    order = await erp.post(ORDERS, a_purchase_order(("APPLE", "10", "4.00"), ("PEAR", "5", "3.00")))
    receipt = await receive(erp, order)
    write_off = await written_off(erp, order, 1)

    back = await why_not_back(erp, order, (1, "1"), returned_on="2026-04-01")
    assert back == (409, "not-to-send-back", ["lines.0.line_number"])
    answer = await erp.request(
        "POST",
        f"/v1/stock-receipts/{receipt['receipt_id']}/reversal",
        {"reason": "a mistake", "reversed_on": "2026-04-01"},
    )
    assert answer.json()["type"] == "/problems/stands-on-it"
    assert write_off["write_off_number"] in answer.json()["detail"]
    dry = await erp.request(
        "POST", f"{ORDERS}/{order['order_id']}/goods-write-offs?dry_run=true", a_write_off(2), by="accountant"
    )
    assert (dry.status_code, len((await erp.get(PATH))["items"])) == (200, 1)


async def test_figures_of_trytons_perpetual_stock(erp: Erp) -> None:
    """5 at 4 and 7 at 6 are ordered, 4 and 5 come: 46.00 are received and not invoiced, and never billed.
    Figures of PyPI trytond-account-stock-anglo-saxon 8.2.x,
    account_stock_anglo_saxon/tests/scenario_account_stock_anglo_saxon.rst, after the receipt.
    """
    before = await erp.balances()
    order = await erp.post(ORDERS, a_purchase_order(("APPLE", "5", "4"), ("PEAR", "7", "6")))
    await receive(erp, order, (1, "4"), (2, "5"))
    assert (await moved(erp, before))[GRNI] == Decimal("-46.00")

    write_off = await written_off(erp, order)

    changed = await moved(erp, before)
    assert (GRNI not in changed, changed[WRITTEN_OFF]) == (True, Decimal("-46.00"))
    assert write_off["total_amount"] == "46.00"
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    assert process["stage"] == "waiting for goods"


A_COPY = """
    INSERT INTO payables.goods_write_off (id, number, kind, order_id, order_number, process_of_order,
        supplier_code, written_off_on, reason, currency, total_amount, requested_by, approved_by)
    SELECT '00000000-0000-0000-0000-000000000001', 'GW-X', kind, order_id, order_number, process_of_order,
        supplier_code, written_off_on, reason, currency, {total}, requested_by, {by}
    FROM payables.goods_write_off
"""
ITS_LINE = """
    INSERT INTO payables.goods_write_off_line (write_off_id, line_number, open_item_id, document_number,
        order_line_number, stock_quantity, amount)
    SELECT '00000000-0000-0000-0000-000000000001', line_number, open_item_id, document_number,
        order_line_number, stock_quantity, amount FROM payables.goods_write_off_line
"""

FURTHER_LINE = """
    INSERT INTO payables.goods_write_off_line (write_off_id, line_number, open_item_id, document_number,
        order_line_number, stock_quantity, amount)
    SELECT write_off_id, line_number + 1, open_item_id, document_number, order_line_number, stock_quantity,
        amount FROM payables.goods_write_off_line
"""


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([A_COPY.format(total="total_amount", by="requested_by")], "not_approved_by_who_asked"),
        ([A_COPY.format(total="-1", by="approved_by")], "total_not_negative"),
        ([A_COPY.format(total="total_amount + 1", by="approved_by"), ITS_LINE], "not the sum of its lines"),
        ([FURTHER_LINE], "takes no further line"),
        (["UPDATE payables.goods_write_off SET total_amount = 1"], "permission denied|only added to"),
        (["DELETE FROM payables.goods_write_off_line"], "permission denied|only added to"),
    ],
)
async def test_the_database_refuses_what_must_never_be(erp: Erp, statements: list[str], why: str) -> None:
    await written_off(erp, await came(erp, ("APPLE", "10", "4.00")))

    with pytest.raises(asyncpg.PostgresError, match=why):
        async with database().write(erp.company, "somebody") as tx:
            for statement in statements:
                await tx.execute(text(statement))


async def test_what_came_free_and_was_priced_afterwards_is_written_off_by_its_line(erp: Erp) -> None:
    """An invoice of it is waited for, and never comes: an order has no other end."""
    order = await came(erp, ("APPLE", "10", "0.00"), ("PEAR", "1", "3.00"))
    priced = {"lines": [{"line_number": 1, "unit_price": "1.00"}], "reason": "no gift"}
    await erp.post(f"{ORDERS}/{order['order_id']}/price-changes", priced | {"changed_on": "2026-03-12"})
    await written_off(erp, order)
    assert await why_not(erp, order) == (409, "nothing-to-write-off", [])
    before = await erp.balances()

    nothing_worth = await written_off(erp, order, 1)

    assert (nothing_worth["total_amount"], await moved(erp, before)) == ("0.00", {})
    assert (await ended(erp, order))["outcome"] == "closed"
    assert not (await violations(erp.company)), await violations(erp.company)
