"""What had settled a document is taken back on a later day: nothing else settles the document before, for on
the days between it would be settled twice. Nor is money used that was used until then.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_direct_invoices import billed
from tests.api.test_finance import accountant, door, items
from tests.builders.finance import Accountant
from tests.erp import Erp

__all__ = ["accountant", "door"]

EARLY, BACK_ON = "2026-03-10", "2026-03-20"
TAKEN_BACK = {"reversed_on": BACK_ON, "reason": "a mistake"}
GIVEN_UP = {"kind": "bad_debt", "reason": "insolvent"}
ALLOWED = [{"line_number": 1, "net_amount": "10.00"}]
Asked = tuple[str, dict[str, Any], str, str]
"""Where it is asked for, with what besides its day, how the day is called, and of what it says that it was
settled.
"""


async def paid(door: Erp, amount: str = "161.80", on: str = "2026-03-02", **more: Any) -> Any:
    """Money of the customer, on account unless it names an invoice."""
    money = {"customer_code": "C1", "amount": amount, "currency": "EUR", "received_on": on}
    return await door.post("/v1/payments", money | more, by="accountant")


async def taken_back(door: Erp, path: str) -> Any:
    return await door.post(f"/v1/{path}/reversal", TAKEN_BACK)


async def reopened(door: Erp, **terms: Any) -> Any:
    """161.80 of 2 March, paid on that day; the payment is taken back on 20 March."""
    invoice = await billed(door, **terms)
    payment = await paid(door, invoice_id=invoice["invoice_id"])
    await taken_back(door, f"payments/{payment['payment_id']}")
    return invoice


async def given_back(door: Erp, amount: str = "161.80") -> Any:
    """Money that was used on the day when it came; that is taken back on 20 March."""
    money, invoice = await paid(door, amount), await billed(door)
    use = {"invoice_id": invoice["invoice_id"], "allocated_on": "2026-03-02"}
    await door.post(f"/v1/payments/{money['payment_id']}/allocations", use, by="accountant")
    (used,) = await items(door, "/v1/allocations", money_id=money["payment_id"])
    await taken_back(door, f"allocations/{used['allocation_id']}")
    return money


# What a person asks for


async def an_allocation(door: Erp) -> Asked:
    invoice, money = await reopened(door), await paid(door)
    path = f"payments/{money['payment_id']}/allocations"
    return path, {"invoice_id": invoice["invoice_id"]}, "allocated_on", invoice["invoice_number"]


async def an_allocation_of_money_in_use(door: Erp) -> Asked:
    money, invoice = await given_back(door), await billed(door)
    path = f"payments/{money['payment_id']}/allocations"
    return path, {"invoice_id": invoice["invoice_id"]}, "allocated_on", money["payment_number"]


async def a_refund(door: Erp) -> Asked:
    money = await given_back(door)
    return f"payments/{money['payment_id']}/refund", {}, "refunded_on", money["payment_number"]


async def a_bad_debt(door: Erp) -> Asked:
    invoice = await reopened(door)
    asked = GIVEN_UP | {"invoice_id": invoice["invoice_id"]}
    return "write-offs", asked, "written_off_on", invoice["invoice_number"]


async def a_trifle_of_money(door: Erp) -> Asked:
    money = await given_back(door, "0.03")
    asked = {"kind": "small_difference", "reason": "a trifle", "payment_id": money["payment_id"]}
    return "write-offs", asked, "written_off_on", money["payment_number"]


async def an_allowance(door: Erp) -> Asked:
    invoice = await reopened(door)
    asked = {"reason": "dear", "lines": ALLOWED}
    path = f"invoices/{invoice['invoice_id']}/credit-notes"
    return path, asked, "credited_on", invoice["invoice_number"]


async def a_cancelled_invoice(door: Erp) -> Asked:
    invoice = await reopened(door)
    path = f"invoices/{invoice['invoice_id']}/reversal"
    return path, {"reason": "wrong"}, "reversed_on", invoice["invoice_number"]


async def a_bad_debt_after_a_credit_note(door: Erp) -> Asked:
    invoice = await billed(door)
    lines = [{"line_number": 1, "net_amount": "100.00"}]
    credit = {"credited_on": "2026-03-05", "reason": "dear", "lines": lines}
    note = await door.post(f"/v1/invoices/{invoice['invoice_id']}/credit-notes", credit)
    await taken_back(door, f"credit-notes/{note['credit_note_id']}")
    asked = GIVEN_UP | {"invoice_id": invoice["invoice_id"]}
    return "write-offs", asked, "written_off_on", invoice["invoice_number"]


async def a_credit_note_after_a_bad_debt(door: Erp) -> Asked:
    invoice = await billed(door)
    asked = GIVEN_UP | {"invoice_id": invoice["invoice_id"], "written_off_on": "2026-03-05"}
    written = await door.post("/v1/write-offs", asked)
    await taken_back(door, f"write-offs/{written['write_off_id']}")
    path = f"invoices/{invoice['invoice_id']}/reversal"
    return path, {"reason": "wrong"}, "reversed_on", invoice["invoice_number"]


async def money_of_a_credit_note_that_was_paid_back(door: Erp) -> Asked:
    invoice = await billed(door)
    await paid(door, invoice_id=invoice["invoice_id"])
    cancel = {"reversed_on": "2026-03-05", "reason": "wrong"}
    note = await door.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", cancel)
    path = f"credit-notes/{note['credit_note_id']}"
    refund = await door.post(f"/v1/{path}/refund", {"refunded_on": "2026-03-06"}, by="accountant")
    await taken_back(door, f"refunds/{refund['refund_id']}")
    other = await billed(door)
    asked = {"invoice_id": other["invoice_id"]}
    return f"{path}/allocations", asked, "allocated_on", note["credit_note_number"]


BY_HAND = [
    an_allocation,
    an_allocation_of_money_in_use,
    a_refund,
    a_bad_debt,
    a_trifle_of_money,
    an_allowance,
    a_cancelled_invoice,
    a_bad_debt_after_a_credit_note,
    a_credit_note_after_a_bad_debt,
    money_of_a_credit_note_that_was_paid_back,
]


@pytest.mark.parametrize("asked_for", BY_HAND, ids=lambda asked_for: asked_for.__name__)
@pytest.mark.parametrize("day", [EARLY, "2026-03-19"])
async def test_nothing_is_settled_twice_by_hand(
    asked_for: Callable[[Erp], Awaitable[Asked]], day: str, door: Erp, accountant: Accountant
) -> None:
    path, body, field, number = await asked_for(door)

    for dry_run in ({"dry_run": "true"}, {}):
        refused = await door.request("POST", f"/v1/{path}", body | {field: day}, **dry_run)
        problem = refused.json()
        why = f"{number} was settled until {BACK_ON}, when RV-2026-000001 took that back"
        assert (refused.status_code, problem["type"]) == (422, "/problems/still-settled"), problem
        assert [(one["field"], one["message"]) for one in problem["errors"]] == [
            (field, f"{why}: name that day or a later one")
        ]

    await door.post(f"/v1/{path}", body | {field: BACK_ON})
    await all_days_are_right(door, accountant)


async def all_days_are_right(door: Erp, accountant: Accountant) -> None:
    """On none more of an item is settled than there was of it."""
    first = date(2026, 3, 1)
    for on in (first + timedelta(days=number) for number in range(25)):
        report = await door.get("/v1/reports/open-items", as_of=str(on))
        for one in report["rows"]:
            amount, is_open = Decimal(one["amount"]), Decimal(one["open_amount"])
            assert min(amount, Decimal(0)) <= is_open <= max(amount, Decimal(0)), (on, one)
    await accountant.everything_agrees()


# What follows by itself


@pytest.mark.parametrize("currency", ["EUR", "USD"])
async def test_a_payment_settles_on_the_day_when_the_invoice_was_reopened(
    currency: str, door: Erp, accountant: Accountant
) -> None:
    """With the discount of the day on which it came, which is over by then; until then it is on account."""
    await accountant.rate("USD", "1.25")
    await accountant.rate("USD", "1.30", date(2026, 3, 15))
    invoice = await reopened(door, payment_terms_code="DISC")
    amount = {"EUR": "145.62", "USD": "182.03"}[currency]
    asked = {"currency": currency, "invoice_id": invoice["invoice_id"]}

    payment = await paid(door, amount, EARLY, **asked)

    (settled,) = payment["settlements"]
    assert (settled["settled_on"], settled["discount_amount"]) == (BACK_ON, "16.18")
    assert (await accountant.invoice(invoice["invoice_id"])).open_amount == 0
    before = await accountant.balances(until=date(2026, 3, 9))
    between = await accountant.balances(until=date(2026, 3, 19))
    moved = {name: between.get(name, 0) - before.get(name, 0) for name in {*between, *before}}
    assert {name: figure for name, figure in moved.items() if figure} == {
        "bank": Decimal("145.62"),
        "customer_on_account": Decimal("-145.62"),
    }
    after = await accountant.balances()
    assert after["discount_granted"] == Decimal("14.00")
    assert {"customer_on_account", "receivable"} & after.keys() == set()
    await all_days_are_right(door, accountant)


async def test_of_two_invoices_only_the_one_that_was_reopened_waits(
    door: Erp, accountant: Accountant
) -> None:
    """Its payment is taken back a second time: the last day counts."""
    invoice = await reopened(door)
    again = await paid(door, "100", BACK_ON, invoice_id=invoice["invoice_id"])
    later = TAKEN_BACK | {"reversed_on": "2026-03-22"}
    await door.post(f"/v1/payments/{again['payment_id']}/reversal", later)
    other = await billed(door)

    waits = await paid(door, on="2026-03-21", invoice_id=invoice["invoice_id"])
    does_not = await paid(door, on="2026-03-05", invoice_id=other["invoice_id"])

    days = [payment["settlements"][0]["settled_on"] for payment in (waits, does_not)]
    assert days == ["2026-03-22", "2026-03-05"]
    await all_days_are_right(door, accountant)


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("payments/{money}/allocations", {"invoice_id": "{invoice}"}, "allocated_on"),
        ("write-offs", GIVEN_UP | {"invoice_id": "{invoice}"}, "written_off_on"),
        ("invoices/{invoice}/credit-notes", {"reason": "dear", "lines": ALLOWED}, "credited_on"),
        ("invoices/{invoice}/reversal", {"reason": "wrong"}, "credited_on"),
    ],
)
async def test_without_a_day_what_was_reopened_is_settled_on_that_day(
    path: str, asked: dict[str, Any], field: str, door: Erp, accountant: Accountant
) -> None:
    await accountant.year(2099)
    invoice, money = await billed(door), await paid(door)
    payment = await paid(door, on="2099-03-01", invoice_id=invoice["invoice_id"])
    back = {"reversed_on": "2099-03-20", "reason": "a mistake"}
    await door.post(f"/v1/payments/{payment['payment_id']}/reversal", back)
    ids = {"invoice": invoice["invoice_id"], "money": money["payment_id"]}
    named = {key: ids.get(str(value).strip("{}"), value) for key, value in asked.items()}

    posted = await door.post(f"/v1/{path.format(**ids)}", named)

    if field == "allocated_on":
        (posted,) = await items(door, "/v1/allocations")
    assert posted[field] == "2099-03-20"


async def test_what_was_taken_back_in_another_order_opens_the_document_on_the_last_of_the_days(
    door: Erp, accountant: Accountant
) -> None:
    """Two payments of one invoice: the second is taken back before the first."""
    invoice = await billed(door)
    first, second = [await paid(door, "80", invoice_id=invoice["invoice_id"]) for _ in range(2)]
    await taken_back(door, f"payments/{first['payment_id']}")
    before = TAKEN_BACK | {"reversed_on": "2026-03-15"}
    await door.post(f"/v1/payments/{second['payment_id']}/reversal", before)

    asked = GIVEN_UP | {"invoice_id": invoice["invoice_id"]}
    for day, status in (("2026-03-16", 422), (BACK_ON, 201)):
        answer = await door.request("POST", "/v1/write-offs", asked | {"written_off_on": day})
        assert answer.status_code == status, answer.text
    await all_days_are_right(door, accountant)
