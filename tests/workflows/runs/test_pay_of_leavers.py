"""Nobody is paid past the last day of the employment, whatever is agreed."""

from decimal import Decimal
from typing import Any

import pytest

from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    PATH,
    an_agreement,
    approved,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    submitted,
    until,
    wanted,
)
from tests.checked import violations_at_rest
from tests.erp import Erp

APRIL = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}


async def leaves(own: Erp, code: str, on: str | None) -> None:
    """It is written down when somebody leaves, or that they stay."""
    own.accepted(await own.request("PATCH", f"{EMPLOYEES}/{code}", {"left_on": on}, if_match="*"))


async def employer(erp: Erp) -> Erp:
    """A company that pays each of its two people a hundred dollars a day of March."""
    own = await in_dollars(erp)
    await hired(own, "E-1", "3100.00")
    await hired(own, "E-2", "3100.00")
    return own


async def gross(own: Erp, run: Any) -> dict[str, Decimal]:
    """What each comes to before anything is withheld."""
    return {code: Decimal(one["gross_amount"]) for code, one in (await payslips_of(own, run)).items()}


@pytest.mark.parametrize(
    ("last_day", "march"),
    [
        ("2026-02-28", {"E-2": 3100}),
        ("2026-03-01", {"E-1": 100, "E-2": 3100}),
        ("2026-03-10", {"E-1": 1000, "E-2": 3100}),
        ("2026-03-31", {"E-1": 3100, "E-2": 3100}),
        ("2026-04-01", {"E-1": 3100, "E-2": 3100}),
    ],
)
async def test_the_last_day_is_the_last_that_is_paid(
    erp: Erp, last_day: str, march: dict[str, Decimal]
) -> None:
    own = await employer(erp)
    await leaves(own, "E-1", last_day)

    run = await opened(own)

    assert await gross(own, run) == march
    await sealed(own, run)
    await own.at_rest()
    assert await violations_at_rest(own.company) == []


async def test_an_agreement_that_ends_before_the_last_day_ends_then(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", "3100.00", valid_to="2026-03-10")
    await leaves(own, "E-1", "2026-03-20")

    assert await gross(own, await opened(own)) == {"E-1": 1000}


async def test_an_agreement_that_begins_after_the_last_day_pays_nothing(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", "3100.00", valid_to="2026-03-20")
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", salary="6200.00", valid_from="2026-03-21"))
    await leaves(own, "E-1", "2026-03-10")

    assert await gross(own, await opened(own)) == {"E-1": 1000}


async def test_who_stays_after_all_is_paid_on(erp: Erp) -> None:
    own = await employer(erp)
    await leaves(own, "E-1", "2026-03-10")
    await leaves(own, "E-1", None)

    assert await gross(own, await opened(own)) == {"E-1": 3100, "E-2": 3100}


async def test_a_payslip_that_was_computed_before_is_held_and_corrected(erp: Erp) -> None:
    own = await employer(erp)
    run = await opened(own)
    await leaves(own, "E-1", "2026-03-10")
    await submitted(own, run)
    await approved(own, run)
    await until(own, run, lambda now: now["status"] == "sealed")

    slips = await payslips_of(own, run)
    correction = await opened(own, kind="correction")

    assert (slips["E-1"]["status"], slips["E-1"]["held_because"]) == ("held", "paid-otherwise-since")
    assert slips["E-2"]["status"] == "posted"
    assert await gross(own, correction) == {"E-1": 1000}


async def test_a_final_run_pays_to_the_last_day_of_whose_agreement_goes_on(erp: Erp) -> None:
    own = await employer(erp)
    named = {"kind": "final", "people": [{"employee_code": "E-1"}]}
    stays = await own.request("POST", PATH, wanted(**named), by=CLERK)
    await leaves(own, "E-1", "2026-03-10")

    final = await opened(own, **named)

    assert (stays.status_code, stays.json()["type"]) == (422, "/problems/invalid")
    assert await gross(own, final) == {"E-1": 1000}


async def test_what_was_posted_before_the_last_day_was_known_is_not_asked_back_by_itself(erp: Erp) -> None:
    own = await employer(erp)
    await sealed(own, await opened(own))
    await leaves(own, "E-1", "2026-03-10")

    april = await opened(own, **APRIL)

    # Nothing more is paid to who has left: the payslip of March is taken back, as docs/payroll.md says.
    assert await gross(own, april) == {"E-2": 3100}
