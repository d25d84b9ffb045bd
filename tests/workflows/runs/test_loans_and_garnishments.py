"""Loans and garnishments are taken of the net pay, payslip by payslip, until nothing is left of them."""

from decimal import Decimal
from typing import Any

import pytest
from asyncpg.exceptions import PostgresError
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    LOANS,
    MOVEMENTS,
    ORDERS,
    PAYSLIPS,
    a_garnishment,
    a_loan,
    a_movement,
    hired,
    in_dollars,
    lent,
    opened,
    payslips_of,
    sealed,
)
from tests.checked import violations
from tests.erp import Erp

FEBRUARY = {"starts_on": "2026-02-01", "ends_on": "2026-02-28"}
APRIL = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}


async def lines_of(own: Erp, run: Any, kind: str, employee: str = "E-1") -> list[tuple[str, str, str | None]]:
    """Name, amount, and what is left after it, of one kind."""
    slip = (await payslips_of(own, run))[employee]
    lines = (await own.get(f"{PAYSLIPS}/{slip['payslip_id']}"))["lines"]
    return [(one["name"], one["amount"], one["remaining"]) for one in lines if one["kind"] == kind]


async def balance(own: Erp, loan: str = "E-1/loan") -> str:
    """What is left of a loan."""
    return str((await own.get(f"{LOANS}/{loan}"))["balance"])


async def reversed_(own: Erp, path: str, on: str = "2026-04-30") -> Any:
    """A document is taken back; what the door answers."""
    return await own.request("POST", f"{path}/reversal", {"reason": "a mistake", "reversed_on": on}, by=CLERK)


async def all_agree(own: Erp) -> None:
    """At rest, nothing contradicts anything."""
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_loan_is_repaid_by_payslips_until_nothing_is_left(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)

    taken = []
    for days in (FEBRUARY, {}, APRIL, {"starts_on": "2026-05-01", "ends_on": "2026-05-31"}):
        run = await opened(own, **days)
        await sealed(own, run)
        taken += await lines_of(own, run, "loan_repaid")

    assert taken == [
        ("Advance", "200.00", "300.00"),
        ("Advance", "200.00", "100.00"),
        ("Advance", "100.00", "0.00"),
    ]
    balances = await own.balances()
    assert (await balance(own), balances["employee_loans"], balances["bank"]) == (
        "0.00",
        Decimal(0),
        Decimal(-500),
    )
    await all_agree(own)


async def test_a_payslip_that_is_taken_back_gives_its_instalment_back_and_it_is_taken_once(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)
    run = await opened(own)
    await sealed(own, run)
    slip = (await payslips_of(own, run))["E-1"]
    after_payslip = await balance(own)

    own.accepted(await reversed_(own, f"{PAYSLIPS}/{slip['payslip_id']}"))
    given_back = await balance(own)
    correction = await opened(own, kind="correction")
    await sealed(own, correction)

    assert (after_payslip, given_back, await balance(own)) == ("300.00", "500.00", "300.00")
    assert (await own.balances())["employee_loans"] == 300
    await all_agree(own)


async def test_a_period_that_is_computed_again_takes_no_second_instalment(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)
    await own.post(ORDERS, a_garnishment(total_amount=None, a_period="100.00"), by=CLERK)
    await sealed(own, await opened(own, **FEBRUARY))
    raised = {"items": [{"component": "salary", "amount": "5200.00"}]}
    own.accepted(await own.request("PATCH", f"{AGREEMENTS}/E-1/1", raised, if_match="*"))

    run = await opened(own)
    await sealed(own, run)

    assert len(await lines_of(own, run, "earning")) == 2, "the raise of February is paid with March"
    assert await lines_of(own, run, "loan_repaid") == [("Advance", "200.00", "100.00")]
    assert await lines_of(own, run, "garnished") == [("City Court", "100.00", None)]
    assert await balance(own) == "100.00"
    await all_agree(own)


async def test_what_comes_by_hand_and_what_is_given_up_lower_what_is_left(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    granted = await lent(own)
    by_hand = await own.post(
        MOVEMENTS, a_movement(kind="repaid", amount="120.00", account_code="1450"), by=CLERK
    )
    given_up = a_movement(kind="written_off", amount="30.00", reason="a gift")
    await own.post(MOVEMENTS, given_up, by=CLERK)
    left = await balance(own)
    balances = await own.balances()

    too_early = await reversed_(own, f"{MOVEMENTS}/{granted['movement_id']}")
    own.accepted(await reversed_(own, f"{MOVEMENTS}/{by_hand['movement_id']}"))
    again = await reversed_(own, f"{MOVEMENTS}/{by_hand['movement_id']}")

    assert (left, await balance(own)) == ("350.00", "470.00")
    assert {balances["employee_loans"] - 350, balances["cash"] - 120} == {Decimal(0)}
    assert balances["employee_loans_written_off"] == 30
    assert (too_early.status_code, too_early.json()["type"]) == (409, "/problems/more-than-lent")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/reversed-already")
    await all_agree(own)


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"loan_code": "UNHEARD"}, 422, "loan_code"),
        ({"kind": "repaid", "amount": "500.01"}, 409, "amount"),
        ({"kind": "repaid", "moved_on": "2026-01-14"}, 409, "amount"),
        ({"kind": "written_off"}, 422, "reason"),
        ({"kind": "written_off", "reason": "x", "account_code": "1450"}, 422, "account_code"),
        ({"account_code": "UNHEARD"}, 422, "account_code"),
        ({"amount": "0"}, 422, "amount"),
        ({"amount": "1.001"}, 422, "amount"),
    ],
)
async def test_a_movement_that_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], status: int, field: str
) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)

    answer = await own.request("POST", MOVEMENTS, a_movement() | changes, by=CLERK)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (status, [field])
    assert (await balance(own), (await own.balances())["employee_loans"]) == ("500.00", Decimal(500))


async def test_money_that_comes_by_hand_meanwhile_holds_the_payslip_that_would_take_it_again(
    erp: Erp,
) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)
    run = await opened(own)
    await own.post(MOVEMENTS, a_movement(kind="repaid", amount="450.00"), by=CLERK)
    await sealed(own, run)
    held = (await payslips_of(own, run))["E-1"]["held_because"]

    correction = await opened(own, kind="correction")
    await sealed(own, correction)

    assert held == "paid-otherwise-since"
    assert await lines_of(own, correction, "loan_repaid") == [("Advance", "50.00", "0.00")]
    await all_agree(own)


async def test_a_creditor_gets_what_lies_above_what_is_protected_until_all_is_paid(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await own.post(ORDERS, a_garnishment(), by=CLERK)
    first, second = await opened(own, **FEBRUARY), None
    slip = (await payslips_of(own, first))["E-1"]
    ((_, taken, left),) = await lines_of(own, first, "garnished")
    await sealed(own, first)
    second = await opened(own)
    ((_, rest, nothing),) = await lines_of(own, second, "garnished")
    await sealed(own, second)
    order = await own.get(f"{ORDERS}/E-1/court")

    assert slip["net_amount"] == "3000.00"
    assert Decimal(taken) + Decimal(rest) == 2000, "what is protected keeps back some of it once"
    assert Decimal(left or 0) == 2000 - Decimal(taken)
    assert (nothing, order["taken_amount"], order["remaining_amount"]) == ("0.00", "2000.00", "0.00")
    assert await lines_of(own, await opened(own, **APRIL), "garnished") == []
    await all_agree(own)


async def test_what_is_garnished_is_owed_to_the_creditor_on_an_account_of_its_own(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await own.post("/v1/accounts", {"code": "2330", "name": "Garnished pay", "kind": "liability"})
    keyed = {"role": "payroll_liabilities", "key": "COURT", "account_code": "2330"}
    await own.post("/v1/account-roles", keyed)
    await own.post(ORDERS, a_garnishment(a_period="300.00"), by=CLERK)

    await sealed(own, await opened(own))

    listed = (await own.get("/v1/reports/trial-balance"))["rows"]
    assert {one["account_code"]: one["credit"] for one in listed}["2330"] == "300.00"
    await all_agree(own)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"employee_code": "NOBODY"}, ["employee_code"]),
        ({"valid_to": "2025-12-31"}, ["valid_to"]),
        ({"total_amount": None}, ["total_amount"]),
        ({"protected": {}}, ["protected"]),
        (
            {"protected": {"bands": [{"above": "9", "percent": "10"}, {"above": "9", "percent": "20"}]}},
            ["protected.bands"],
        ),
    ],
)
async def test_an_order_that_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    own = await in_dollars(erp)
    await hired(own)

    answer = await own.request("POST", ORDERS, a_garnishment() | changes, by=CLERK)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, fields)
    assert (await own.get(ORDERS))["items"] == []


async def test_an_order_stays_with_its_person_and_is_not_lowered_below_what_was_taken(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2")
    await own.post(ORDERS, a_garnishment(a_period="300.00"), by=CLERK)
    await sealed(own, await opened(own))

    for changes in ({"employee_code": "E-2"}, {"total_amount": "299.99"}):
        path = f"{ORDERS}/E-1/court"
        answer = await own.request("PATCH", path, changes, by=CLERK, if_match="*")
        assert [error["field"] for error in answer.json()["errors"]] == list(changes)
    assert (await own.get(f"{ORDERS}/E-1/court"))["remaining_amount"] == "1700.00"


async def test_an_order_that_comes_after_the_payslip_was_computed_holds_it(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await own.post(ORDERS, a_garnishment(), by=CLERK)

    await sealed(own, run)

    assert (await payslips_of(own, run))["E-1"]["held_because"] == "paid-otherwise-since"


async def test_nothing_is_taken_of_what_is_paid_before_they_begin_or_after_they_end(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own, valid_from="2026-04-01")
    await own.post(ORDERS, a_garnishment(valid_to="2026-03-30"), by=CLERK)

    run = await opened(own)

    assert await lines_of(own, run, "loan_repaid") + await lines_of(own, run, "garnished") == []


async def test_a_loan_that_was_granted_stays_with_its_person(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2")
    await lent(own)

    answer = await own.request("PATCH", f"{LOANS}/E-1/loan", {"employee_code": "E-2"}, by=CLERK, if_match="*")
    unknown = await own.request("POST", LOANS, a_loan("NOBODY"), by=CLERK)

    assert [error["field"] for error in answer.json()["errors"]] == ["employee_code"]
    assert [error["field"] for error in unknown.json()["errors"]] == ["employee_code"]


async def test_the_database_itself_refuses_to_take_back_what_was_repaid(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await lent(own)
    more = """
        INSERT INTO payroll.loan_movement
            (id, number, loan_code, employee_code, kind, moved_on, currency, amount, account_code)
        SELECT gen_random_uuid(), 'LM-X', loan_code, employee_code, 'repaid', moved_on, currency, -500.01,
            account_code
        FROM payroll.loan_movement
        """

    with pytest.raises(PostgresError, match="more would be repaid than was lent"):
        async with database().transaction() as tx:
            scope = {"company": own.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text(more))


async def test_what_creditors_and_loans_ask_for_is_sealed_in_the_log(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await own.post(ORDERS, a_garnishment(total_amount="4711.08"), by=CLERK)
    await own.post(LOANS, a_loan(instalment="4711.08"), by=CLERK)
    await own.post(MOVEMENTS, a_movement(amount="4711.08"), by=CLERK)

    async with database().read(own.company) as tx:
        rows = await tx.execute(text("SELECT name, request::text || answer::text FROM foundation.operation"))
    written = {row[0]: row[1] for row in rows}
    for name in ("put_garnishment_order", "put_employee_loan", "post_loan_movement"):
        assert "sealed:" in written[f"payroll.{name}"]
    assert not [said for said in written.values() if "4711.08" in said or "City Court" in said]
