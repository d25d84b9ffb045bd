"""Payments of a run that the bank rejects: they are owed again, once, and whatever else is said of them."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_payments_in_transit import a_paid_run, made, transit
from tests.api.test_run_payments_coming_back import back
from tests.builders.bank_statements import amounts, camt, imported, lines_of, match, packed
from tests.builders.payment_runs import PATH as RUNS
from tests.builders.payment_runs import owing, proposed, seen, stated, today
from tests.builders.status_reports import (
    DRY_RUN,
    LINES,
    PATH,
    outcomes,
    refused,
    report,
    reported,
    send,
    transaction,
)
from tests.checked import violations
from tests.erp import Erp

CLOSED = ("AC04", "Konto erloschen")


async def settled(erp: Erp, imported: Any) -> Any:
    """The run that takes back what a report rejects, when all was tried."""
    for _ in range(400):
        answer = await erp.request("GET", f"/v1/processes/{imported['run_id']}")
        if answer.status_code == 200 and answer.json()["stage"].startswith("done"):
            return answer.json()
        await asyncio.sleep(0.05)
    raise AssertionError(f"{imported['run_id']} is not done: {answer.text}")


async def rejected(erp: Erp, content: bytes) -> Any:
    """A report that rejects payments, when these are taken back."""
    told = await reported(erp, content)
    await settled(erp, told)
    return told


async def states(erp: Erp, run: Any) -> list[str]:
    """How far the payments of a run have come."""
    return [one["state"] for one in (await seen(erp, run))["payments"]]


async def is_owed_again(erp: Erp, *payments: Any) -> None:
    """Their invoices are, once, and the next run pays them; nothing of them is in transit."""
    for payment in payments:
        for invoice in payment["invoices"]:
            shown = await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}")
            assert shown["open_amount"] == "63.65"
    assert await violations(erp.company) == []
    again = await proposed(erp)
    assert [one["amount"] for one in again["payments"]] == [one["amount"] for one in payments]


async def test_what_the_bank_says_is_noted_at_each_payment(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    assert await states(erp, run) == ["in_transit", "in_transit"]

    whole = await reported(erp, report(run, group="ACTC", at=f"{today()}T08:00:00Z"))
    both = report(run, transaction(dairy, "ACSP"), transaction(mill, "PDNG", "NARR", "Prüfung"), group="PART")
    single = await reported(erp, both)

    assert (whole["noted"], single["noted"], single["to_reject"], single["run_id"]) == (2, 2, 0, "")
    shown = (await seen(erp, run))["payments"]
    assert [one["state"] for one in shown] == ["accepted", "in_transit"]
    assert [one["bank_status"]["status_name"] for one in shown] == ["AcceptedSettlementInProcess", "Pending"]
    why = shown[1]["bank_status"]
    assert (why["reason_code"], why["reason_name"], why["reason_text"]) == ("NARR", "Narrative", "Prüfung")
    assert await transit(erp) == Decimal("-190.95")
    assert (await erp.get(RUNS, with_rejections=True))["items"] == []


async def test_a_rejected_payment_is_owed_again_and_the_other_is_not(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]

    content = report(run, transaction(dairy, "ACSP"), transaction(mill, "RJCT", *CLOSED), group="PART")
    told = await rejected(erp, content)

    assert (told["noted"], told["to_reject"], told["is_new"]) == (1, 1, True)
    assert await outcomes(erp, told) == ["noted", "rejected"]
    shown = (await seen(erp, run))["payments"][1]
    assert (shown["state"], shown["rejected_on"]) == ("rejected", today())
    assert shown["bank_status"]["reason_name"] == "ClosedAccountNumber"
    assert {one["reversed_by"] is not None for one in shown["invoices"]} == {True}
    reversals = (await erp.get("/v1/reversals"))["items"]
    assert {one["reason"] for one in reversals} == {
        f"{mill['end_to_end_id']} was rejected by the bank (AC04 ClosedAccountNumber: Konto erloschen)"
    }
    assert await transit(erp) == Decimal("-63.65")
    assert [one["run_id"] for one in (await erp.get(RUNS, with_rejections=True))["items"]] == [run["run_id"]]
    await is_owed_again(erp, mill)


@pytest.mark.parametrize("level", ["group", "payment_information"])
async def test_all_payments_are_rejected_with_their_file(erp: Erp, level: str) -> None:
    run = await a_paid_run(erp)
    kind: dict[str, Any] = {level: "RJCT"}

    told = await rejected(erp, report(run, **kind, why=("FF01", "schema"), version="03"))

    assert await outcomes(erp, told) == ["rejected", "rejected"]
    assert await states(erp, run) == ["rejected", "rejected"]
    assert await transit(erp) == 0
    await is_owed_again(erp, *run["payments"])


async def test_what_is_said_of_one_payment_goes_before_what_is_said_of_all(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]

    await rejected(erp, report(run, transaction(dairy, "ACSC"), group="ACCP", payment_information="RJCT"))

    assert await states(erp, run) == ["accepted", "rejected"]


async def test_the_same_file_is_imported_once_and_kept_as_it_came(erp: Erp) -> None:
    run = await a_paid_run(erp)
    content = packed(report(run, transaction(run["payments"][0], "RJCT", *CLOSED)))

    together = await asyncio.gather(*(send(erp, content) for _ in range(4)))
    first, *others = [erp.accepted(one) for one in together]
    await settled(erp, next(one for one in [first, *others] if one["is_new"]))

    assert sum(one["is_new"] for one in [first, *others]) == 1
    assert {one["report_id"] for one in others} == {first["report_id"]}
    (listed,) = (await erp.get(PATH))["items"]
    assert (listed["line_count"], listed["to_reject"]) == (1, 0)
    assert (await erp.get(f"{PATH}/{first['report_id']}")) == listed
    file = await erp.request("GET", f"{PATH}/{first['report_id']}/file")
    assert file.content == content
    assert len((await erp.get("/v1/reversals"))["items"]) == 1
    assert await violations(erp.company) == []


async def test_reports_that_say_the_same_in_any_order_change_nothing_twice(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    no = transaction(mill, "RJCT", *CLOSED)
    late, early = f"{today()}T18:00:00Z", f"{today()}T06:00:00Z"

    await rejected(erp, report(run, transaction(dairy, "ACSP"), no, at=late))
    again = await reported(erp, report(run, transaction(dairy, "ACTC"), no, at=early))
    ended = await reported(erp, report(run, transaction(dairy, "ACSC"), transaction(mill, "ACSC"), at=early))
    back_again = await reported(erp, report(run, transaction(dairy, "PDNG"), at=f"{today()}T19:00:00Z"))
    no_more = await reported(erp, report(run, transaction(dairy, "RJCT"), at=f"{today()}T20:00:00Z"))

    assert await outcomes(erp, again) == ["older", "after_rejection"]
    assert await outcomes(erp, ended) == ["noted", "after_rejection"]
    assert await outcomes(erp, back_again) == ["after_settlement"]
    assert (await outcomes(erp, no_more), no_more["run_id"]) == (["after_settlement"], "")
    assert await states(erp, run) == ["accepted", "rejected"]
    assert len((await erp.get("/v1/reversals"))["items"]) == 2
    await is_owed_again(erp, mill)


async def test_what_is_of_no_payment_of_ours_is_said_by_name_and_stops_nothing(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    other = report("PR-999999", transaction(dairy, "RJCT"), group="RJCT")
    mixed = report(
        run,
        transaction("PR-000001-99999", "RJCT"),
        transaction(dairy, "WHAT"),
        transaction(mill, "ACTC"),
    )
    elsewhere = report(
        run,
        inside="<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>",
    )

    told = await reported(erp, packed(other, mixed, elsewhere))

    assert sorted(await outcomes(erp, told)) == [
        "noted",
        "unknown_message",
        "unknown_message",
        "unknown_payment_information",
        "unknown_status",
        "unknown_transaction",
    ]
    assert (told["unknown"], told["run_id"]) == (5, "")
    listed = await erp.get(LINES, report_id=told["report_id"], outcome="unknown_transaction")
    assert [one["end_to_end_id"] for one in listed["items"]] == ["PR-000001-99999"]
    assert await states(erp, run) == ["in_transit", "accepted"]


async def test_a_run_without_a_file_is_not_ordered(erp: Erp) -> None:
    await a_paid_run(erp)
    await owing(erp, "DAIRY", "RE-9")
    waiting = await proposed(erp)

    told = await reported(erp, report(waiting, group="RJCT"))

    assert await outcomes(erp, told) == ["not_ordered"]
    assert (await seen(erp, waiting))["payments"][0]["state"] == "planned"


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&b;</Document>'
)


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (BOMB, 422, "entities-refused"),
        (camt(closing="0.00"), 422, "unknown-format"),
        (b"Datum;Betrag", 422, "unknown-format"),
        (report("PR-1", group="ACTC")[:-9], 422, "status-report-malformed"),
        (report("PR-1", *[transaction("a", "ACTC")] * 200_001), 413, "status-report-too-large"),
    ],
)
async def test_what_is_no_status_report_is_refused(
    erp: Erp, content: bytes, status: int, problem: str
) -> None:
    assert await refused(erp, content) == (status, problem)
    assert (await erp.get(PATH))["items"] == []


async def test_a_dry_run_imports_nothing(erp: Erp) -> None:
    run = await a_paid_run(erp)

    answer = await send(erp, report(run, group="RJCT"), key=DRY_RUN)

    assert answer.json()["to_reject"] == 2
    assert (await erp.get(PATH))["items"] == []
    assert await states(erp, run) == ["in_transit", "in_transit"]


# Against what statements say


async def test_a_payment_that_a_line_has_confirmed_is_not_rejected(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    await stated(erp, made(mill), closing="-127.30")

    told = await reported(erp, report(run, transaction(dairy, "RJCT"), transaction(mill, "RJCT")))
    shown = await settled(erp, told)

    assert shown["failure"] == "banking.reject_payment: payment-confirmed"
    assert await outcomes(erp, told) == ["rejected", "to_reject"]
    assert await states(erp, run) == ["rejected", "confirmed"]
    assert len((await erp.get("/v1/reversals"))["items"]) == 1
    (posting,) = (await erp.get("/v1/bank-postings"))["items"]
    mistake = {"reason": "not made after all", "reversed_on": today()}
    await erp.post(f"/v1/bank-postings/{posting['posting_id']}/reversal", mistake)
    await erp.post(f"/v1/processes/{shown['id']}/repair", {"action": "retry", "reason": "x"}, by="operator")
    await until_outcomes(erp, told, ["rejected", "rejected"])
    await is_owed_again(erp, dairy, mill)


async def until_outcomes(erp: Erp, told: Any, wanted: list[str]) -> None:
    """Wait until the lines of a report have come to these."""
    for _ in range(400):
        if (now := await outcomes(erp, told)) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"they are {now}, not {wanted}")


async def test_a_payment_that_has_come_back_or_was_reversed_is_owed_once(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    await stated(erp, made(mill), back(mill), closing="0.00")
    ((invoice,),) = [dairy["invoices"]]
    path = f"/v1/supplier-payments/{invoice['supplier_payment_id']}/reversal"
    await erp.post(path, {"reason": "stopped", "reversed_on": today()})
    assert await states(erp, run) == ["taken_back", "returned"]

    told = await rejected(erp, report(run, group="RJCT"))

    assert await outcomes(erp, told) == ["reversed_before", "returned_before"]
    assert await states(erp, run) == ["rejected", "returned"]
    assert len((await erp.get("/v1/reversals"))["items"]) == 3
    await is_owed_again(erp, dairy, mill)


async def test_of_a_payment_of_which_a_part_was_reversed_the_rest_is(erp: Erp) -> None:
    run = await a_paid_run(erp)
    _, mill = run["payments"]
    path = f"/v1/supplier-payments/{mill['invoices'][0]['supplier_payment_id']}/reversal"
    await erp.post(path, {"reason": "stopped", "reversed_on": today()})

    told = await rejected(erp, report(run, transaction(mill, "RJCT")))

    assert await outcomes(erp, told) == ["rejected"]
    assert len((await erp.get("/v1/reversals"))["items"]) == 2
    await is_owed_again(erp, mill)


async def test_a_line_that_confirms_a_rejected_payment_waits_for_a_person(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    await rejected(erp, report(run, transaction(mill, "RJCT")))

    lines = await stated(erp, made(dairy), made(mill), closing="-190.95")

    assert amounts(lines, "open_amount") == ["0.00", "-127.30"]
    assert [one["is_of_rejected"] for one in lines] == [False, True]
    path = f"/v1/bank-statement-lines/{lines[1]['line_id']}/postings"
    for asked in ({"run_payment_id": mill["payment_id"]}, {"payment_run_id": run["run_id"]}):
        answer = await erp.request("POST", path, asked)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/payment-was-rejected")
        assert mill["end_to_end_id"] in answer.json()["detail"]
    # As the refusal says.
    (account,) = [
        one["code"]
        for one in (await erp.get("/v1/accounts"))["items"]
        if one["role"] == "payments_in_transit"
    ]
    for invoice in mill["invoices"]:
        by_hand = {"invoice_id": invoice["invoice_id"], "amount": "63.65", "account_code": account}
        await erp.post("/v1/supplier-payments", by_hand | {"paid_on": today()})
    await erp.post(path, {"account_code": account}, by="accountant")
    assert await transit(erp) == 0
    assert await violations(erp.company) == []


@pytest.mark.parametrize("number", range(3))
async def test_a_rejection_and_a_line_at_once_are_one_of_both(erp: Erp, number: int) -> None:
    run = await a_paid_run(erp)
    dairy, mill = run["payments"]
    (statement,) = await imported(erp, camt(made(dairy), made(mill), closing="-190.95", day=today()))

    told, _ = await asyncio.gather(
        rejected(erp, report(run, group="RJCT")), match(erp, statement, key=str(number))
    )

    lines = await lines_of(erp, statement)
    for state, outcome, line in zip(await states(erp, run), await outcomes(erp, told), lines, strict=True):
        assert (state, outcome, line["open_amount"] == "0.00") in (
            ("confirmed", "to_reject", True),
            ("rejected", "rejected", False),
        )
    assert await violations(erp.company) == []


async def test_a_rejection_and_a_reversal_at_once_reverse_once(erp: Erp) -> None:
    run = await a_paid_run(erp)
    dairy, _ = run["payments"]
    path = f"/v1/supplier-payments/{dairy['invoices'][0]['supplier_payment_id']}/reversal"
    by_hand = erp.request("POST", path, {"reason": "stopped", "reversed_on": today()})

    told, _ = await asyncio.gather(rejected(erp, report(run, transaction(dairy, "RJCT"))), by_hand)

    assert (await outcomes(erp, told))[0] in ("rejected", "reversed_before")
    assert len((await erp.get("/v1/reversals"))["items"]) == 1
    await is_owed_again(erp, dairy)


async def test_what_is_in_a_locked_period_waits_until_it_is_open(erp: Erp) -> None:
    run = await a_paid_run(erp)
    await locked_through(erp, today())

    told = await reported(erp, report(run, group="RJCT"))
    shown = await settled(erp, told)

    assert shown["failure"] == "banking.reject_payment: period-locked"
    assert await outcomes(erp, told) == ["to_reject", "to_reject"]
    assert [one["report_id"] for one in (await erp.get(PATH, to_reject=True))["items"]] == [told["report_id"]]
    assert await states(erp, run) == ["in_transit", "in_transit"]
    await locked_through(erp, None)
    await erp.post(f"/v1/processes/{shown['id']}/repair", {"action": "retry", "reason": "x"}, by="operator")
    await until_outcomes(erp, told, ["rejected", "rejected"])
    await is_owed_again(erp, *run["payments"])


async def locked_through(erp: Erp, day: str | None) -> None:
    """This year's books are closed through a day."""
    path = f"/v1/fiscal-years/{today()[:4]}"
    etag = (await erp.request("GET", path)).headers["etag"]
    erp.accepted(await erp.request("PATCH", path, {"locked_through": day}, if_match=etag))
