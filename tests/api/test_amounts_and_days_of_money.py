"""Money is used as was asked or not at all, and never before its day or the day of what it pays."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_finance import accountant, door, items
from tests.builders.finance import Accountant, a_line
from tests.erp import Erp

__all__ = ["accountant", "door"]


async def refusal(door: Erp, path: str, body: dict[str, Any]) -> tuple[int, str, list[str]]:
    """With which status, name and fields it is refused."""
    answer = await door.request("POST", path, body, by="accountant")
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", ())]
    return answer.status_code, problem["type"].removeprefix("/problems/"), fields


async def test_an_amount_that_is_named_is_used_as_a_whole_or_refused(
    door: Erp, accountant: Accountant
) -> None:
    bill = await accountant.bill(a_line(1, "100"))
    money = await accountant.receive("150")
    path = f"/v1/payments/{money.payment_id}"
    use = {"invoice_id": str(bill.invoice_id), "allocated_on": "2026-04-01"}

    assert await refusal(door, f"{path}/allocations", use | {"amount": "150.01"}) == (
        409,
        "more-than-on-account",
        ["amount"],
    )
    assert await refusal(door, f"{path}/allocations", use | {"amount": "100.01"}) == (
        409,
        "more-than-open",
        ["amount"],
    )
    assert await refusal(door, f"{path}/refund", {"amount": "150.01", "refunded_on": "2026-04-01"}) == (
        409,
        "more-than-on-account",
        ["amount"],
    )
    assert [item["open_amount"] for item in await items(door, "/v1/open-items")] == ["-150.00", "100.00"]

    used = await door.post(f"{path}/allocations", use | {"amount": "100.00"}, by="accountant")
    assert used["on_account_amount"] == "50.00"


async def test_an_amount_in_another_currency_is_named_up_to_what_is_open(
    door: Erp, accountant: Accountant
) -> None:
    await accountant.rate("USD", "1.20")
    bill = await accountant.bill(a_line(1, "100"), currency="USD")
    money = await accountant.receive("150")
    path = f"/v1/payments/{money.payment_id}/allocations"
    use = {"invoice_id": str(bill.invoice_id), "allocated_on": "2026-04-01"}

    assert (await refusal(door, path, use | {"amount": "83.34"}))[1:] == ("more-than-open", ["amount"])
    used = await door.post(path, use | {"amount": "83.33"}, by="accountant")

    assert used["on_account_amount"] == "66.67"
    assert (await accountant.invoice(bill.invoice_id)).open_amount == 0
    await accountant.everything_agrees()


@pytest.mark.parametrize("currency", ["EUR", "USD"])
async def test_money_that_came_before_the_invoice_settles_it_on_the_invoice_s_day(
    currency: str, door: Erp, accountant: Accountant
) -> None:
    await accountant.rate("USD", "1.25")
    bill = await accountant.bill(a_line(1, "100"), invoiced_on=date(2026, 3, 20), currency=currency)
    before = await accountant.balances()
    posted = {
        "customer_code": "C1",
        "amount": "130.00",
        "currency": "EUR",
        "received_on": "2026-03-12",
        "invoice_id": str(bill.invoice_id),
    }
    paid = await door.post("/v1/payments", posted, by="accountant")

    owed = Decimal(100) if currency == "EUR" else Decimal(80)
    assert (paid["on_account_amount"], [one["settled_on"] for one in paid["settlements"]]) == (
        str(130 - owed) + ".00",
        ["2026-03-20"],
    )
    days = {day: await accountant.balances(until=date(2026, 3, day)) for day in (12, 19, 20)}
    assert days[12] == days[19] == {"bank": Decimal(130), "customer_on_account": Decimal(-130)}
    assert days[20] == {"bank": Decimal(130), "customer_on_account": owed - 130, "revenue": -owed}
    await accountant.everything_agrees()

    back = {"reversed_on": "2026-03-19", "reason": "returned debit"}
    path = f"/v1/payments/{paid['payment_id']}/reversal"
    assert (await refusal(door, path, back))[1:] == ("too-early", ["reversed_on"])
    await door.post(path, back | {"reversed_on": "2026-03-20"}, by="accountant")

    assert await accountant.balances() == before
    assert [item["open_amount"] for item in await items(door, "/v1/open-items")] == ["100.00"]
    await accountant.everything_agrees()


async def test_without_a_day_money_is_used_on_the_later_of_today_and_its_documents(
    door: Erp, accountant: Accountant
) -> None:
    await accountant.year(2099)
    bill = await accountant.bill(a_line(1, "100"), invoiced_on=date(2099, 3, 20))
    money = await accountant.receive("150", received_on=date(2099, 3, 1))
    path = f"/v1/payments/{money.payment_id}"

    await door.post(f"{path}/allocations", {"invoice_id": str(bill.invoice_id)}, by="accountant")
    await door.post(f"{path}/refund", {}, by="accountant")

    (used,), (refund,) = await items(door, "/v1/allocations"), await items(door, "/v1/refunds")
    assert (used["allocated_on"], refund["refunded_on"]) == ("2099-03-20", "2099-03-01")
