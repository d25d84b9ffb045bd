"""Money that the bank sends back of what a payment run has paid: it is owed again."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_payments_in_transit import a_paid_run, made, postings, transit
from tests.builders.bank_details import changed_at_once
from tests.builders.bank_statements import amounts, assign, entry
from tests.builders.payment_runs import ANOTHER_IBAN, later, owing, paid, proposed, ready, seen, stated, today
from tests.checked import violations
from tests.erp import Erp


def back(payment: Any, amount: str = "", day: str = "", **more: str) -> str:
    """The line that brings the money of a payment back."""
    return entry(
        amount or payment["amount"],
        "Returned",
        day=day or today(),
        end_to_end=more.pop("end_to_end", payment["end_to_end_id"]),
        iban=payment["iban"],
    )


async def refused(erp: Erp, line: Any, **asked: Any) -> tuple[int, str]:
    """What is said to a person who says what a line is."""
    answer = await erp.request("POST", f"/v1/bank-statement-lines/{line['line_id']}/postings", asked)
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def owed_again(erp: Erp, payment: Any) -> None:
    """Its invoices are, and another run pays them; nothing is in transit, and all agrees."""
    for invoice in payment["invoices"]:
        assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "63.65"
    assert await transit(erp) == 0
    days = {"from": today(), "to": today()}
    (balance,) = (await erp.get("/v1/reports/bank-balances", bank_account="SAVINGS", **days))["days"]
    assert balance["difference"] == "0.00"
    assert await violations(erp.company) == []
    again = await proposed(erp)
    assert [one["supplier_code"] for one in again["payments"]] == [payment["supplier_code"]]


async def test_what_the_bank_sends_back_of_a_run_is_known_and_owed_again(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]

    lines = await stated(erp, made(dairy), made(mill), back(mill), closing="-63.65")

    assert amounts(lines, "open_amount") == ["0.00", "0.00", "0.00"]
    assert ("returned by the bank", "127.30") in await postings(erp)
    shown = [(one["confirmed_by"], one["returned_by"]) for one in (await seen(erp, run))["payments"]]
    assert shown == [("SAVINGS-000001/1", None), ("SAVINGS-000001/2", "SAVINGS-000001/3")]
    assert len((await erp.get("/v1/reversals"))["items"]) == 2
    await owed_again(erp, mill)


async def test_it_is_known_on_a_later_statement_and_of_a_run_booked_as_one(erp: Erp) -> None:
    run = await a_paid_run(erp)
    _, mill = run["payments"]
    whole = entry("-190.95", f"Order {run['run_number']}", day=today())
    await stated(erp, whole, closing="-190.95")

    lines = await stated(erp, back(mill), opening="-190.95", closing="-63.65", number=2)

    assert amounts(lines, "open_amount") == ["0.00"]
    await owed_again(erp, mill)


async def test_a_person_says_which_payment_has_come_back(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    nobody = "00000000-0000-4000-8000-000000000000"
    unknown = {"end_to_end": "NOTPROVIDED"}
    (line, less, out) = await stated(
        erp,
        back(dairy, **unknown),
        back(dairy, "1.00", **unknown),
        entry("-63.65", day=today()),
        closing="1.00",
    )
    named = {"returned_run_payment_id": dairy["payment_id"]}

    # It is on no line yet: what has not gone cannot come back.
    assert await refused(erp, line, **named) == (404, "not-found")
    await stated(erp, made(dairy), made(mill), opening="1.00", closing="-189.95", number=2)
    assert await refused(erp, line, returned_run_payment_id=nobody) == (404, "not-found")
    assert await refused(erp, less, **named) == (422, "not-the-money")
    assert await refused(erp, out, **named) == (422, "other-direction")
    assert await refused(erp, line, **named, account_code="6430") == (422, "invalid")
    posted = await assign(erp, line, **named)

    assert (posted["document_type"], posted["amount"], posted["open_amount"]) == (
        "line_posting",
        "63.65",
        "0.00",
    )
    assert await transit(erp) == 0
    assert await violations(erp.company) == []


async def test_what_has_come_back_is_not_taken_back_nor_comes_back_twice(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    lines = await stated(erp, made(dairy), made(mill), back(dairy), back(dairy), closing="-63.65")

    assert amounts(lines, "open_amount") == ["0.00", "0.00", "0.00", "63.65"]
    named = {"returned_run_payment_id": dairy["payment_id"]}
    assert await refused(erp, lines[3], **named) == (404, "not-found")
    for line in (lines[0], lines[2]):
        (posting,) = (await erp.get("/v1/bank-postings", line_id=line["line_id"]))["items"]
        path = f"/v1/bank-postings/{posting['posting_id']}/reversal"
        answer = await erp.request("POST", path, {"reason": "a mistake", "reversed_on": today()})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/payment-has-come-back")
        assert dairy["end_to_end_id"] in answer.json()["detail"]
    (posting,) = (await erp.get("/v1/bank-postings", line_id=lines[1]["line_id"]))["items"]
    mistake = {"reason": "a mistake", "reversed_on": today()}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", mistake)
    assert await violations(erp.company) == []


async def test_a_mistake_about_what_came_back_is_mended_by_hand(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    # It was the money of a customer, which had just that amount.
    lines = await stated(erp, made(dairy), made(mill), back(dairy), closing="-127.30")
    assert amounts(lines, "open_amount")[2] == "0.00"

    (account,) = [
        one["code"]
        for one in (await erp.get("/v1/accounts"))["items"]
        if one["role"] == "payments_in_transit"
    ]
    ((invoice,),) = [one["invoices"] for one in run["payments"] if one["supplier_code"] == "DAIRY"]
    by_hand = {"invoice_id": invoice["invoice_id"], "amount": "63.65", "account_code": account}
    await erp.post("/v1/supplier-payments", by_hand | {"paid_on": today()})
    money = {"customer_code": "ALICE", "amount": "63.65", "currency": "EUR", "account_code": account}
    await erp.post("/v1/payments", money | {"received_on": today()})

    assert await transit(erp) == Decimal(0)
    assert await violations(erp.company) == []


async def test_it_comes_back_no_sooner_than_it_went(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    lines = await stated(erp, made(dairy), made(mill), back(dairy, "1.00"), closing="-189.95")
    await owing(erp, "DAIRY", "RE-9")
    (posting,) = (await erp.get("/v1/bank-postings", line_id=lines[0]["line_id"]))["items"]
    away = {"reason": "booked later", "reversed_on": today()}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", away)
    await assign(erp, lines[0], run_payment_id=dairy["payment_id"], posted_on=later(1))
    (line,) = await stated(erp, back(dairy, end_to_end="X"), opening="-189.95", closing="-126.30", number=2)

    named = {"returned_run_payment_id": dairy["payment_id"]}
    assert await refused(erp, line, **named) == (422, "too-early")
    await assign(erp, line, **named, posted_on=later(1))
    assert await transit(erp) == 0


async def test_a_payment_comes_back_while_somebody_reverses_it_by_hand(erp: Erp) -> None:
    run = await a_paid_run(erp)
    _, mill = run["payments"]
    lines = await stated(erp, made(mill), back(mill, end_to_end="NOTPROVIDED"), closing="0.00")

    async def came_back() -> int:
        path = f"/v1/bank-statement-lines/{lines[1]['line_id']}/postings"
        asked = {"returned_run_payment_id": mill["payment_id"]}
        return int((await erp.request("POST", path, asked)).status_code)

    async def reversed_by_hand(invoice: Any) -> int:
        path = f"/v1/supplier-payments/{invoice['supplier_payment_id']}/reversal"
        asked = {"reason": "rejected", "reversed_on": today()}
        return int((await erp.request("POST", path, asked)).status_code)

    by_hand = (reversed_by_hand(invoice) for invoice in mill["invoices"])
    answers = await asyncio.gather(came_back(), *by_hand)

    assert answers == [201, 409, 409]
    assert await violations(erp.company) == []


@pytest.mark.parametrize("how", ["returned", "reversed"])
async def test_another_account_is_another_until_a_payment_to_it_stands(erp: Erp, how: str) -> None:
    await ready(erp)
    await owing(erp)
    (first,) = (await paid(erp, await proposed(erp)))["payments"]
    elsewhere = {"bank_accounts": [{"currency": "EUR", "iban": ANOTHER_IBAN}]}
    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere)
    await owing(erp, number="RE-2")
    (second,) = (await paid(erp, await proposed(erp)))["payments"]
    if how == "returned":
        await stated(erp, made(second), back(second), closing="0.00")
    else:
        (invoice,) = second["invoices"]
        why = {"reason": "AC04 closed account", "reversed_on": today()}
        await erp.post(f"/v1/supplier-payments/{invoice['supplier_payment_id']}/reversal", why)

    (again,) = (await proposed(erp))["payments"]

    assert (second["iban"], second["iban_before"]) == (ANOTHER_IBAN, first["iban"])
    assert (again["iban"], again["iban_before"]) == (ANOTHER_IBAN, first["iban"])
