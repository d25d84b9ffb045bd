"""Runs between the regular ones: a bonus for named people, and the final pay of who leaves."""

from decimal import Decimal
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.payment_runs import DIRECTOR, decided
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    COMPONENTS,
    GROUPS,
    LOANS,
    ORDERS,
    PATH,
    PAYSLIPS,
    a_component,
    a_garnishment,
    an_agreement,
    asked_of,
    hired,
    in_dollars,
    lent,
    opened,
    payslips_of,
    sealed,
    seen,
    submitted,
    until,
    wanted,
)
from tests.builders.wages import paid, proposed, ready_to_pay, wages_of
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired

OF_RUN = ("open_payroll_run", "total_payroll_run", "submit_payroll_run", "release_payroll_run")
STEPS = [f"payroll.{step}" for step in (*OF_RUN, "seal_payroll_run", "list_payslips", "calculate_payslips")]
STEPS.append("payroll.post_payslips")
BONUS = {"component": "bonus", "amount": "1000.00"}
LEAVES = {"valid_to": "2026-03-15"}


def a_bonus(*people: str, **changes: Any) -> dict[str, Any]:
    """1,000.00 for each on 10 March."""
    named = [{"employee_code": code, "items": [BONUS]} for code in people]
    return wanted(kind="off_cycle", paid_on="2026-03-10", people=named) | changes


def final(*people: str, **changes: Any) -> dict[str, Any]:
    """Who leaves in March is paid on the 16th."""
    named = [{"employee_code": code} for code in people]
    return wanted(kind="final", paid_on="2026-03-16", people=named) | changes


async def with_bonuses(erp: Erp) -> Erp:
    """A company that pays two people, and may pay them a bonus."""
    own = await in_dollars(erp)
    bonus = a_component("bonus", name="Bonus", treatment="supplemental", counts_as_base=False, proration=None)
    await own.post(COMPONENTS, bonus)
    await hired(own, "E-1")
    await hired(own, "E-2", "4000.00")
    return own


async def leaving(own: Erp, employee: str = "E-1") -> None:
    """Somebody leaves on 15 March."""
    own.accepted(await own.request("PATCH", f"{AGREEMENTS}/{employee}/1", LEAVES, if_match="*"))


async def lines_of(own: Erp, run: Any, employee: str = "E-1") -> dict[str, Decimal]:
    """The amounts of somebody's payslip, by code."""
    slip = (await payslips_of(own, run))[employee]
    lines = (await own.get(f"{PAYSLIPS}/{slip['payslip_id']}"))["lines"]
    return {one["code"]: Decimal(one["amount"]) for one in lines if one["kind"] != "employer_owes"}


async def all_agree(own: Erp) -> None:
    """At rest, nothing contradicts anything."""
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_bonus_is_paid_beside_the_regular_run_which_sees_what_it_has_paid(erp: Erp) -> None:
    own = await with_bonuses(erp)
    before = await opened(own)
    regular = await lines_of(own, before)
    await own.post(f"{PATH}/{before['run_id']}/cancellation", {"reason": "after the bonus"}, by=CLERK)

    bonus = await opened(own, **a_bonus("E-1"))
    await sealed(own, bonus)
    month = await opened(own)
    await sealed(own, month)

    # Supplemental wages at 22 per cent; of Social Security and Medicare 6.2 and 1.45.
    assert await lines_of(own, bonus) == {
        "bonus": Decimal(1000),
        "federal_income_tax": Decimal(0),
        "federal_income_tax_supplemental": Decimal(220),
        "social_security": Decimal(62),
        "medicare": Decimal("14.50"),
    }
    assert await lines_of(own, month) == regular
    assert set(await payslips_of(own, bonus)) == {"E-1"}
    assert set(await payslips_of(own, month)) == {"E-1", "E-2"}
    assert (await own.balances())["payroll_expense"] == 10_000
    await all_agree(own)


async def test_a_bonus_that_is_asked_for_twice_with_a_key_is_opened_once(erp: Erp) -> None:
    own = await with_bonuses(erp)

    first = await own.post(PATH, a_bonus("E-1"), by=CLERK, key="a bonus")
    again = await own.post(PATH, a_bonus("E-1"), by=CLERK, key="a bonus")
    other = await own.request("POST", PATH, a_bonus("E-2"), by=CLERK, key="a bonus")

    assert again["run_id"] == first["run_id"]
    assert other.status_code == 409
    assert len((await own.get(PATH))["items"]) == 1


async def test_what_is_known_late_is_no_difference_of_a_bonus(erp: Erp) -> None:
    own = await with_bonuses(erp)
    days = {"starts_on": "2026-02-01", "ends_on": "2026-02-28"}
    await sealed(own, await opened(own, **a_bonus("E-1", paid_on="2026-02-10", **days)))
    await sealed(own, await opened(own, **days))
    raised = {"items": [{"component": "salary", "amount": "5100.00"}]}
    own.accepted(await own.request("PATCH", f"{AGREEMENTS}/E-1/1", raised, if_match="*"))

    march_bonus, march = await opened(own, **a_bonus("E-1")), await opened(own)
    late = []
    for run in (march_bonus, march):
        slip = (await payslips_of(own, run))["E-1"]
        lines = (await own.get(f"{PAYSLIPS}/{slip['payslip_id']}"))["lines"]
        late += [one for one in lines if one["earned_in"]]

    assert [(one["code"], one["amount"]) for one in late] == [("salary", "100.00")]


async def test_a_person_gets_one_off_cycle_payslip_of_a_period(erp: Erp) -> None:
    own = await with_bonuses(erp)
    first = await opened(own, **a_bonus("E-1"))
    second = await opened(own, **a_bonus("E-1", "E-2"))
    slips = await payslips_of(own, second)
    await sealed(own, first)

    assert (slips["E-1"]["held_because"], slips["E-2"]["status"]) == ("paid-by-another-run", "calculated")
    again = """
        UPDATE payroll.payslip SET status = 'calculated', held_because = '', held_reason = ''
        WHERE status = 'held'
        """
    with pytest.raises(PostgresError, match="payslip_once_for_a_day"):
        async with database().transaction() as tx:
            scope = {"company": own.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text(again))


async def test_what_is_paid_off_cycle_goes_to_the_bank_by_a_payment_run(erp: Erp) -> None:
    own = await ready_to_pay(erp)
    await hired(own)
    items = [{"component": "salary", "amount": "700.00"}]
    run = await opened(own, kind="off_cycle", people=[{"employee_code": "E-1", "items": items}])
    await sealed(own, run)
    month = await opened(own)
    await sealed(own, month)

    wages = []
    for each in (run, month):
        wages += await wages_of(own, await paid(own, await proposed(own, each)))

    nets = [(await payslips_of(own, each))["E-1"]["net_amount"] for each in (run, month)]
    assert [one["amount"] for one in wages] == nets
    assert (await own.balances())["wages_payable"] == 0
    await all_agree(own)


async def test_a_bonus_that_is_taken_back_is_paid_anew(erp: Erp) -> None:
    own = await with_bonuses(erp)
    first = await opened(own, **a_bonus("E-1"))
    await sealed(own, first)
    slip = (await payslips_of(own, first))["E-1"]
    why = {"reason": "too much", "reversed_on": "2026-03-10"}
    await own.post(f"{PAYSLIPS}/{slip['payslip_id']}/reversal", why, by=CLERK)

    second = await opened(own, **a_bonus("E-1"))
    await sealed(own, second)

    assert (slip["kind"], (await payslips_of(own, second))["E-1"]["status"]) == ("off_cycle", "posted")
    assert (await own.balances())["payroll_expense"] == 1000
    await all_agree(own)


async def test_who_leaves_is_paid_to_the_last_day_and_not_by_the_regular_run(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await leaving(own)
    last = await opened(own, **final("E-1"))
    await sealed(own, last)
    month = await opened(own)
    await sealed(own, month)

    # 15 of 31 days of 5,000.00.
    assert (await lines_of(own, last))["salary"] == Decimal("2419.35")
    assert set(await payslips_of(own, month)) == {"E-2"}
    await all_agree(own)


async def test_whom_the_regular_run_has_paid_gets_no_final_pay(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await leaving(own)
    await sealed(own, await opened(own))

    last = await opened(own, **final("E-1"))

    assert (await payslips_of(own, last))["E-1"]["held_because"] == "paid-by-another-run"


async def test_what_is_paid_off_cycle_is_no_exception_and_compared_with_nothing(erp: Erp) -> None:
    own = await with_bonuses(erp)
    checks = {"variance_percent": "10", "minimum_wage": "7.25"}
    own.accepted(await own.request("PATCH", f"{GROUPS}/STAFF", checks, if_match="*"))
    days = {"starts_on": "2026-02-01", "ends_on": "2026-02-28"}
    await sealed(own, await opened(own, **days))
    small = [{"employee_code": "E-2", "items": [{"component": "salary", "amount": "5.00"}]}]
    bonus = await opened(own, **a_bonus(people=small, **days))
    await sealed(own, bonus)
    await leaving(own)
    await sealed(own, await opened(own, **final("E-1")))
    month = await opened(own)

    for run in (bonus, month):
        assert await own.get("/v1/payroll-exceptions", run=run["run_id"], by=CLERK) == []


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (a_bonus(), ["people"]),
        (a_bonus("E-1") | {"kind": "regular"}, ["people"]),
        (a_bonus("E-1") | {"kind": "final"}, ["people.0.employee_code", "people.0.items"]),
        (a_bonus("E-1", "E-1"), ["people.1.employee_code"]),
        (a_bonus("NOBODY"), ["people.0.employee_code"]),
        (a_bonus("E-1", people=[{"employee_code": "E-1"}]), ["people.0.items"]),
        (
            a_bonus("E-1", people=[{"employee_code": "E-1", "items": [{"component": "gift"}]}]),
            ["people.0.items.0.component"],
        ),
        (final("E-2"), ["people.0.employee_code"]),
    ],
)
async def test_a_run_of_named_people_that_cannot_be_is_refused_at_its_fields(
    erp: Erp, asked: dict[str, Any], fields: list[str]
) -> None:
    own = await with_bonuses(erp)

    answer = await own.request("POST", PATH, asked, by=CLERK)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, fields)
    assert (await own.get(PATH))["items"] == []


async def test_whose_pay_goes_on_with_another_agreement_gets_no_final_pay(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await leaving(own)
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", valid_from="2026-04-01"))

    answer = await own.request("POST", PATH, final("E-1"), by=CLERK)

    assert [error["field"] for error in answer.json()["errors"]] == ["people.0.employee_code"]


async def test_an_off_cycle_run_is_as_long_as_the_group_is_often_paid(erp: Erp) -> None:
    own = await with_bonuses(erp)

    answer = await own.request("POST", PATH, a_bonus("E-1", ends_on="2026-03-10"), by=CLERK)

    assert answer.json()["type"] == "/problems/period-not-of-frequency"


async def test_it_stands_in_the_way_of_no_correction(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await sealed(own, await opened(own))
    await opened(own, **a_bonus("E-1"))
    await hired(own, "E-3")

    correction = await opened(own, kind="correction")

    assert set(await payslips_of(own, correction)) == {"E-3"}


async def test_of_the_net_of_a_period_a_part_is_protected_once(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await own.post(ORDERS, a_garnishment(total_amount="9000.00"), by=CLERK)
    bonus = await opened(own, **a_bonus("E-1"))
    await sealed(own, bonus)
    month = await opened(own)
    await sealed(own, month)
    slips = [(await payslips_of(own, run))["E-1"]["net_amount"] for run in (bonus, month)]

    # 703.50 of the bonus are left, so 2,296.50 of the month: together 3,000.00.
    assert slips == ["703.50", "2296.50"]
    await all_agree(own)


async def test_an_instalment_is_taken_once_of_a_period(erp: Erp) -> None:
    own = await with_bonuses(erp)
    await lent(own)
    bonus = await opened(own, **a_bonus("E-1"))
    await sealed(own, bonus)
    month = await opened(own)
    await sealed(own, month)

    taken = [(await lines_of(own, run)).get("E-1/loan") for run in (bonus, month)]
    assert taken == [Decimal(200), None]
    assert (await own.get(f"{LOANS}/E-1/loan"))["balance"] == "300.00"
    await all_agree(own)


@pytest.mark.parametrize("step", STEPS)
async def test_an_off_cycle_step_whose_answer_got_lost_happens_once(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await with_bonuses(erp)
    faults.repeated.add((own.company, step))

    await sealed(own, await opened(own, **a_bonus("E-1")))

    assert faults.has_repeated(own.company, step)
    assert (await own.balances())["payroll_expense"] == 1000
    await all_agree(own)


@pytest.mark.parametrize("step", ["payroll.calculate_payslips", "payroll.post_payslips"])
async def test_an_off_cycle_step_that_is_refused_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await with_bonuses(erp)
    faults.refused[own.company, step] = 1
    run = await own.post(PATH, a_bonus("E-1"), by=CLERK)
    if step == "payroll.calculate_payslips":
        await repaired(own, await parked(own))
    run = await until(own, run, lambda now: now["version"] > 1)
    await submitted(own, run)
    for one in (await asked_of(own, run)).values():
        await decide(own, one)
    if step == "payroll.post_payslips":
        await repaired(own, await parked(own))

    assert (await until(own, run, lambda now: now["status"] == "sealed"))["people"] == 1
    await all_agree(own)


async def decide(own: Erp, asked: dict[str, Any]) -> None:
    """Whoever is asked says yes."""
    by = {"finance director": DIRECTOR, "payroll approver": APPROVER}[asked["role"]]
    own.accepted(await decided(own, asked, by))


@pytest.mark.parametrize("kind", ["off_cycle", "final"])
async def test_it_is_cancelled_before_it_is_released_and_may_be_opened_anew(erp: Erp, kind: str) -> None:
    own = await with_bonuses(erp)
    await leaving(own)
    asked = a_bonus("E-1") if kind == "off_cycle" else final("E-1")
    run = await opened(own, **asked)
    await submitted(own, run)
    subject = (await asked_of(own, run))["finance director"]["subject"]
    await own.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "no"}, by=CLERK)

    assert subject.startswith("off-cycle pay" if kind == "off_cycle" else "final pay")
    assert (await seen(own, run))["status"] == "cancelled"
    await sealed(own, await opened(own, **asked))
    await all_agree(own)


async def test_what_is_paid_off_cycle_is_sealed_where_it_is_written_down(erp: Erp) -> None:
    own = await with_bonuses(erp)
    named = [{"employee_code": "E-1", "items": [{"component": "bonus", "amount": "4711.08"}]}]
    await opened(own, **a_bonus("E-1", people=named))

    async with database().read(own.company) as tx:
        written = text(
            """
            SELECT string_agg(said, ' ') FROM (
                SELECT request::text || answer::text AS said FROM foundation.operation
                UNION ALL SELECT c::text FROM foundation.command c) AS w
            """
        )
        told = await tx.scalar(written)
    assert "sealed:" in told
    assert "4711.08" not in told
