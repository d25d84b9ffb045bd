"""Where somebody's pay goes is changed as where a supplier's money goes, and fewer see it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.builders.bank_details import (
    OLD_IBAN,
    PATH,
    PAY_ACCOUNTS,
    approval_of,
    asked_for,
    cancel,
    changed_at_once,
    changes,
    decide,
    until,
    wait_hours,
)
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payment_runs import DIRECTOR, MILL
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    IBAN,
    PAYSLIPS,
    SECOND_IBAN,
    an_agreement,
    hired,
    in_dollars,
    opened,
    payslips_of,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked

ONE = f"{AGREEMENTS}/E-1/1"
ELSEWHERE = {"accounts": [{"iban": SECOND_IBAN}]}


async def paid_person(erp: Erp) -> Erp:
    """Somebody who is paid to an account."""
    own = await in_dollars(erp)
    await hired(own, "E-1")
    return own


async def ibans_of(own: Erp, path: str = ONE) -> list[str]:
    """Where the person's pay goes by an agreement."""
    return [one["iban"] for one in (await own.get(path))["accounts"]]


def problem(answer: Any) -> tuple[int, str]:
    """What a request was refused with."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def seen(own: Erp, change: Any, by: str = APPROVER) -> Any:
    """The change with its accounts, as who may see pay reads it."""
    return await own.get(f"{PAY_ACCOUNTS}/{change['change_id']}", by=by)


async def test_pay_goes_to_the_old_account_until_another_has_said_yes(erp: Erp) -> None:
    own = await paid_person(erp)
    await wait_hours(own, 0)

    change = await asked_for(own, ONE, ELSEWHERE | {"hours_a_week": "38.5"}, by=CLERK)

    agreement = await own.get(ONE, by=CLERK)
    assert (float(agreement["hours_a_week"]), await ibans_of(own)) == (38.5, [IBAN])
    shown = await seen(own, change)
    assert [one["iban"] for one in shown["accounts_before"] + shown["accounts"]] == [IBAN, SECOND_IBAN]
    assert (await approval_of(own, change))["role"] == "payroll approver"
    own.accepted(await decide(own, change, APPROVER))
    await until(own, change, "effective")
    assert await ibans_of(own) == [SECOND_IBAN]
    listed = (await payslips_of(own, await opened(own)))["E-1"]
    slip = await own.get(f"{PAYSLIPS}/{listed['payslip_id']}", by=CLERK)
    assert [one["iban"] for one in slip["paid_to"]] == [SECOND_IBAN]
    assert await violations(own.company) == []


async def test_who_may_not_see_pay_is_not_shown_the_accounts(erp: Erp) -> None:
    own = await paid_person(erp)
    asked = {"actor": "Berta Books", "companies": [own.company], "roles": ["accountant"]}
    own.keys["Berta Books"] = (await own.post("/v1/api-keys", asked))["key"]
    change = await asked_for(own, ONE, ELSEWHERE, by=CLERK)

    hidden = await own.request("GET", f"{PATH}/{change['change_id']}", by="Berta Books")
    refused = await own.request("GET", f"{PAY_ACCOUNTS}/{change['change_id']}", by="Berta Books")

    assert hidden.status_code == 200
    assert (hidden.json()["accounts"], hidden.json()["accounts_before"]) == ([], [])
    assert IBAN not in hidden.text and SECOND_IBAN not in hidden.text
    assert problem(refused) == (403, "forbidden")
    assert (await seen(own, change, by=DIRECTOR))["accounts"][0]["iban"] == SECOND_IBAN


async def test_a_supplier_whose_account_is_somebodys_is_told_so_and_not_whose(erp: Erp) -> None:
    own = await paid_person(erp)
    await own.post("/v1/payment-terms", {"code": "NET30", "name": "Net", "instalments": [{"days": 30}]})
    await own.post("/v1/suppliers", MILL)
    to_pay = {"bank_accounts": [{"currency": "EUR", "iban": IBAN}]}
    of_supplier = await asked_for(own, "/v1/suppliers/MILL", to_pay)
    others = {"accounts": [{"iban": OLD_IBAN}]}
    of_person = await asked_for(own, ONE, others, by=CLERK)

    shown = await own.request("GET", f"{PATH}/{of_supplier['change_id']}")

    assert (of_supplier["is_anothers"], shown.json()["is_somebodys_pay"]) == (True, True)
    assert "E-1" not in shown.text
    assert (await seen(own, of_person))["also_of_suppliers"] == ["MILL"]


async def test_of_two_who_are_paid_to_one_account_who_may_see_pay_reads_the_other(erp: Erp) -> None:
    own = await paid_person(erp)
    await hired(own, "E-2", accounts=[{"iban": SECOND_IBAN}])

    change = await asked_for(own, ONE, ELSEWHERE, by=CLERK)

    assert (change["is_anothers"], (await seen(own, change))["also_of_employees"]) == (True, ["E-2"])


async def test_an_agreement_that_follows_another_one_is_paid_to_its_account_until_then(erp: Erp) -> None:
    own = await paid_person(erp)
    own.accepted(await own.request("PATCH", ONE, {"valid_to": "2026-03-31"}, if_match="*", by=CLERK))
    follows = an_agreement(code="E-1/2", valid_from="2026-04-01") | ELSEWHERE

    first = await own.request("POST", AGREEMENTS, follows, by=CLERK, key="raise")
    again = await own.request("POST", AGREEMENTS, follows, by=CLERK, key="raise")

    assert (first.status_code, again.status_code) == (201, 201)
    assert await ibans_of(own, f"{AGREEMENTS}/E-1/2") == [IBAN]
    (change,) = await changes(own)
    assert (change["code"], change["party_code"], change["requested_by"]) == ("E-1/2", "E-1", CLERK)
    own.accepted(await cancel(own, change, by=CLERK))
    assert await ibans_of(own, f"{AGREEMENTS}/E-1/2") == [IBAN]


async def test_one_that_follows_and_leaves_its_accounts_out_has_those_of_before(erp: Erp) -> None:
    own = await paid_person(erp)
    own.accepted(await own.request("PATCH", ONE, {"valid_to": "2026-03-31"}, if_match="*", by=CLERK))
    follows = an_agreement(code="E-1/2", valid_from="2026-04-01", accounts=[])

    await own.post(AGREEMENTS, follows, by=CLERK)

    assert (await ibans_of(own, f"{AGREEMENTS}/E-1/2"), await changes(own)) == ([IBAN], [])


async def raised_since_april(own: Erp) -> None:
    """Another agreement follows the first, and takes over its accounts."""
    own.accepted(await own.request("PATCH", ONE, {"valid_to": "2026-03-31"}, if_match="*", by=CLERK))
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", valid_from="2026-04-01", accounts=[]), by=CLERK)


@pytest.mark.parametrize("is_asked_first", [True, False])
async def test_one_that_follows_has_the_new_account_as_well(erp: Erp, is_asked_first: bool) -> None:
    own = await paid_person(erp)
    await wait_hours(own, 0)
    if not is_asked_first:
        await raised_since_april(own)
    change = await asked_for(own, ONE, ELSEWHERE, by=CLERK)
    if is_asked_first:
        await raised_since_april(own)

    own.accepted(await decide(own, change, APPROVER))
    await until(own, change, "effective")

    assert [await ibans_of(own), await ibans_of(own, f"{AGREEMENTS}/E-1/2")] == [[SECOND_IBAN]] * 2
    await own.at_rest()
    assert await violations(own.company) == []


async def test_one_that_follows_with_accounts_of_its_own_keeps_them(erp: Erp) -> None:
    own = await paid_person(erp)
    await raised_since_april(own)
    both, of_both = (ONE, f"{AGREEMENTS}/E-1/2"), []

    for path, iban in ((both[1], SECOND_IBAN), (ONE, OLD_IBAN), (ONE, SECOND_IBAN), (ONE, IBAN)):
        to_pay = {"accounts": [{"iban": iban}]}
        await changed_at_once(own, path, to_pay, by=CLERK, approver=APPROVER)
        of_both.append([(await ibans_of(own, one))[0] for one in both])

    assert of_both == [[IBAN, SECOND_IBAN], [OLD_IBAN, SECOND_IBAN], [SECOND_IBAN] * 2, [IBAN] * 2]
    await own.at_rest()
    assert await violations(own.company) == []


@pytest.mark.parametrize(
    ("accounts", "begins"),
    [
        ([{"iban": f" {IBAN.lower()} "}], False),
        ([], True),
        ([{"iban": IBAN, "bic": "BYLADEM1001"}], True),
        ([{"iban": SECOND_IBAN, "percent": "10"}, {"iban": IBAN}], True),
    ],
)
async def test_what_is_a_change_of_where_pay_goes(erp: Erp, accounts: list[Any], begins: bool) -> None:
    own = await paid_person(erp)

    own.accepted(await own.request("PATCH", ONE, {"accounts": accounts}, if_match="*", by=CLERK))

    assert (len(await changes(own)), await ibans_of(own)) == (begins, [IBAN])


async def test_another_share_of_the_same_accounts_is_a_change_as_well(erp: Erp) -> None:
    own = await in_dollars(erp)
    shared = [{"iban": SECOND_IBAN, "percent": "10"}, {"iban": IBAN}]
    await hired(own, "E-1", accounts=shared)

    more = {"accounts": [{"iban": SECOND_IBAN, "percent": "90"}, {"iban": IBAN}]}
    await changed_at_once(own, ONE, more, by=CLERK, approver=APPROVER)

    assert [one["percent"] for one in (await own.get(ONE))["accounts"]] == ["90", None]


async def test_an_agreement_stays_with_whose_it_is(erp: Erp) -> None:
    own = await paid_person(erp)
    await own.post(EMPLOYEES, an_employee("E-9"))

    refused = await own.request("PATCH", ONE, {"employee_code": "E-9"}, if_match="*", by=CLERK)

    assert problem(refused) == (422, "invalid")
    assert [one["field"] for one in refused.json()["errors"]] == ["employee_code"]


async def test_a_second_change_is_refused_without_repeating_an_account(erp: Erp) -> None:
    own = await paid_person(erp)
    await asked_for(own, ONE, ELSEWHERE, by=CLERK)

    refused = await own.request("PATCH", ONE, {"accounts": []}, if_match="*", by=CLERK)
    same = await own.request("PATCH", ONE, ELSEWHERE, if_match="*", by=CLERK)

    assert problem(refused) == (409, "bank-details-change-open")
    assert [one["field"] for one in refused.json()["errors"]] == ["accounts"]
    assert IBAN not in refused.text and SECOND_IBAN not in refused.text
    assert (same.status_code, len(await changes(own))) == (200, 1)


async def test_the_database_refuses_another_account_whoever_asks(erp: Erp, owner_url: str) -> None:
    own = await paid_person(erp)
    await asked_for(own, ONE, ELSEWHERE, by=CLERK)
    owner = await asyncpg.connect(owner_url)
    of_company = "WHERE company_id = $1"
    try:
        for change, why in (
            ("accounts = '[]'", "nobody else has said yes"),
            ("employee_code = 'E-9'", "stays with"),
        ):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=why):
                await owner.execute(f"UPDATE payroll.pay_agreement SET {change} {of_company}", own.company)
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(
                f"UPDATE payroll.pay_account_change SET accounts = '[]' {of_company}", own.company
            )
    finally:
        await owner.close()


@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_it_takes_effect_once_whatever_becomes_of_the_step(
    erp: Erp, faults: FaultySteps, fault: str
) -> None:
    own = await paid_person(erp)
    await wait_hours(own, 0)
    before = (await own.get(ONE))["version"]
    if fault == "refused":
        faults.refused[own.company, "payroll.apply_account_change"] = 1_000
    else:
        faults.repeated.add((own.company, "payroll.apply_account_change"))
    change = await asked_for(own, ONE, ELSEWHERE, by=CLERK)
    deciding = asyncio.create_task(decide(own, change, APPROVER))
    if fault == "refused":
        process = await parked(own)
        assert await ibans_of(own) == [IBAN]
        faults.forget(own.company)
        await own.post(f"/v1/processes/{process['id']}/repair", {"action": "retry"}, by="operator")

    own.accepted(await deciding)

    await until(own, change, "effective")
    assert (await ibans_of(own), (await own.get(ONE))["version"]) == ([SECOND_IBAN], before + 2)


async def test_nothing_is_shown_of_a_change_that_there_is_not(erp: Erp) -> None:
    own = await paid_person(erp)

    nothing = await own.request("GET", f"{PAY_ACCOUNTS}/00000000-0000-5000-8000-000000000000", by=APPROVER)

    assert problem(nothing) == (404, "not-found")
