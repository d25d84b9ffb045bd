"""Payment runs: kept, edited, approved by two persons, posted, and written as a file for the bank."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import payment_runs, purchase_orders
from tests.builders.bank_details import changed_at_once
from tests.builders.payment_runs import (
    DIRECTOR,
    MILL,
    PATH,
    PROPOSER,
    SECOND,
    approved,
    asked,
    decided,
    edit,
    later,
    owing,
    paid,
    problem,
    proposed,
    ready,
    seen,
    submitted,
    until,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp

DISCOUNT = {
    "code": "DISC16",
    "name": "2 % in 16 days, 30 days net",
    "instalments": [{"days": 30}],
    "discount_percent": "2",
    "discount_days": 16,
}
REPORT = {"bank_account": "SAVINGS", "from": payment_runs.today(), "to": payment_runs.today()}


def left_out(run: Any) -> dict[str, str]:
    """By invoice, why it is not paid."""
    return {one["invoice_id"]: one["reason"] for one in run["left_out"]}


async def test_a_run_pays_what_two_persons_have_approved(erp: Erp) -> None:
    await ready(erp)
    invoices = [await owing(erp), await owing(erp, number="RE-2"), await owing(erp, "DAIRY")]
    before = await erp.balances()

    run = await proposed(erp)
    done = await paid(erp, run)

    assert (run["status"], run["amount"], run["run_number"][:3]) == ("proposed", "190.95", "PR-")
    shown = [(one["supplier_code"], one["amount"]) for one in done["payments"]]
    assert shown == [("DAIRY", "63.65"), ("MILL", "127.30")]
    for invoice in invoices:
        assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    moved = await purchase_orders.moved(erp, before)
    assert moved == {"payable": Decimal("190.95"), "payments_in_transit": Decimal("-190.95")}
    processes = (await erp.get("/v1/processes", document=run["run_number"]))["items"]
    # Beside them there is the run that tells suppliers, which may have come to its end or not.
    own = [one for one in processes if one["type"] != "payment_advice_run"]
    assert sorted((one["stage"], one["outcome"]) for one in own) == [
        ("done", "closed"),
        ("paid", "closed"),
    ]
    assert await violations(erp.company) == []


async def test_a_discount_that_is_worth_it_is_taken(erp: Erp) -> None:
    await ready(erp)
    await erp.post("/v1/payment-terms", DISCOUNT)
    await erp.post("/v1/suppliers", MILL | {"code": "PATIENT", "payment_terms_code": DISCOUNT["code"]})
    invoice = await owing(erp, "PATIENT", on=payment_runs.today())

    done = await paid(erp, await proposed(erp, due_until=later(20), least_discount_yield_percent="20"))

    (payment,) = done["payments"]
    assert (payment["amount"], payment["discount_amount"]) == ("62.38", "1.27")
    assert (done["discount_amount"], payment["invoices"][0]["reason"]) == ("1.27", "discount")
    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    assert await violations(erp.company) == []


async def test_a_discount_is_not_taken_when_it_is_approved_too_late(erp: Erp) -> None:
    await ready(erp)
    await erp.post("/v1/payment-terms", DISCOUNT)
    await erp.post("/v1/suppliers", MILL | {"code": "LATE", "payment_terms_code": DISCOUNT["code"]})
    invoice = await owing(erp, "LATE")
    run = await proposed(erp, pay_on="2026-03-20", due_until="2026-03-31", least_discount_yield_percent="0")

    done = await paid(erp, run)

    assert (run["discount_amount"], left_out(done)) == ("1.27", {invoice["invoice_id"]: "amount_changed"})


async def test_an_invoice_is_in_one_open_run_only(erp: Erp) -> None:
    await ready(erp)
    invoice, other = await owing(erp), await owing(erp, "DAIRY")
    first = await proposed(erp, suppliers=["MILL"])

    second = await proposed(erp)
    report = await erp.get("/v1/reports/payment-proposal", **REPORT)
    nothing = await erp.request("POST", PATH, wanted(), by=PROPOSER)

    assert [one["supplier_code"] for one in second["payments"]] == ["DAIRY"]
    assert left_out(second) == {invoice["invoice_id"]: "in_another_run"}
    assert left_out(report) == dict.fromkeys((invoice["invoice_id"], other["invoice_id"]), "in_another_run")
    assert problem(nothing) == (422, "nothing-to-pay")
    await erp.post(f"{PATH}/{first['run_id']}/cancellation", {"reason": "too early"}, by=PROPOSER)
    assert (await seen(erp, first))["status"] == "cancelled"
    again = await proposed(erp)
    assert [one["supplier_code"] for one in again["payments"]] == ["MILL"]
    assert await violations(erp.company) == []


async def test_two_who_propose_at_once_share_no_invoice(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)

    answers = await asyncio.gather(*(erp.request("POST", PATH, wanted(), by=PROPOSER) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]


async def test_the_same_key_makes_one_run(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)

    first, again = [await erp.post(PATH, wanted(), by=PROPOSER, key="a run") for _ in range(2)]

    assert first == again
    assert [one["run_id"] for one in (await erp.get(PATH))["items"]] == [first["run_id"]]


async def test_a_dry_run_keeps_nothing(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)

    would = await erp.request("POST", PATH, wanted(), by=PROPOSER, dry_run="true")

    assert (would.status_code, would.json()["amount"]) == (200, "63.65"), would.text
    assert (await erp.get(PATH))["items"] == []


async def test_invoices_are_left_out_and_put_in_again(erp: Erp) -> None:
    await ready(erp)
    kept, out = await owing(erp), await owing(erp, "DAIRY")
    run = await proposed(erp)

    without = await edit(erp, run, leave_out=[out["invoice_id"]])
    again = await edit(erp, without, put_in=[out["invoice_id"]])
    last = await edit(erp, again, leave_out=[kept["invoice_id"]])

    assert (without["version"], without["amount"]) == (2, "63.65")
    assert left_out(without) == {out["invoice_id"]: "by_a_person"}
    assert (again["content_hash"], again["amount"]) == (run["content_hash"], "127.30")
    assert len({run["content_hash"], without["content_hash"], last["content_hash"]}) == 3
    done = await paid(erp, last)
    assert [one["supplier_code"] for one in done["payments"]] == ["DAIRY"]
    assert await violations(erp.company) == []


async def test_an_edit_names_what_was_read_and_what_is_there(erp: Erp) -> None:
    await ready(erp)
    invoice = await owing(erp)
    run = await proposed(erp)
    path, nobody = f"{PATH}/{run['run_id']}/edits", "00000000-0000-4000-8000-000000000000"

    async def refused(by: str = PROPOSER, **asked: Any) -> tuple[int, str]:
        return problem(await erp.request("POST", path, {"version": 1} | asked, by=by))

    assert await refused(version=7, leave_out=[invoice["invoice_id"]]) == (409, "run-changed")
    assert await refused(by=SECOND, leave_out=[invoice["invoice_id"]]) == (403, "edited-by-another")
    assert await refused(leave_out=[nobody]) == (422, "invalid")
    assert await refused(put_in=[invoice["invoice_id"]]) == (422, "invalid")
    empty = await edit(erp, run, leave_out=[invoice["invoice_id"]])
    taken = await proposed(erp)
    assert await refused(version=2, put_in=[invoice["invoice_id"]]) == (422, "invalid")
    submission = await erp.request("POST", f"{PATH}/{run['run_id']}/submission", {"version": 2}, by=PROPOSER)
    assert problem(submission) == (422, "nothing-to-pay")
    stale = await erp.request("POST", f"{PATH}/{taken['run_id']}/submission", {"version": 9}, by=PROPOSER)
    assert (problem(stale), empty["amount"]) == ((409, "run-changed"), "0.00")


async def test_what_is_submitted_is_not_edited(erp: Erp) -> None:
    await ready(erp)
    invoice = await owing(erp)
    run = await submitted(erp, await proposed(erp))
    path = f"{PATH}/{run['run_id']}"

    edited = await erp.request(
        "POST", f"{path}/edits", {"version": 1, "leave_out": [invoice["invoice_id"]]}, by=PROPOSER
    )
    again = await erp.request("POST", f"{path}/submission", {"version": 1}, by=PROPOSER)

    assert run["status"] == "submitted"
    assert (problem(edited), problem(again)) == ((409, "run-submitted"), (409, "run-submitted"))


async def test_who_has_proposed_it_approves_nothing_and_nobody_twice(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await submitted(erp, await proposed(erp))
    approvals = await asked(erp, run)

    own = await decided(erp, approvals["accountant"], PROPOSER)
    other = await decided(erp, approvals["accountant"], SECOND, content_hash="another")
    unread = await decided(erp, approvals["accountant"], SECOND, content_hash="")
    first = await decided(erp, approvals["accountant"], SECOND, content_hash=run["content_hash"])
    both = await decided(erp, approvals["finance director"], SECOND)

    assert [one.status_code for one in (own, other, first)] == [403, 409, 200]
    assert (problem(unread), unread.json()["errors"][0]["field"]) == (
        (422, "content-not-named"),
        "content_hash",
    )
    assert both.status_code == 403
    assert (await seen(erp, run))["status"] == "submitted"
    erp.accepted(await decided(erp, approvals["finance director"], DIRECTOR))
    await until(erp, run, "posted")


async def test_another_account_than_the_last_time_is_shown_to_who_approves(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    first = await paid(erp, await proposed(erp))
    (before,) = first["payments"]
    elsewhere = {"bank_accounts": [{"currency": "EUR", "iban": payment_runs.ANOTHER_IBAN}]}
    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere)
    out, _ = await owing(erp, number="RE-2"), await owing(erp, "DAIRY")

    run = await proposed(erp)
    without = await edit(erp, run, leave_out=[out["invoice_id"]])
    await submitted(erp, await edit(erp, without, put_in=[out["invoice_id"]]))

    shown = {one["supplier_code"]: one["iban_before"] for one in run["payments"]}
    assert (before["iban_before"], shown) == ("", {"DAIRY": "", "MILL": before["iban"]})
    subjects = {one["subject"] for one in (await asked(erp, run)).values()}
    assert {one.partition(", ")[2] for one in subjects} == {"1 to another account than the last time"}
    assert await violations(erp.company) == []


async def test_with_the_first_no_it_is_cancelled(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await submitted(erp, await proposed(erp))
    approvals = await asked(erp, run)

    no = {"approved": False, "reason": "next week", "content_hash": ""}
    await decided(erp, approvals["finance director"], DIRECTOR, **no)

    now = await until(erp, run, "cancelled")
    assert now["reason"] == f"rejected by {DIRECTOR}: next week"
    assert [
        one["status"] for one in (await erp.get("/v1/approvals", document=run["run_number"]))["items"]
    ] == [
        "rejected",
        "withdrawn",
    ]
    assert len((await proposed(erp))["payments"]) == 1
    assert await violations(erp.company) == []


@pytest.mark.parametrize("stage", ["proposed", "submitted"])
async def test_until_it_is_released_it_is_cancelled(erp: Erp, stage: str) -> None:
    await ready(erp)
    await owing(erp)
    run = await proposed(erp)
    if stage == "submitted":
        run = await submitted(erp, run)
        approvals = await asked(erp, run)
        erp.accepted(await decided(erp, approvals["accountant"], SECOND))

    now = await erp.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "not now"}, by=PROPOSER)

    assert (now["status"], now["reason"]) == ("cancelled", "not now")
    assert {one["status"] for one in now["payments"][0]["invoices"]} == {"withdrawn"}
    assert (await erp.get("/v1/supplier-payments"))["items"] == []
    assert (await erp.get("/v1/approvals", status="open"))["items"] == []
    assert await violations(erp.company) == []


async def test_what_is_paid_is_not_cancelled(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await paid(erp, await proposed(erp))

    answer = await erp.request(
        "POST", f"{PATH}/{run['run_id']}/cancellation", {"reason": "late"}, by=PROPOSER
    )

    assert problem(answer) == (409, "process-ended")


async def test_what_has_changed_since_is_left_out_and_the_rest_is_paid(erp: Erp) -> None:
    await ready(erp)
    suppliers = [f"S{number}" for number in range(3)]
    for code in suppliers:
        await erp.post("/v1/suppliers", MILL | {"code": code})
    invoices = [await owing(erp, code) for code in ("MILL", *suppliers)]
    run = await submitted(erp, await proposed(erp))

    await purchase_orders.pay(erp, invoices[1], "63.65")
    await purchase_orders.pay(erp, invoices[2], "10.00")
    erp.accepted(await erp.request("PATCH", "/v1/suppliers/S2", {"blocked": True}, if_match="*"))
    await approved(erp, run)
    done = await until(erp, run, "posted")

    reasons = ("not_open", "amount_changed", "supplier_blocked")
    assert left_out(done) == {
        invoice["invoice_id"]: reason for invoice, reason in zip(invoices[1:], reasons, strict=True)
    }
    assert ([one["supplier_code"] for one in done["payments"]], done["amount"]) == (["MILL"], "63.65")
    assert await violations(erp.company) == []


async def test_of_nothing_that_is_left_there_is_no_file(erp: Erp) -> None:
    await ready(erp)
    invoice = await owing(erp)
    run = await submitted(erp, await proposed(erp))
    await purchase_orders.pay(erp, invoice, "63.65")
    await approved(erp, run)

    done = await until(erp, run, "posted")

    assert (done["payments"], done["amount"]) == ([], "0.00")
    assert problem(await erp.request("GET", f"{PATH}/{run['run_id']}/file")) == (404, "not-found")
    assert await violations(erp.company) == []


async def test_a_run_that_cannot_be_released_is_turned_back(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await submitted(erp, await proposed(erp))
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", {"blocked": True}, if_match="*"))

    await approved(erp, run)

    now = await until(erp, run, "cancelled")
    assert "SAVINGS is blocked" in now["reason"]
    assert (await erp.get("/v1/supplier-payments"))["items"] == []
    assert await violations(erp.company) == []


async def test_it_is_not_paid_from_another_account_than_was_approved(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await submitted(erp, await proposed(erp))
    other = {"iban": payment_runs.ANOTHER_IBAN}
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", other, if_match="*"))

    await approved(erp, run)

    now = await until(erp, run, "cancelled")
    assert (now["iban"], f"SAVINGS had IBAN {run['iban']}" in now["reason"]) == (run["iban"], True)
    assert (await proposed(erp))["content_hash"] != run["content_hash"]
