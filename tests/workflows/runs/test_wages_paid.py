"""Net pay is paid by a payment run: once, by two who may see it, and owed again when it comes back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders.bank_details import changed_at_once
from tests.builders.bank_statements import amounts, entry
from tests.builders.payment_runs import DIRECTOR, PATH, PROPOSER, problem, seen, today, until
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    IBAN,
    PAYSLIPS,
    SECOND_IBAN,
    an_agreement,
    hired,
    opened,
    payslips_of,
    sealed,
)
from tests.builders.status_reports import report, reported, transaction
from tests.builders.wages import (
    a_sealed_run,
    approved,
    of_wages,
    paid,
    parts_of,
    proposed,
    ready_to_pay,
    stated,
    submitted,
    wages_of,
)
from tests.checked import violations
from tests.erp import Erp

SPLIT = [{"iban": SECOND_IBAN, "amount": "1000.00"}, {"iban": IBAN}]


async def holds(own: Erp) -> None:
    """The books say so too, when all processes rest."""
    await own.at_rest()
    assert await violations(own.company) == []


async def has_moved(own: Erp, code: str) -> None:
    """A person has another account from now on."""
    fields = {"accounts": [{"iban": SECOND_IBAN}]}
    path = f"{AGREEMENTS}/{code}/1"
    await changed_at_once(own, path, fields, by=CLERK, approver=APPROVER)


async def test_net_pay_is_paid_account_by_account_and_confirmed_by_one_line(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2", accounts=SPLIT)
    net = sum(Decimal(one["net_amount"]) for one in (await payslips_of(own, payroll)).values())

    run = await proposed(own, payroll)
    done = await paid(own, run)

    wages = await wages_of(own, done)
    assert [(one["employee_code"], one["iban"], one["state"]) for one in wages] == [
        (code, iban, "in_transit") for code in ("E-1", "E-2") for iban in (SECOND_IBAN, IBAN)
    ]
    assert sum(Decimal(one["amount"]) for one in wages) == net
    assert (done["amount"], done["payments"], done["wages"]["in_transit"]) == (None, [], 4)
    balances = await own.balances()
    assert (balances["wages_payable"], balances["payments_in_transit"]) == (Decimal(0), -net)
    whole = entry(f"-{net}", f"Order {run['run_number']}", day=today(), currency="USD")
    lines = await stated(own, whole, closing=f"-{net}")
    assert amounts(lines, "open_amount") == ["0.00"]
    assert {one["state"] for one in (await parts_of(own, payroll)).values()} == {"confirmed"}
    assert (await seen(own, run))["wages"]["confirmed"] == 4
    await holds(own)


@pytest.mark.parametrize(("begins", "goes_to"), [("2099-01-01", IBAN), ("2026-04-01", SECOND_IBAN)])
async def test_the_account_of_an_agreement_counts_when_it_has_begun(
    erp: Erp, begins: str, goes_to: str
) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1")
    ends = str(date.fromisoformat(begins) - timedelta(days=1))
    path = f"{AGREEMENTS}/E-1/1"
    own.accepted(await own.request("PATCH", path, {"valid_to": ends}, if_match="*", by=CLERK))
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", valid_from=begins), by=CLERK)
    elsewhere = {"accounts": [{"iban": SECOND_IBAN}]}
    await changed_at_once(own, f"{AGREEMENTS}/E-1/2", elsewhere, by=CLERK, approver=APPROVER)

    done = await paid(own, await proposed(own, payroll))

    assert [(one["iban"], one["state"]) for one in await wages_of(own, done)] == [(goes_to, "in_transit")]
    await holds(own)


async def test_a_file_of_wages_is_one_booking_and_for_few(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    run = await proposed(own, await a_sealed_run(own, "E-1"))
    await paid(own, run)

    path = f"{PATH}/{run['run_id']}"
    content = (await own.request("GET", f"{path}/wages/file", by=DIRECTOR)).text
    refused = [await own.request("GET", f"{path}/wages{rest}", by=PROPOSER) for rest in ("", "/file")]
    other = await own.request("GET", f"{path}/file", by=DIRECTOR)

    assert "<BtchBookg>true</BtchBookg>" in content
    assert "<CtgyPurp><Cd>SALA</Cd></CtgyPurp>" in content
    assert f"<MsgId>{run['run_number']}</MsgId>" in content
    assert [one.status_code for one in refused] == [403, 403]
    assert other.status_code == 404


async def test_what_is_proposed_is_refused_by_field_and_leaves_nothing(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    await hired(own, "E-1")
    computed = await opened(own)
    unsealed = await own.request("POST", PATH, of_wages(computed), by=PROPOSER)
    await sealed(own, computed)
    wrong = {"due_until": today(), "suppliers": ["MILL"], "least_discount_yield_percent": "1"}

    mixed = await own.request("POST", PATH, of_wages(computed, **wrong), by=PROPOSER)
    nothing = await own.request("POST", PATH, {"bank_account": "SAVINGS"}, by=PROPOSER)
    early = await own.request("POST", PATH, of_wages(computed, pay_on="2026-03-30"), by=PROPOSER)
    missing = {"run_id": "6c1f5b1e-0d0a-4b43-9a53-1f1a7a0f8a11"}
    unknown = await own.request("POST", PATH, of_wages(missing), by=PROPOSER)

    assert problem(unsealed) == (409, "payroll-not-sealed")
    assert [one["field"] for one in unsealed.json()["errors"]] == ["payroll_run_id"]
    assert {one["field"] for one in mixed.json()["errors"]} == set(wrong)
    assert [one["field"] for one in nothing.json()["errors"]] == ["due_until"]
    assert problem(early)[1] == "too-early"
    assert problem(unknown)[0] == 404
    assert [one["field"] for one in unknown.json()["errors"]] == ["payroll_run_id"]
    assert (await own.get(PATH))["items"] == []
    await holds(own)


async def test_wages_are_in_one_run_and_free_again_when_it_is_cancelled(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1")
    first = await proposed(own, payroll)

    twice = await own.request("POST", PATH, of_wages(payroll), by=PROPOSER)
    planned = (await parts_of(own, payroll))["E-1"]["state"]
    await own.post(f"{PATH}/{first['run_id']}/cancellation", {"reason": "a test"}, by=PROPOSER)
    again = (await parts_of(own, payroll))["E-1"]["state"]
    await paid(own, await proposed(own, payroll))
    thrice = await own.request("POST", PATH, of_wages(payroll), by=PROPOSER)

    assert [problem(one) for one in (twice, thrice)] == [(422, "nothing-to-pay")] * 2
    assert (planned, again) == ("planned", "open")
    await holds(own)


async def test_who_is_left_out_is_paid_by_the_next_run(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await proposed(own, payroll)
    of_first = next(one for one in await wages_of(own, run) if one["employee_code"] == "E-1")

    edit = {"version": 1, "leave_out": [of_first["wage_payment_id"]]}
    edited = await own.post(f"{PATH}/{run['run_id']}/edits", edit, by=PROPOSER)
    done = await paid(own, edited)
    rest = await paid(own, await proposed(own, payroll))

    assert edited["content_hash"] != run["content_hash"]
    assert (done["wages"]["in_transit"], done["wages"]["left_out"]) == (1, 1)
    assert [one["employee_code"] for one in await wages_of(own, rest)] == ["E-1"]
    path = f"/v1/payroll-runs/{payroll['run_id']}/paid"
    counts = await own.get(path)
    assert (counts["parts"], counts["in_transit"], counts["open"]) == (2, 2, 0)
    await holds(own)


async def test_a_payslip_is_taken_back_once_what_has_paid_it_was(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1")
    slip = (await payslips_of(own, payroll))["E-1"]
    run = await paid(own, await proposed(own, payroll))
    (wage,) = await wages_of(own, run)
    back = {"reason": "a mistake", "reversed_on": today()}
    of_slip = f"{PAYSLIPS}/{slip['payslip_id']}/reversal"
    of_wage = f"/v1/wage-payments/{wage['wage_payment_id']}/reversal"

    refused = await own.request("POST", of_slip, back, by=CLERK)
    await own.post(of_wage, back, by=CLERK)
    twice = await own.request("POST", of_wage, back, by=CLERK)
    await own.post(of_slip, back, by=CLERK)

    assert problem(refused) == (409, "stands-on-it")
    assert wage["number"] in refused.json()["detail"]
    assert problem(twice) == (409, "reversed-already")
    assert (await seen(own, run))["wages"]["taken_back"] == 1
    balances = await own.balances()
    assert {balances["wages_payable"], balances["payments_in_transit"]} == {Decimal(0)}
    await holds(own)


async def test_a_payslip_that_is_taken_back_before_is_left_out(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await proposed(own, payroll)
    await submitted(own, run)
    slip = (await payslips_of(own, payroll))["E-1"]
    back = {"reason": "a mistake", "reversed_on": today()}
    await own.post(f"{PAYSLIPS}/{slip['payslip_id']}/reversal", back, by=CLERK)

    await approved(own, run)
    await until(own, run, "posted")

    found = {one["employee_code"]: one for one in await wages_of(own, run)}
    assert (found["E-1"]["left_out_because"], found["E-2"]["state"]) == ("not_open", "in_transit")
    await holds(own)


async def test_an_account_that_is_another_by_then_is_not_paid_but_asked_about_again(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1")
    run = await proposed(own, payroll)
    await submitted(own, run)
    await has_moved(own, "E-1")

    await approved(own, run)
    await until(own, run, "posted")
    again = await proposed(own, payroll)

    (left_out,) = await wages_of(own, run)
    (other,) = await wages_of(own, again)
    assert left_out["left_out_because"] == "bank_account_changed"
    assert (other["iban"], other["iban_before"]) == (SECOND_IBAN, IBAN)
    await submitted(own, again)
    subjects = {
        one["subject"] for one in (await own.get("/v1/approvals", document=again["run_number"]))["items"]
    }
    assert subjects == {
        f"payment run: 1 payments of wages on {today()}, 1 to another account than their payslip says"
    }
    await holds(own)


async def test_wages_that_the_bank_rejects_are_owed_again_and_paid_to_another_account(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await paid(own, await proposed(own, payroll))
    first, second = await wages_of(own, run)
    one = {"end_to_end_id": first["number"]}
    await reported(own, report(run, transaction(one, "RJCT", "AC04")))
    await own.at_rest()

    rejected = (await parts_of(own, payroll))["E-1"]
    await has_moved(own, "E-1")
    again = await paid(own, await proposed(own, payroll))

    assert (rejected["state"], rejected["last_payment"]) == ("open", "rejected")
    assert [(one["iban"], one["state"]) for one in await wages_of(own, again)] == [
        (SECOND_IBAN, "in_transit")
    ]
    whole = entry(f"-{second['amount']}", run["run_number"], day=today(), currency="USD")
    lines = await stated(own, whole, closing=f"-{second['amount']}")
    assert amounts(lines, "open_amount") == ["0.00"]
    states = {code: part["state"] for code, part in (await parts_of(own, payroll)).items()}
    assert states == {"E-1": "in_transit", "E-2": "confirmed"}
    await holds(own)


async def test_wages_that_come_back_are_owed_again(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await paid(own, await proposed(own, payroll))
    first, second = await wages_of(own, run)
    total = Decimal(first["amount"]) + Decimal(second["amount"])
    there = entry(f"-{total}", run["run_number"], day=today(), currency="USD")
    back = entry(first["amount"], "account closed", day=today(), end_to_end=first["number"], currency="USD")

    lines = await stated(own, there, back, closing=f"-{second['amount']}")

    assert amounts(lines, "open_amount") == ["0.00", "0.00"]
    returned = (await parts_of(own, payroll))["E-1"]
    assert (returned["state"], returned["last_payment"]) == ("open", "returned")
    of_wage = f"/v1/wage-payments/{second['wage_payment_id']}/reversal"
    confirmed = await own.request("POST", of_wage, {"reason": "a mistake"}, by=CLERK)
    assert problem(confirmed) == (409, "stands-on-it")
    await paid(own, await proposed(own, payroll))
    await holds(own)
