"""What is taken back while something else has happened since: credit that is kept, days that have
passed, news that come late.
"""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from temporalio.client import WorkflowHandle

from domains.ledger.messages import ReopenedInvoice, SettledInvoice
from tests.erp import Erp
from tests.histories import fingerprint
from tests.workflows import billing_together as together
from tests.workflows.test_billed_again import invoice_back
from tests.workflows.test_billed_and_closed import ask, invoices, shipped_in_part
from tests.workflows.test_taken_back import all_holds, take_back


async def test_credit_is_kept_for_what_is_to_leave_again_when_what_left_later_is_billed(
    erp: Erp, owner_url: str
) -> None:
    order = await shipped_in_part(erp, "collective")
    (first,) = (await erp.get("/v1/shipments", order=order["order_id"]))["items"]
    await erp.ship(order, shipped_on="2026-03-12")
    await take_back(erp, "shipments", first["shipment_id"])

    await together.bill(erp)

    assert await credit_of(owner_url, order) == Decimal("47.60")
    await all_holds(erp)


@pytest.mark.parametrize("other_paid", [True, False])
async def test_no_credit_is_kept_for_goods_that_came_back_after_their_invoice_was_taken_back(
    erp: Erp, owner_url: str, other_paid: bool
) -> None:
    order = await shipped_in_part(erp, "shipment", lines=[*lines_of("APPLE"), *lines_of("FIFO-NUT")])
    await erp.ship(order, shipped_on="2026-03-06")
    first, second = await invoices(erp)
    if other_paid:
        money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-10"}
        paid = money | {"amount": second["total_amount"], "invoice_id": second["invoice_id"]}
        await erp.post("/v1/payments", paid, by="accountant")
    await take_back(erp, "invoices", first["invoice_id"], by="accountant")

    await together.give_back(erp, order, "4", on="2026-03-21")

    await erp.until(order, "closed" if other_paid else "waiting for payment")
    assert await credit_of(owner_url, order) == 0
    await all_holds(erp)


async def test_no_credit_is_kept_when_what_was_to_be_billed_again_came_back_and_the_rest_was_kept(
    erp: Erp, owner_url: str
) -> None:
    order = await shipped_in_part(erp, "shipment", lines=[*lines_of("APPLE"), *lines_of("FIFO-NUT")])
    await erp.ship(order, shipped_on="2026-03-06")
    first, _ = await invoices(erp)
    await take_back(erp, "invoices", first["invoice_id"], by="accountant")
    asked = {"reason": "no more", "cancelled_on": "2026-03-21"}
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    agreed = await erp.post(path, asked, by="sales clerk")
    back = {"received_on": "2026-03-22", "lines": [{"line_number": 1, "quantity": "4"}]}

    await erp.post(f"/v1/returns/{agreed['return_id']}/inspection", back, by="warehouse")

    await erp.until(order, "waiting for payment")
    assert await credit_of(owner_url, order) == 0
    await all_holds(erp)


def lines_of(item: str) -> list[Any]:
    return [{"item_code": item, "quantity": "4", "unit_price": "10.00"}]


async def credit_of(owner_url: str, order: Any) -> Decimal | None:
    """What the order needs of its customer's credit."""
    owner = await asyncpg.connect(owner_url)
    found: Decimal | None = await owner.fetchval(
        "SELECT open_amount FROM receivables.credit_commitment WHERE order_id = $1", UUID(order["order_id"])
    )
    await owner.close()
    return found


async def test_what_is_billed_again_is_of_no_day_before_the_credit_note(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await invoice_back(erp)
    path = f"/v1/sales-orders/{order['order_id']}/billing"

    early = await erp.request("POST", path, {"invoiced_on": "2026-03-19"}, by="accountant")

    problem = early.json()
    assert (early.status_code, problem["type"]) == (422, "/problems/too-early")
    assert [error["field"] for error in problem["errors"]] == ["invoiced_on"]
    await erp.ship(order, shipped_on="2026-03-18")
    assert (await invoices(erp))[-1]["invoiced_on"] == "2026-03-20", "with a shipment, as early as can be"
    await all_holds(erp)


async def test_what_is_billed_again_waits_for_no_shipment_that_is_billed(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await erp.ship(order, shipped_on="2026-05-05")
    await invoice_back(erp)

    again = await ask(erp, order, "billing", invoiced_on="2026-03-20")

    assert again["total_amount"] == "47.60"
    await all_holds(erp)


@pytest.mark.parametrize("is_closed", [False, True])
async def test_a_debit_note_is_owed_when_all_goods_come_back_until_it_is_credited_itself(
    erp: Erp, is_closed: bool
) -> None:
    """It may be for anything: a return takes back goods, as it leaves the freight charged."""
    order = await shipped_in_part(erp, "shipment", "10")
    (invoice,) = await invoices(erp)
    line = {"description": "Customs", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    note = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    if is_closed:
        await erp.pay(order, "119.00", received_on="2026-03-10")
        await erp.until(order, "closed")

    await together.give_back(erp, order, "10", on="2026-03-20", resolution="on_account")

    await erp.until(order, "closed")
    assert (await erp.get(f"/v1/invoices/{note['invoice_id']}"))["open_amount"] == "11.90"
    await take_back(erp, "invoices", note["invoice_id"], "2026-03-21", by="accountant")
    assert (await erp.balances())["receivable"] == 0
    await all_holds(erp)


def opened_again(invoice: Any) -> list[Any]:
    """The later of two news, as it is sent."""
    of = {"invoice_id": invoice["invoice_id"], "invoice_number": invoice["invoice_number"]}
    return [ReopenedInvoice(**of, reopened_on="2026-03-20").model_dump(mode="json"), 2]


def was_paid(invoice: Any, process: WorkflowHandle[Any, Any]) -> list[Any]:
    """The news before it: all of it was paid."""
    of = {"invoice_id": invoice["invoice_id"], "invoice_number": invoice["invoice_number"]}
    nothing = dict.fromkeys(("discount_amount", "written_off_amount", "open_amount"), "0")
    settled = SettledInvoice(
        **of,
        **nothing,
        order_id=invoice["order_id"],
        process_id=process.id,
        settled_amount=invoice["total_amount"],
    )
    return [settled.model_dump(mode="json"), 1]


async def test_an_order_whose_invoice_is_open_again_is_not_closed_by_older_news(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment", "10")
    (invoice,) = await invoices(erp)
    process = erp.process_of(order)

    await process.signal("invoice_reopened", args=opened_again(invoice))
    await erp.pay(order, "1.00", received_on="2026-03-20")
    await process.signal("invoice_settled", args=was_paid(invoice, process))

    await erp.pay(order, "1.00", received_on="2026-03-20")
    assert await erp.stage_of(order) == "waiting for payment"


async def test_a_collective_invoice_that_is_open_again_is_not_paid_by_older_news(erp: Erp) -> None:
    order = await together.deliver(erp)
    process = await together.bill(erp)
    await erp.until(order, "waiting for payment")
    (invoice,) = await together.until_billed(erp, order)

    await process.signal("invoice_reopened", args=opened_again(invoice))
    await until_looked_up(process)
    await process.signal("invoice_settled", args=was_paid(invoice, process))

    assert (await process.query("progress"))["stage"] == "waiting for payment"
    assert await erp.stage_of(order) == "waiting for payment"
    await together.pay(erp, invoice, "119.00")
    await erp.until(order, "closed")
    await together.until_paid(erp)


async def until_looked_up(process: WorkflowHandle[Any, Any]) -> None:
    """Wait until the process knows what is open."""
    for _ in range(400):
        steps = fingerprint.of(await process.fetch_history())
        if any("ledger.find_open" in step for step in steps):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody has asked what is open")
