"""A payroll run: computed, approved by two, posted; who cannot be paid keeps nobody waiting."""

from decimal import Decimal

from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    PATH,
    PAYSLIPS,
    calculated,
    hired,
    in_dollars,
    opened,
    paid_to,
    payslips_of,
    sealed,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp


async def test_people_are_paid_and_who_cannot_be_is_held(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", "5000.00")
    await hired(own, "E-2", "4000.00", accounts=[])
    run = await opened(own)
    slips = await payslips_of(own, run)

    done = await sealed(own, run)

    assert (slips["E-1"]["status"], slips["E-2"]["held_because"]) == ("calculated", "no-account-to-pay-to")
    assert (done["people"], done["gross_amount"]) == (1, "5000.00")
    balances = await own.balances()
    assert balances["payroll_expense"] == 5000
    assert balances["wages_payable"] == -Decimal(done["net_amount"])
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_payslip_is_taken_back_and_the_person_is_paid_again_by_a_correction(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2")
    run = await opened(own)
    await sealed(own, run)
    first = (await payslips_of(own, run))["E-1"]
    path = f"{PAYSLIPS}/{first['payslip_id']}/reversal"
    why = {"reason": "the salary was wrong", "reversed_on": "2026-03-31"}

    back = await own.post(path, why, by=CLERK)
    again = await own.request("POST", path, why, by=CLERK)
    await own.request(
        "PATCH", f"{AGREEMENTS}/E-1/1", {"items": [{"component": "salary", "amount": "5100"}]}, if_match="*"
    )
    correction = await opened(own, kind="correction")
    slips = await payslips_of(own, correction)
    await sealed(own, correction)

    assert (back["document_number"], again.status_code) == (first["number"], 409)
    assert {code: one["gross_amount"] for code, one in slips.items()} == {"E-1": "5100.00"}
    assert (await own.balances())["payroll_expense"] == 10_100
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_group_is_paid_once_for_a_period(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)

    second = await own.request("POST", PATH, wanted(), by=CLERK)
    correction = await own.request("POST", PATH, wanted(kind="correction"), by=CLERK)
    await own.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "wrong days"}, by=CLERK)
    another = await opened(own)

    assert (second.status_code, correction.status_code) == (409, 409)
    assert (await payslips_of(own, run))["E-1"]["status"] == "withdrawn"
    assert (await payslips_of(own, another))["E-1"]["status"] == "calculated"


async def test_who_is_left_out_is_put_in_again_and_who_was_mended_is_computed_again(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2", accounts=[])
    run = await opened(own)
    path = f"{PATH}/{run['run_id']}/edits"

    await own.post(path, {"version": run["version"], "leave_out": ["E-1"]}, by=CLERK)
    without = await calculated(own, run)
    await paid_to(own, "E-2")
    body = {"version": without["version"], "put_in": ["E-1"], "calculate_again": ["E-2"]}
    await own.post(path, body, by=CLERK)
    mended = await calculated(own, without)

    assert (run["people"], without["people"], mended["people"]) == (1, 0, 2)
    assert len({run["content_hash"], without["content_hash"], mended["content_hash"]}) == 3
    late = await own.request("POST", path, body, by=CLERK)
    other = await own.request("POST", path, body | {"version": mended["version"]})
    assert (late.status_code, other.status_code) == (409, 403)
