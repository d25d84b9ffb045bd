"""A customer is reminded on the right days, charged to the cent, and left alone once it has paid.

Interest is simple, actual/365, from the day after the due date (German Civil Code, §§ 187 (1), 288 (2)):
119.00 at 9 % for 35 days is 119.00 × 0.09 × 35 / 365 = 1.0270 → 1.03.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.workflows.dunning.reminding import Reminding, run

FIRST, SECOND, THIRD = (1, 0), (2, 14), (3, 28)
"""Level, and days after the first letter: 7, 21 and 35 days overdue."""


async def test_letters_are_written_on_their_days_and_charged_to_the_cent(reminding: Reminding) -> None:
    order = await reminding.owe(days_overdue=7)
    await reminding.run()
    await reminding.until("reminded, level 1")
    await reminding.pass_days(13)
    assert await reminding.days_of_letters() == [FIRST]
    await reminding.pass_days(2)
    assert await reminding.days_of_letters() == [FIRST, SECOND]
    await reminding.pass_days(15)

    assert await reminding.days_of_letters() == [FIRST, SECOND, THIRD]
    first, second, third = await reminding.letters()
    assert [_figures(letter) for letter in (first, second, third)] == [
        ("119.00", "0.00", "0.00", "119.00"),
        ("119.00", "5.00", "0.00", "124.00"),
        ("119.00", "10.00", "1.03", "135.03"),
    ]
    assert [line["document_number"] for line in third["lines"]] == [
        order["invoice_number"],
        second["letter_number"],
    ]
    assert third["lines"][0]["interest_from"] == str(reminding.begun_on - timedelta(days=6))
    assert third["lines"][0]["interest_until"] == third["written_on"]
    assert await reminding.charges() == {"dunning_fees": Decimal("15.00"), "interest_income": Decimal("1.03")}
    assert (await reminding.erp.balances())["receivable"] == Decimal("135.03")
    dunning = await reminding.dunning()
    assert (dunning["stage"], dunning["waiting_on"]) == ("waiting for a decision", "accountant")
    await reminding.everything_agrees()


async def test_interest_is_charged_once_for_each_day_and_never_on_charges(reminding: Reminding) -> None:
    await reminding.erp.post("/v1/dunning-procedures", _procedure("ALICE", interest="9", fee="5.00"))
    await reminding.owe(days_overdue=10, price="100.00")  # 1,190.00 with tax
    await reminding.run()
    await reminding.until("reminded, level 1")
    await reminding.pass_days(11)

    first, second = await reminding.letters()
    # 1,190.00 × 0.09 × 10 / 365 = 2.934 → 2.93, for each ten days.
    assert _figures(first) == ("1190.00", "5.00", "2.93", "1197.93")
    assert _figures(second) == ("1190.00", "5.00", "2.93", "1205.86")
    assert second["lines"][0]["interest_from"] == str(reminding.begun_on + timedelta(days=1))
    assert second["lines"][1]["open_amount"] == "7.93"


async def test_paid_between_two_letters_it_is_over(reminding: Reminding) -> None:
    order = await reminding.owe()
    await reminding.run()
    await reminding.until("reminded, level 1")
    await reminding.pass_days(5)
    await reminding.pay(order, "119.00")
    await reminding.pass_days(2)

    await reminding.until("paid")
    assert await reminding.days_of_letters() == [FIRST]
    assert (await reminding.dunning())["outcome"] == "paid"


async def test_what_a_letter_charges_is_settled_as_an_invoice_is(reminding: Reminding) -> None:
    await reminding.owe(days_overdue=21)
    await reminding.run()
    await reminding.until("reminded, level 1")
    await reminding.pass_days(8)
    _, second = await reminding.letters()
    money = {"customer_code": "ALICE", "received_on": second["written_on"], "currency": "EUR"}
    named = {"amount": "5.00", "invoice_id": second["letter_id"]}

    paid = await reminding.erp.post("/v1/payments", money | named, by="accountant")

    (settled,) = paid["settlements"]
    assert (settled["invoice_number"], settled["amount"]) == (second["letter_number"], "5.00")
    assert (await reminding.erp.balances())["receivable"] == Decimal("119.00")
    await reminding.everything_agrees()
    open_items = (await reminding.erp.get("/v1/open-items", side="receivable"))["items"]
    assert [item["document_type"] for item in open_items] == ["invoice"]


async def test_a_promise_is_waited_for_and_then_it_goes_on_at_the_same_level(reminding: Reminding) -> None:
    await reminding.owe()
    await reminding.run()
    await reminding.until("reminded, level 1")
    until = reminding.begun_on + timedelta(days=20)

    promised = await reminding.tell("promise", {"until": str(until), "reason": "on the phone"})

    assert (promised["stage"], promised["waiting_on"]) == ("promised to pay", "customer")
    await reminding.pass_days(20)
    assert await reminding.days_of_letters() == [FIRST]
    await reminding.pass_days(2)
    assert await reminding.days_of_letters() == [FIRST, (2, 21)]


async def test_a_disputed_invoice_is_left_out_until_it_is_resumed(reminding: Reminding) -> None:
    disputed = await reminding.owe(days_overdue=21)
    other = await reminding.owe(days_overdue=7, price="1.00")
    await reminding.run()
    await reminding.until("reminded, level 1")
    why = {"invoice_id": disputed["invoice_id"], "reason": "short delivered"}
    await reminding.tell("dispute", why)
    await reminding.pass_days(15)

    first, second = await reminding.letters()
    assert _invoices(first) == [disputed["invoice_number"], other["invoice_number"]]
    assert _invoices(second) == [other["invoice_number"]]
    await reminding.tell("resume", {"reason": "agreed"})
    await reminding.pass_days(15)
    *_, third = await reminding.letters()
    assert _invoices(third) == [disputed["invoice_number"], other["invoice_number"]]


async def test_all_disputed_nothing_is_written_until_it_is_resumed(reminding: Reminding) -> None:
    await reminding.owe()
    await reminding.run()
    await reminding.until("reminded, level 1")
    disputed = await reminding.tell("dispute", {"reason": "wrong goods"})
    await reminding.pass_days(60)

    assert (disputed["stage"], disputed["waiting_on"]) == ("disputed", "accountant")
    assert await reminding.days_of_letters() == [FIRST]
    resumed = await reminding.tell("resume", {"reason": "they were right"})
    assert resumed["stage"] == "reminded, level 1"
    await reminding.pass_days(1)
    assert [level for level, _ in await reminding.days_of_letters()] == [1, 2]


async def test_stopped_no_more_letters_are_written_and_what_was_overdue_is_never_reminded_of_again(
    reminding: Reminding,
) -> None:
    await reminding.owe()
    await reminding.run()
    await reminding.until("reminded, level 1")
    on = str(await reminding.today())

    stopped = await reminding.tell("stop", {"reason": "collection takes over", "stopped_on": on})

    assert stopped["stage"] == "stopped"
    await reminding.pass_days(1)
    assert await reminding.days_of_letters() == [FIRST]
    body = {"reason": "once more"}
    dunning = (await reminding.erp.get("/v1/dunning", sort="begun_on"))["items"]
    stopped_one = next(one for one in dunning if one["outcome"] == "stopped")
    path = f"/v1/dunning/{stopped_one['dunning_id']}/resume"
    response = await reminding.erp.request("POST", path, body, by="accountant")
    assert (response.status_code, response.json()["type"]) == (409, "/problems/dunning-is-over")


async def test_after_an_outage_over_two_letters_each_is_written_once_and_not_both_at_once(
    reminding: Reminding,
) -> None:
    await reminding.owe()
    await reminding.run()
    await reminding.until("reminded, level 1")
    await reminding.clock.sleep(timedelta(days=40))
    assert await reminding.days_of_letters() == [FIRST]
    for missed in range(1, 41):
        await run(reminding.erp, reminding.begun_on + timedelta(days=missed))

    await reminding.until("reminded, level 2")
    _, second = await reminding.letters()
    assert second["scheduled_on"] == str(reminding.begun_on + timedelta(days=14))
    assert second["written_on"] >= str(reminding.begun_on + timedelta(days=40))
    await reminding.pass_days(8)
    letters = await reminding.letters()
    assert [letter["level"] for letter in letters] == [1, 2, 3]
    assert len({letter["scheduled_on"] for letter in letters}) == len(letters)


async def test_money_on_account_counts_as_paid(reminding: Reminding) -> None:
    await reminding.owe(days_overdue=21)
    await reminding.run()
    await reminding.until("reminded, level 1")
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": str(reminding.begun_on)}
    await reminding.erp.post("/v1/payments", money | {"amount": "100.00"}, by="accountant")
    await reminding.pass_days(8)

    _, second = await reminding.letters()
    assert _figures(second) == ("119.00", "5.00", "0.00", "24.00")
    await reminding.erp.post("/v1/payments", money | {"amount": "19.00"}, by="accountant")
    await reminding.pass_days(2)
    await reminding.until("paid")


def _procedure(customer: str, *, interest: str, fee: str) -> dict[str, Any]:
    texts = [{"language": "en", "title": "Reminder", "text": "Please pay by {pay_by}."}]
    levels = [
        {"days_overdue": days, "interest_percent": interest, "fee_amount": fee, "texts": texts}
        for days in (10, 20)
    ]
    return {"code": "HARD", "name": "Every ten days", "customers": [customer], "levels": levels}


def _figures(letter: Any) -> tuple[str, ...]:
    names = ("overdue_amount", "fee_amount", "interest_amount", "total_amount")
    return tuple(letter[name] for name in names)


def _invoices(letter: Any) -> list[str]:
    return [line["document_number"] for line in letter["lines"] if line["kind"] == "invoice"]
