"""What was paid to somebody before we paid it counts like what our own payslips add up."""

from typing import Any

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payroll import (
    CLERK,
    OPENINGS,
    PAYSLIPS,
    an_opening,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
)
from tests.checked import violations
from tests.erp import Erp

LIMIT_2026 = "184500.00"
"""Up to which wages are taxed for Social Security in 2026."""
_WRITTEN = text("SELECT coalesce(string_agg(request::text, ' '), '') FROM foundation.operation")


async def social_security(own: Erp, run: Any) -> str:
    """What is withheld of the first person."""
    slip = (await payslips_of(own, run))["E-1"]
    lines = (await own.get(f"{PAYSLIPS}/{slip['payslip_id']}"))["lines"]
    found = {one["code"]: one["amount"] for one in lines if one["kind"] == "withheld"}
    return str(found.get("social_security", "0.00"))


async def test_who_comes_amid_the_year_has_earned_up_to_the_limit_already(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await own.post(OPENINGS, an_opening(law={"social_security_wages": "182500.00"}), by=CLERK)

    # 5,000.00 are paid, and 2,000.00 of them are left up to the limit: 6.2 per cent.
    assert await social_security(own, await opened(own)) == "124.00"


async def test_a_correction_counts_for_who_is_computed_after_it_and_holds_who_was_before(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await own.post(OPENINGS, an_opening(law={"social_security_wages": LIMIT_2026}), by=CLERK)
    run = await opened(own)
    before = await social_security(own, run)

    changes = {"law": {"social_security_wages": "100000.00"}}
    own.accepted(await own.request("PATCH", f"{OPENINGS}/E-1/2026", changes, by=CLERK, if_match='"1"'))
    await sealed(own, run)
    held = (await payslips_of(own, run))["E-1"]["held_because"]
    correction = await opened(own, kind="correction")

    assert (before, held) == ("0.00", "paid-otherwise-since")
    assert await social_security(own, correction) == "310.00"
    await sealed(own, correction)
    await own.at_rest()
    assert await violations(own.company) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"employee_code": "NOBODY"}, ["employee_code"]),
        ({"country": "XX"}, ["country"]),
        ({"law": {"federal_wage": "1"}}, ["law.federal_wage"]),
        ({"components": {"unheard_of": "1"}}, ["components.unheard_of"]),
    ],
)
async def test_an_opening_that_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    own = await in_dollars(erp)
    await own.post(EMPLOYEES, an_employee())

    answer = await own.request("POST", OPENINGS, an_opening() | changes, by=CLERK)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert (await own.get(OPENINGS))["items"] == []


async def test_a_person_has_one_opening_of_a_year_which_stays_with_both(erp: Erp) -> None:
    own = await in_dollars(erp)
    await own.post(EMPLOYEES, an_employee())
    await own.post(OPENINGS, an_opening(law={"state_wages_CA": "4711.08"}), by=CLERK)

    second = await own.request("POST", OPENINGS, an_opening(code="again"), by=CLERK)
    moved = await own.request("PATCH", f"{OPENINGS}/E-1/2026", {"year": 2025}, by=CLERK, if_match="*")

    assert (second.status_code, second.json()["type"]) == (409, "/problems/opening-exists")
    assert [error["field"] for error in moved.json()["errors"]] == ["year"]
    async with database().read(own.company) as tx:
        assert "4711.08" not in await tx.scalar(_WRITTEN)
    assert (await own.get(f"{OPENINGS}/E-1/2026"))["law"] == {"state_wages_CA": "4711.08"}
