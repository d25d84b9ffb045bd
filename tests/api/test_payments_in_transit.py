"""What a payment run has paid is in transit until a statement of the bank says so."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import payment_runs, purchase_orders
from tests.builders.bank_statements import amounts, assign, entry
from tests.builders.payment_runs import owing, paid, proposed, ready, seen, stated
from tests.checked import violations
from tests.erp import Erp


async def a_paid_run(erp: Erp) -> Any:
    """Two payments: 63.65 to the dairy, 127.30 to the mill."""
    await ready(erp)
    for number in ("RE-1", "RE-2"):
        await owing(erp, number=number)
    await owing(erp, "DAIRY")
    return await paid(erp, await proposed(erp))


def made(payment: Any, **more: str) -> str:
    """The line of a payment."""
    return entry(
        f"-{more.pop('amount', payment['amount'])}",
        more.pop("text", "Invoices"),
        day=payment_runs.today(),
        end_to_end=payment["end_to_end_id"],
        iban=payment["iban"],
        **more,
    )


async def transit(erp: Erp) -> Decimal:
    """What is on its way."""
    return (await erp.balances()).get("payments_in_transit", Decimal(0))


async def postings(erp: Erp) -> list[tuple[str, str]]:
    """What lines were posted as: rule and amount."""
    found = (await erp.get("/v1/bank-postings", sort="posted_on"))["items"]
    return sorted((one["rule"], one["amount"]) for one in found)


async def test_payments_are_in_transit_until_the_bank_has_made_them(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]

    lines = await stated(erp, made(dairy), made(mill), closing="-190.95")

    assert amounts(lines, "open_amount") == ["0.00", "0.00"]
    assert await postings(erp) == [("payment of a run", "-127.30"), ("payment of a run", "-63.65")]
    assert await transit(erp) == 0
    confirmed = [one["confirmed_by"] for one in (await seen(erp, run))["payments"]]
    assert confirmed == ["SAVINGS-000001/1", "SAVINGS-000001/2"]
    days = {"from": payment_runs.today(), "to": payment_runs.today()}
    (balance,) = (await erp.get("/v1/reports/bank-balances", bank_account="SAVINGS", **days))["days"]
    assert balance["difference"] == "0.00"
    assert await violations(erp.company) == []


async def test_a_whole_run_that_the_bank_has_booked_as_one_is_known_by_its_number(erp: Erp) -> None:
    run = await a_paid_run(erp)
    whole = entry("-190.95", f"Order {run['run_number']}", day=payment_runs.today())

    lines = await stated(erp, whole, closing="-190.95")

    assert (amounts(lines, "open_amount"), await transit(erp)) == (["0.00"], Decimal(0))
    assert {one["confirmed_by"] for one in (await seen(erp, run))["payments"]} == {"SAVINGS-000001/1"}
    assert await violations(erp.company) == []


async def test_what_the_bank_has_made_before_its_day_is_posted_on_that_day(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await paid(erp, await proposed(erp, pay_on=payment_runs.later(1), due_until=payment_runs.later(1)))
    (mill,) = run["payments"]
    early = {"posted_on": payment_runs.today(), "run_payment_id": mill["payment_id"]}

    (line, other) = await stated(erp, made(mill), made(mill, amount="1.00"), closing="-64.65")

    (posting,) = (await erp.get("/v1/bank-postings"))["items"]
    assert (line["open_amount"], posting["posted_on"]) == ("0.00", payment_runs.later(1))
    back = {"reason": "another look", "reversed_on": payment_runs.later(1)}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", back)
    path = f"/v1/bank-statement-lines/{line['line_id']}/postings"
    answer = await erp.request("POST", path, early)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "posted_on")
    assert other["open_amount"] == "-1.00"
    assert await violations(erp.company) == []


async def test_another_amount_than_was_ordered_waits_for_a_person(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    await owing(erp, "DAIRY", "RE-9")

    # Its amount is that of another invoice of the supplier, and its account is known by its name.
    wrong = made(mill, amount="63.65", name="Dairy")
    lines = await stated(erp, made(dairy), wrong, closing="-127.30")

    assert amounts(lines, "open_amount") == ["0.00", "-63.65"]
    assert await transit(erp) == Decimal("-127.30")


async def test_what_the_bank_has_made_twice_waits_for_a_person(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    await owing(erp, "DAIRY", "RE-9")

    lines = await stated(erp, made(dairy), made(mill), made(dairy, name="Dairy"), closing="-254.60")
    later = await stated(erp, made(dairy, name="Dairy"), opening="-254.60", closing="-318.25", number=2)

    assert amounts([*lines, *later], "open_amount") == ["0.00", "0.00", "-63.65", "-63.65"]
    twice = {"run_payment_id": dairy["payment_id"]}
    path = f"/v1/bank-statement-lines/{later[0]['line_id']}/postings"
    answer = await erp.request("POST", path, twice)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "run_payment_id")
    assert await violations(erp.company) == []


async def test_a_line_that_is_taken_back_leaves_the_payment_in_transit(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    lines = await stated(erp, made(dairy), made(mill), closing="-190.95")
    (posting, *_) = (await erp.get("/v1/bank-postings", line_id=lines[0]["line_id"]))["items"]

    back = {"reason": "another account", "reversed_on": payment_runs.today()}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", back)

    assert await transit(erp) == Decimal("-63.65")
    assert (await seen(erp, run))["payments"][0]["confirmed_by"] is None
    await assign(erp, lines[0], run_payment_id=dairy["payment_id"])
    assert await transit(erp) == 0
    assert await violations(erp.company) == []


async def test_a_payment_that_the_bank_did_not_make_is_owed_again(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    (invoice,) = dairy["invoices"]

    back = {"reason": "AC04 closed account", "reversed_on": payment_runs.today()}
    await erp.post(f"/v1/supplier-payments/{invoice['supplier_payment_id']}/reversal", back)
    lines = await stated(erp, made(mill), closing="-127.30")
    again = await proposed(erp)

    assert (amounts(lines, "open_amount"), await transit(erp)) == (["0.00"], Decimal(0))
    assert [one["amount"] for one in again["payments"]] == ["63.65"]
    assert await violations(erp.company) == []


async def test_two_runs_pay_an_invoice_when_a_payment_by_hand_was_a_mistake(erp: Erp) -> None:
    await ready(erp)
    invoice = await owing(erp)
    by_hand = await purchase_orders.pay(erp, invoice, "40.00")
    await paid(erp, await proposed(erp))
    back = {"reason": "never sent", "reversed_on": payment_runs.today()}
    await erp.post(f"/v1/supplier-payments/{by_hand['payment_id']}/reversal", back)

    second = await paid(erp, await proposed(erp))

    assert second["amount"] == "40.00"
    assert await violations(erp.company) == []


@pytest.mark.parametrize("field", ["run_payment_id", "payment_run_id"])
async def test_a_person_says_which_payment_a_line_is(erp: Erp, field: str) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    named = {"run_payment_id": dairy["payment_id"], "payment_run_id": run["run_id"]}[field]
    amount = {"run_payment_id": "63.65", "payment_run_id": "190.95"}[field]
    today = payment_runs.today()
    (line, less, came) = await stated(
        erp,
        *(entry(of, "?", day=today) for of in (f"-{amount}", "-1.00", amount)),
        closing="-1.00",
    )

    async def refused(one: Any, **asked: Any) -> tuple[int, str]:
        answer = await erp.request("POST", f"/v1/bank-statement-lines/{one['line_id']}/postings", asked)
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    assert await refused(less, **{field: named}) == (422, "not-the-money")
    assert await refused(came, **{field: named}) == (422, "other-direction")
    assert await refused(line, **{field: "00000000-0000-4000-8000-000000000000"}) == (404, "not-found")
    assert await refused(line, **{field: named}, account_code="6430") == (422, "invalid")
    await assign(erp, line, **{field: named})
    assert await violations(erp.company) == []


async def reversal(erp: Erp, run: Any, supplier: str) -> Any:
    """An attempt to take a supplier's payment of a run back by hand."""
    (payment,) = [one for one in run["payments"] if one["supplier_code"] == supplier]
    (invoice,) = payment["invoices"]
    path = f"/v1/supplier-payments/{invoice['supplier_payment_id']}/reversal"
    return await erp.request("POST", path, {"reason": "rejected", "reversed_on": payment_runs.today()})


async def test_a_payment_that_a_statement_has_confirmed_is_taken_from_its_line_first(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    lines = await stated(erp, made(dairy), made(mill), closing="-190.95")

    refused = await reversal(erp, run, "DAIRY")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/stands-on-it")
    assert "SAVINGS-000001/1" in refused.json()["detail"]
    (posting, *_) = (await erp.get("/v1/bank-postings", line_id=lines[0]["line_id"]))["items"]
    back = {"reason": "another account", "reversed_on": payment_runs.today()}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", back)
    assert (await reversal(erp, run, "DAIRY")).status_code == 201
    assert await transit(erp) == 0
    assert await violations(erp.company) == []


async def test_a_second_debit_of_one_payment_is_not_anothers_of_the_same_amount(erp: Erp) -> None:
    await ready(erp)
    for supplier in ("DAIRY", "MILL"):
        await owing(erp, supplier)
    run = await paid(erp, await proposed(erp))
    dairy, mill = run["payments"]

    twice = made(dairy, text=f"Invoices {dairy['end_to_end_id']}")
    without_id = entry("-63.65", f"Order {dairy['end_to_end_id']}", day=payment_runs.today())
    lines = await stated(erp, made(dairy), twice, without_id, closing="-190.95")

    assert amounts(lines, "open_amount") == ["0.00", "-63.65", "-63.65"]
    later = await stated(erp, made(mill), opening="-190.95", closing="-254.60", number=2)
    assert (amounts(later, "open_amount"), await transit(erp)) == (["0.00"], Decimal(0))


async def test_a_line_without_the_id_is_the_payment_of_its_party_and_amount(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    await owing(erp, "DAIRY", "RE-9")

    rent = entry("-63.65", "Milk", day=payment_runs.today(), iban=dairy["iban"], name="Dairy")
    lines = await stated(erp, rent, rent, closing="-127.30")

    assert (await postings(erp))[-1] == ("payment of a run", "-63.65")
    assert await transit(erp) == Decimal("-127.30")
    assert amounts(lines, "open_amount")[0] == "0.00"
    assert await violations(erp.company) == []


@pytest.mark.parametrize("by_rule", [False, True])
async def test_a_payment_is_not_confirmed_before_the_day_it_was_in_transit_again(
    erp: Erp, by_rule: bool
) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    (wrong,) = await stated(erp, made(dairy), closing="-63.65")
    (posting,) = (await erp.get("/v1/bank-postings", line_id=wrong["line_id"]))["items"]
    back = {"reason": "another account", "reversed_on": payment_runs.later(1)}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", back)

    # Between the two days it would be on the bank's account twice.
    line = made(dairy) if by_rule else entry("-63.65", "?", day=payment_runs.today())
    (right,) = await stated(erp, line, opening="-63.65", closing="-127.30", number=2)
    if not by_rule:
        asked = {"run_payment_id": dairy["payment_id"]}
        path = f"/v1/bank-statement-lines/{right['line_id']}/postings"
        answer = await erp.request("POST", path, asked | {"posted_on": payment_runs.today()})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-early")
        await assign(erp, right, **asked, posted_on=payment_runs.later(1))

    (again,) = (await erp.get("/v1/bank-postings", line_id=right["line_id"]))["items"]
    assert again["posted_on"] == payment_runs.later(1)
    assert await violations(erp.company) == []


async def test_a_line_of_before_the_run_was_released_is_another_payment(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]

    early = entry("-63.65", "Milk", day=payment_runs.later(-1), iban=dairy["iban"], name="Dairy")
    lines = await stated(erp, early, closing="-63.65")

    assert (amounts(lines, "open_amount"), await transit(erp)) == (["-63.65"], Decimal("-190.95"))


async def test_a_payment_is_confirmed_or_taken_back_and_never_both(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    unknown = [entry("-63.65", "Paid", day=payment_runs.today(), name=f"Number {n}") for n in range(2)]
    lines = await stated(erp, *unknown, closing="-127.30")

    async def confirmed() -> int:
        path = f"/v1/bank-statement-lines/{lines[0]['line_id']}/postings"
        asked = {"run_payment_id": dairy["payment_id"], "posted_on": payment_runs.today()}
        return int((await erp.request("POST", path, asked)).status_code)

    async def taken_back() -> int:
        return int((await reversal(erp, run, "DAIRY")).status_code)

    answers = await asyncio.gather(confirmed(), taken_back())

    assert sorted(answers)[0] == 201
    assert sorted(answers)[1] in (404, 409), answers
    assert await violations(erp.company) == []


async def test_a_payment_is_confirmed_by_one_of_two_who_say_so_at_once(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    unknown = [entry("-63.65", "Paid", day=payment_runs.today(), name=f"Number {n}") for n in range(4)]
    lines = await stated(erp, *unknown, closing="-254.60")

    async def confirmed(line: Any) -> int:
        asked = {"run_payment_id": dairy["payment_id"]}
        path = f"/v1/bank-statement-lines/{line['line_id']}/postings"
        return int((await erp.request("POST", path, asked)).status_code)

    answers = await asyncio.gather(*(confirmed(line) for line in lines))

    assert sorted(answers) == [201, 404, 404, 404]
    assert await violations(erp.company) == []
