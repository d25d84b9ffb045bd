"""What people are paid: written and read by few, noted when it is read, and sealed where it is not kept."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from foundation.runtime.sealing import MARK
from tests.builders.bank_details import changed_at_once
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payment_runs import DIRECTOR
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    COMPONENTS,
    GROUPS,
    IBAN,
    OPENINGS,
    PAYSLIPS,
    SECOND_IBAN,
    STAFF,
    a_component,
    an_agreement,
    an_opening,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
)
from tests.erp import Erp

_WRITTEN = text(
    "SELECT request::text || coalesce(answer::text, '') AS written, name FROM foundation.operation "
    "UNION ALL SELECT body::text || coalesce(answer::text, ''), kind FROM foundation.command"
)
_READS = text(
    "SELECT request ->> 'path' AS path, actor FROM foundation.operation WHERE name = 'identity.note_read'"
)


async def refused(erp: Erp, path: str, body: dict[str, Any]) -> tuple[int, str, list[str]]:
    """What a record is refused for, at which fields."""
    answer = await erp.request("POST", path, body, by=CLERK)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"country": "XX"}, ["country"]),
        ({"country": "DE"}, ["country"]),
        ({"frequency": "hourly"}, ["frequency"]),
    ],
)
async def test_a_group_is_paid_by_a_law_that_is_known_in_the_books_currency(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    own = await in_dollars(erp)

    assert (await refused(own, GROUPS, STAFF | {"code": "OTHER"} | changes))[2] == fields


def version(**changes: Any) -> dict[str, Any]:
    return {"versions": [{"valid_from": "2025-01-01", "kind": "fixed"} | changes]}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"treatment": "unheard_of"}, ["treatment"]),
        ({"sign": "information", "proration": None, "counts_as_base": False}, ["treatment"]),
        (version(rate="5"), ["versions.0.rate"]),
        (version(kind="percentage", percent="5", of=["nothing"]) | {"proration": None}, ["code"]),
        (version(kind="percentage", percent="5", of=["bonus"]) | {"proration": None}, ["versions"]),
        (version(kind="formula", formula="salary.real * 2") | {"proration": None}, ["versions.0.formula"]),
        (version(kind="rate"), ["versions.0.proration"]),
    ],
)
async def test_a_component_that_cannot_be_computed_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    own = await in_dollars(erp)

    status, _, found = await refused(own, COMPONENTS, a_component("bonus") | changes)

    assert (status, found) == (422, fields)


async def test_a_component_stays_with_the_law_that_treats_it(erp: Erp) -> None:
    own = await in_dollars(erp)
    body = {"country": "DE", "treatment": ""}

    answer = await own.request("PATCH", f"{COMPONENTS}/salary", body, by=CLERK, if_match="*")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "country")
    assert "US" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"employee_code": "NOBODY", "pay_group_code": "NONE"}, ["employee_code", "pay_group_code"]),
        ({"valid_to": "2024-12-31"}, ["valid_to"]),
        ({"items": [{"component": "unheard_of"}]}, ["items.0.component"]),
        ({"details": {"state": "TX"}}, ["details.state_unemployment_percent"]),
        ({"details": {"state": "texas", "state_unemployment_percent": "2"}}, ["details.state"]),
        (
            {"cost_centres": [{"cost_centre": "NONE", "percent": "90"}]},
            ["cost_centres.0.cost_centre", "cost_centres"],
        ),
        ({"accounts": [{"iban": "DE02120300000000202052"}]}, ["accounts.0.iban"]),
        ({"accounts": [{"iban": IBAN}, {"iban": SECOND_IBAN}]}, ["accounts.0.amount"]),
        ({"accounts": [{"iban": IBAN, "amount": "5"}]}, ["accounts.0.amount"]),
    ],
)
async def test_an_agreement_that_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    own = await in_dollars(erp)
    await own.post(EMPLOYEES, an_employee())

    status, kind, found = await refused(own, AGREEMENTS, an_agreement() | changes)

    assert (status, kind, found) == (422, "invalid", fields)
    assert (await own.get(AGREEMENTS))["items"] == []


async def test_on_any_day_one_agreement_holds_for_somebody(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, valid_to="2026-06-30")

    last_day = await refused(own, AGREEMENTS, an_agreement(code="E-1/2", valid_from="2026-06-30"))
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", valid_from="2026-07-01"))

    assert last_day == (409, "agreements-overlap", ["valid_from"])


async def test_pay_is_read_by_who_runs_payroll_and_by_nobody_who_hires_or_keeps_the_books(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    for role in ("personnel officer", "accountant", "viewer"):
        asked = {"actor": role, "companies": [own.company], "roles": [role]}
        own.keys[role] = (await own.post("/v1/api-keys", asked))["key"]

    for path in (AGREEMENTS, f"{AGREEMENTS}/E-1/1", OPENINGS, "/v1/payslips"):
        found = {by: (await own.request("GET", path, by=by)).status_code for by in own.keys}
        assert found[CLERK] == 200
        assert {by for by, status in found.items() if status != 403} - {CLERK} <= {
            "Dirk Director",
            "Arno Approver",
        }
    assert (await own.request("GET", AGREEMENTS, by=DIRECTOR)).status_code == 403


async def test_what_is_written_down_twice_with_one_key_is_written_once(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await sealed(own, run)
    slip = (await payslips_of(own, run))["E-1"]
    asked = {
        "payroll.put_pay_group": (GROUPS, STAFF | {"code": "OTHERS"}),
        "payroll.put_pay_component": (COMPONENTS, a_component("bonus")),
        "payroll.put_pay_agreement": (AGREEMENTS, an_agreement("E-2")),
        "payroll.put_year_opening": (OPENINGS, an_opening("E-2", year=2025)),
        "payroll.reverse_payslip": (
            f"{PAYSLIPS}/{slip['payslip_id']}/reversal",
            {"reason": "a mistake", "reversed_on": "2026-03-31"},
        ),
    }
    await own.post(EMPLOYEES, an_employee("E-2"))
    before = await operations(own)

    for operation, (path, body) in asked.items():
        answers = [await own.post(path, body, by=CLERK, key=operation) for _ in range(2)]
        assert answers[0] == answers[1]

    after = await operations(own)
    assert {name: after.count(name) - before.count(name) for name in asked} == dict.fromkeys(asked, 1)


async def operations(own: Erp) -> list[str]:
    """The names of all operations that were logged."""
    async with database().read(own.company) as tx:
        return list(await tx.scalars(text("SELECT name FROM foundation.operation"), {}))


async def test_a_change_that_is_sent_again_with_its_key_is_made_once(erp: Erp) -> None:
    """Its answer was lost: by then the record is as it was changed, and what is filled in may be written
    otherwise than before.
    """
    own = await in_dollars(erp)
    await hired(own)
    path, change = f"{AGREEMENTS}/E-1/1", {"accounts": [{"iban": SECOND_IBAN}], "language": "de"}
    version = (await own.get(path, by=CLERK))["version"]

    answers = [
        await own.request("PATCH", path, change, if_match=f'"{version}"', key="a change", by=CLERK)
        for _ in range(3)
    ]
    another = await own.request("PATCH", path, {"language": "en"}, if_match="*", key="a change", by=CLERK)

    assert [(one.status_code, one.json()["version"]) for one in answers] == [(200, version + 1)] * 3
    assert (another.status_code, another.json()["type"]) == (409, "/problems/conflict")


async def test_a_payslip_is_found_by_its_number(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    slip = (await payslips_of(own, run))["E-1"]

    assert slip["number"] == f"{run['run_number']}-E-1"
    assert (await own.get(f"{PAYSLIPS}/{slip['number']}"))["payslip_id"] == slip["payslip_id"]
    (found,) = (await own.get(f"/v1/documents/{slip['number']}"))["documents"]
    assert (found["id"], found["kind"]) == (slip["payslip_id"], "payslip")


async def test_it_is_noted_who_reads_pay(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)

    await own.get(f"{AGREEMENTS}/E-1/1", by=CLERK)
    await own.get(AGREEMENTS, by=CLERK, employee="E-1")

    async with database().read(own.company) as tx:
        reads = [(row.path, row.actor) for row in await tx.execute(_READS)]
    assert (f"{AGREEMENTS}/E-1/1", CLERK) in reads
    assert (AGREEMENTS, CLERK) in reads


async def test_pay_is_sealed_wherever_it_is_written_down_outside_its_tables(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", "4711.08")
    run = await opened(own)
    await sealed(own, run)
    elsewhere = {"accounts": [{"iban": SECOND_IBAN}]}
    await changed_at_once(own, f"{AGREEMENTS}/E-1/1", elsewhere, approver=APPROVER)
    slip = (await payslips_of(own, run))["E-1"]

    async with database().read(own.company) as tx:
        written = (await tx.execute(_WRITTEN)).all()
    shown = await own.get(f"{AGREEMENTS}/E-1/1")

    secrets = ("4711.08", slip["net_amount"], IBAN, SECOND_IBAN)
    assert [(one.name, secret) for one in written for secret in secrets if secret in one.written] == []
    assert sum(MARK in one.written for one in written if one.name == "payroll.put_pay_agreement") == 2
    assert (shown["items"][0]["amount"], shown["accounts"][0]["iban"]) == ("4711.08", SECOND_IBAN)


async def test_what_somebody_is_paid_is_not_seen_in_the_books_either(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", "4711.08")
    await hired(own, "E-2", "3822.19")
    run = await opened(own)
    await sealed(own, run)
    slips = await payslips_of(own, run)
    why = {"reason": "wrong", "reversed_on": "2026-03-31"}
    await own.post(f"/v1/payslips/{slips['E-2']['payslip_id']}/reversal", why, by=CLERK)

    entries = (await own.get("/v1/journal-entries"))["items"]
    one = await own.get(f"/v1/journal-entries/{entries[0]['entry_id']}")
    told = [
        str(entries),
        str(one),
        (await own.request("GET", "/v1/journal-entries", format="csv")).text,
        str(await own.get("/v1/open-items", only_open=False)),
        str(await own.get("/v1/reports/aged-payables", as_of="2026-03-31")),
        str(await own.get("/v1/reports/open-items", as_of="2026-03-31", side="payable")),
    ]
    of_wages = await own.request("GET", "/v1/reports/open-items", as_of="2026-03-31", side="wages")

    assert [(entry["lines"], entry["is_for_few"]) for entry in entries] == [([], True)] * 3
    secrets = ["4711.08", "3822.19", *(slip["net_amount"] for slip in slips.values())]
    assert [secret for secret in secrets for text_ in told if secret in text_] == []
    assert (of_wages.status_code, of_wages.json()["errors"][0]["field"]) == (422, "side")
    # What all of them cost together is seen.
    assert (await own.balances())["payroll_expense"] == Decimal("4711.08")
