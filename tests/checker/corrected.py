"""What a company takes back, revalues, tells apart and reminds of: each leaves documents of its own."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from activities import approvals, inventory
from activities.ledger.accounts import put_dimension_value
from activities.receivables.dunning import remind_customer
from domains.inventory.messages import (
    LineToIssue,
    LineToTakeBack,
    PostGoodsIssue,
    ReverseStockDocument,
    TakeBackGoods,
)
from domains.ledger.messages import PutDimensionValue
from domains.receivables.messages import RemindCustomer
from foundation.process.approval_levels import ID_SPACE
from foundation.process.approval_messages import EscalateApproval, RemindOfApproval
from foundation.values.messages import Call, Caller
from tests.builders.purchase_orders import PATH as PURCHASES
from tests.builders.purchase_orders import a_purchase_order
from tests.erp import Erp, an_order
from tests.workflows.approving import a_held_order, a_policy, asked_at_once, decide, hire, level

LINE = [{"item_code": "APPLE", "quantity": "1", "unit_price": "10.00"}]
BACK = {"reversed_on": "2026-03-25", "reason": "a mistake"}


_numbers = itertools.count(1)


def _new_id() -> UUID:
    """The same each time that the company is made: which row comes first by its key is always the same."""
    return uuid5(ID_SPACE, f"corrected {next(_numbers)}")


async def money_taken_back(erp: Erp) -> None:
    """Payments, an allocation and a refund, reversed; each after it had settled or used something."""
    order = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "8", "unit_price": "10.00"}]))
    await erp.ship(order)
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-21"}
    returned = await _paid(erp, money | {"amount": "33.00", "invoice_id": invoice["invoice_id"]})
    await _reverse(erp, f"payments/{returned}")
    kept = await _paid(erp, money | {"amount": "70.00"})
    used = {"invoice_id": invoice["invoice_id"], "amount": "20.00", "allocated_on": "2026-03-26"}
    await erp.post(f"/v1/payments/{kept}/allocations", used, by="accountant")
    (allocation,) = (await erp.get("/v1/allocations", money_id=kept))["items"]
    await _reverse(erp, f"allocations/{allocation['allocation_id']}", on="2026-03-27")
    closed = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "1", "unit_price": "10.00"}]))
    await erp.ship(closed)
    debit = await erp.pay(closed, "11.90")
    await erp.until(closed, "closed")
    await _reverse(erp, f"payments/{debit['payment_id']}")
    refund = {"amount": "15.00", "refunded_on": "2026-03-28"}
    refunded = await erp.post(f"/v1/payments/{kept}/refund", refund, by="accountant")
    await _reverse(erp, f"refunds/{refunded['refund_id']}", on="2026-03-28")
    notes = (await erp.get("/v1/credit-notes"))["items"]
    credited = next(note for note in notes if Decimal(note["left_on_account"]))
    used = {"invoice_id": invoice["invoice_id"], "amount": "1.00", "allocated_on": "2026-04-02"}
    await erp.post(f"/v1/credit-notes/{credited['credit_note_id']}/allocations", used, by="accountant")


async def goods_taken_back(erp: Erp) -> None:
    """Receipts of a supplier and of nobody, one of them taken back; two new values, one of which stays."""
    orchard = {"code": "ORCHARD", "name": "Orchard", "country": "DE", "currency": "EUR"}
    await erp.post(
        "/v1/suppliers", orchard | {"payment_terms_code": "NET30", "email": "sales@orchard.example"}
    )
    await erp.receive({"APPLE": 20, "PEAR": 5}, unit_cost="4.40", supplier_code="ORCHARD")
    mistaken = await erp.receive({"FIFO-NUT": 3}, unit_cost="7.00", supplier_code="ORCHARD")
    await _reverse(erp, f"stock-receipts/{mistaken['receipt_id']}")
    await erp.receive({"APPLE": 2}, reason="adjustment")
    for cost in ("5.00", "6.00"):
        asked = {"item_code": "FIFO-NUT", "unit_cost": cost, "revalued_on": "2026-03-24", "reason": "market"}
        revalued = await erp.post("/v1/revaluations", asked)
    await _reverse(erp, f"revaluations/{revalued['revaluation_id']}")


async def stock_corrected(erp: Erp) -> None:
    """Counted, scrapped, sent elsewhere, written down and up, priced anew; some of it taken back."""
    await erp.post("/v1/warehouses", {"code": "SECOND", "name": "Second warehouse"})
    await erp.post("/v1/units", {"code": "keg", "name": "Keg"})
    items = {item: Decimal((await erp.stock(item))["on_hand"]) for item in ("APPLE", "FIFO-NUT")}
    counted = [{"item_code": item, "quantity": str(there + 1)} for item, there in items.items()]
    scrapped = [{"item_code": item, "quantity": "1"} for item in items]
    both = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND", "transferred_on": "2026-06-01"}
    for path, day, body in (
        ("stock-counts", "counted_on", {"warehouse_code": "MAIN", "reference": "June", "lines": counted}),
        ("scrappings", "scrapped_on", {"warehouse_code": "MAIN", "reason": "worms", "lines": scrapped}),
        ("stock-transfers", "transferred_on", both | {"lines": scrapped}),
        ("write-downs", "written_on", {"item_code": "FIFO-NUT", "unit_cost": "3.00", "reason": "the market"}),
    ):
        stays = await erp.post(f"/v1/{path}", body | {day: "2026-06-01"})
        again: dict[str, Any] = {"unit_cost": "2.50"} if path == "write-downs" else {}
        if path == "stock-counts":
            again = {
                "lines": [{"item_code": item, "quantity": str(there + 3)} for item, there in items.items()]
            }
        mistaken = await erp.post(f"/v1/{path}", body | {day: "2026-06-01"} | again)
        await _reverse(erp, f"{path}/{_number(mistaken)}", on="2026-06-02")
        assert stays["reversed_by"] is None
    lines = [{"item_code": "APPLE", "quantity": "3"}]
    sent = await erp.post("/v1/stock-transfers", both | {"is_in_transit": True, "lines": lines})
    receipts = f"stock-transfers/{_number(sent)}/receipts"
    for quantity in ("1", "2"):
        parts = {"received_on": "2026-06-02", "lines": [{"line_number": 1, "quantity": quantity}]}
        arrived = await erp.post(f"/v1/{receipts}", parts)
    await _reverse(erp, f"transfer-receipts/{_number(arrived)}", on="2026-06-03")
    receipt = await erp.receive({"APPLE": 4}, unit_cost="4.00")
    for cost in ("5.00", "3.00"):
        body = {
            "corrected_on": "2026-06-01",
            "reason": "misread",
            "lines": [{"line_number": 1, "unit_cost": cost}],
        }
        priced = await erp.post(f"/v1/stock-receipts/{receipt['receipt_number']}/price-corrections", body)
    await _reverse(erp, f"price-corrections/{_number(priced)}", on="2026-06-01")


async def goods_sent_by_mistake(erp: Erp) -> None:
    """A shipment, and goods that came back, taken back: the order does not know of them."""
    order = await erp.place(an_order(lines=LINE))
    caller = Caller(company=erp.company, actor="a warehouse", correlation_id="by hand")
    on = date(2026, 4, 10)
    issue = PostGoodsIssue(
        shipment_id=_new_id(),
        order_id=order["order_id"],
        order_number=order["order_number"],
        customer_code="ALICE",
        warehouse_code="MAIN",
        shipped_on=on,
        lines=(LineToIssue(line_number=1, item_code="APPLE", quantity=Decimal(1)),),
    )
    await inventory.post_goods_issue(_call(_new_id(), caller), issue)
    line = LineToTakeBack(line_number=1, quantity=Decimal(1))
    back = TakeBackGoods(return_id=_new_id(), order_id=order["order_id"], received_on=on, lines=(line,))
    await inventory.take_back_goods(_call(_new_id(), caller), back)
    for operation, document_id in (
        (inventory.reverse_return, back.return_id),
        (inventory.reverse_shipment, issue.shipment_id),
    ):
        reverse = ReverseStockDocument(
            document_id=document_id, reversal_id=_new_id(), reversed_on=on, reason="the wrong order"
        )
        await operation(_call(_new_id(), caller), reverse)


def _number(document: Any) -> str:
    """A document's own number."""
    return str(next(value for name, value in document.items() if name.endswith("_number")))


async def books_kept(erp: Erp) -> None:
    """A month is closed, a line has a cost centre, and the chart an account more."""
    account = {"code": "6999", "name": "Sundries", "kind": "expense"}
    await erp.post("/v1/accounts", account, by="accountant")
    caller = Caller(company=erp.company, actor="an accountant", correlation_id="by hand")
    sales = PutDimensionValue(dimension="cost_centre", code="SALES", name="Sales")
    await put_dimension_value(_call(_new_id(), caller), sales)
    lines = [
        {"account_code": "6100", "amount": "12.00", "dimensions": {"cost_centre": "SALES"}},
        {"account_code": "1400", "amount": "-12.00"},
    ]
    await erp.post(
        "/v1/journal-entries", {"posted_on": "2026-03-09", "text": "Rent", "lines": lines}, by="accountant"
    )
    for version, day in enumerate(("2026-01-31", "2026-02-28"), start=1):
        answer = await erp.request(
            "PATCH", "/v1/fiscal-years/2026", {"locked_through": day}, if_match=f'"{version}"'
        )
        erp.accepted(answer)


async def reminded(erp: Erp) -> None:
    """A letter that charges a fee; what decides when it is due has tests of its own."""
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    caller = Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")
    for on in (date(2026, 12, 1), date(2026, 12, 28)):
        remind = RemindCustomer(customer_code="ALICE", on=on, first_item_id=_new_id(), today=on)
        assert (await remind_customer(_call(_new_id(), caller), remind)).letters


async def billed_by_hand(erp: Erp) -> None:
    """Invoices without an order: charged more, credited in value and in full, given up; some reversed."""
    asked = {
        "customer_code": "ALICE",
        "invoiced_on": "2026-03-06",
        "lines": [
            {"item_code": "ADVICE", "quantity": "2", "unit_price": "50.00"},
            {"description": "Books", "unit_price": "40.00", "tax_code": "S7", "account_code": "4300"},
        ],
    }
    first, second, third = [await erp.post("/v1/invoices", asked, by="accountant") for _ in range(3)]
    more = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    of_first = f"/v1/invoices/{first['invoice_id']}"
    debit = {"invoiced_on": "2026-03-10", "reason": "forgotten", "lines": [more]}
    await erp.post(f"{of_first}/debit-notes", debit, by="accountant")
    lower = {
        "credited_on": "2026-03-12",
        "reason": "dear",
        "lines": [{"tax_code": "S19", "net_amount": "7.00"}],
    }
    mistaken = await erp.post(f"{of_first}/credit-notes", lower, by="accountant")
    await _reverse(erp, f"credit-notes/{mistaken['credit_note_id']}")
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-11", "amount": "61.80"}
    for invoice in (first, second, third):
        await _paid(erp, money | {"invoice_id": invoice["invoice_id"]})
    await erp.post(f"{of_first}/credit-notes", lower | {"credited_on": "2026-03-26"}, by="accountant")
    await erp.post(f"/v1/invoices/{second['invoice_id']}/reversal", BACK, by="accountant")
    await _given_up(erp, third)


async def _given_up(erp: Erp, invoice: Any) -> None:
    """A bad debt, once too early; a trifle of a payment; what a letter charged."""
    given_up = {"kind": "bad_debt", "reason": "insolvent", "written_off_on": "2026-03-24"}
    of_invoice = given_up | {"invoice_id": invoice["invoice_id"]}
    early = await erp.post("/v1/write-offs", of_invoice, by="credit manager")
    await _reverse(erp, f"write-offs/{early['write_off_id']}")
    again = of_invoice | {"amount": "59.50", "written_off_on": "2026-03-26"}
    await erp.post("/v1/write-offs", again, by="credit manager")
    kept = await _paid(
        erp, {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-11", "amount": "0.03"}
    )
    little = {
        "kind": "small_difference",
        "payment_id": kept,
        "reason": "a trifle",
        "written_off_on": "2026-03-24",
    }
    await erp.post("/v1/write-offs", little, by="credit manager")
    letters = (await erp.get("/v1/dunning-letters"))["items"]
    charged = next(letter for letter in letters if Decimal(letter["charge_amount"]))
    back = BACK | {"reversed_on": "2026-12-30"}
    await erp.post(f"/v1/dunning-letters/{charged['letter_id']}/reversal", back, by="accountant")


async def agreed(erp: Erp) -> None:
    """A customer that is reminded disputes, promises, and is let off."""
    order = await erp.place(an_order(customer_code="BOB", lines=LINE))
    await erp.ship(order)
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    caller = Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")
    on = date(2026, 12, 1)
    remind = RemindCustomer(customer_code="BOB", on=on, first_item_id=_new_id(), today=on)
    dunning_id = (await remind_customer(_call(_new_id(), caller), remind)).dunning_id
    for what, body in (
        ("dispute", {"invoice_id": invoice["invoice_id"], "reason": "too many worms"}),
        ("promise", {"until": "2099-12-24"}),
        ("resume", {"reason": "there were none"}),
        ("stop", {"reason": "it is Christmas", "stopped_on": "2026-12-24"}),
    ):
        await erp.post(f"/v1/dunning/{dunning_id}/{what}", body, by="accountant")


async def asked_in_vain(erp: Erp) -> None:
    """Nobody decides for long; the order is cancelled, and the decision not needed any more."""
    order, approval = await a_held_order(erp)
    caller = Caller(company=erp.company, actor="a process", correlation_id="by hand")
    at, approval_id = datetime(2026, 12, 1, 8, tzinfo=UTC), UUID(approval["id"])
    reminder = RemindOfApproval(approval_id=approval_id, number=1, at=at, remind_at=at + timedelta(days=7))
    await approvals.remind(_call(_new_id(), caller), reminder)
    further = EscalateApproval(approval_id=approval_id, to_role="finance director", at=at)
    await approvals.escalate(_call(_new_id(), caller), further)
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no answer"})


async def rejected_at_the_second_level(erp: Erp) -> None:
    """One says yes, and the next one no; the policy that asked them counts no more."""
    await a_policy(erp, "CHAIN", level(1, "credit manager"), level(2, "finance director"))
    director = await hire(erp, "Fiona Finance", "finance director")
    order, approval = await a_held_order(erp)
    assert (await decide(erp, approval, "credit manager"))[0] == 200
    second = (await asked_at_once(erp, order, 2))[1]
    assert (await decide(erp, second, director, approved=False))[0] == 200
    await erp.request("PATCH", "/v1/approval-policies/CHAIN", {"blocked": True}, if_match="*")


async def a_purchase_that_waits_for_a_yes(erp: Erp) -> None:
    """A dear order; the policy that asks for it counts no more."""
    await a_policy(erp, "DEAR", level(1, "buyer"), kind="purchase_order", from_amount="9000.00")
    order = await erp.post(PURCHASES, a_purchase_order(("APPLE", "3000", "4.00")))
    assert order["status"] == "held"
    await erp.request("PATCH", "/v1/approval-policies/DEAR", {"blocked": True}, if_match="*")


def _call(key: UUID, caller: Caller) -> Call:
    return Call(key=f"{caller.company}/{key}", caller=caller)


async def _paid(erp: Erp, asked: dict[str, str]) -> str:
    return str((await erp.post("/v1/payments", asked, by="accountant"))["payment_id"])


async def _reverse(erp: Erp, document: str, *, on: str = "2026-03-25") -> None:
    await erp.post(f"/v1/{document}/reversal", BACK | {"reversed_on": on})
