"""Payslips as they are handed out: of what is posted, in the person's language, and the same ever after."""

import hashlib
import io
from decimal import Decimal
from typing import Any

import pytest
from asyncpg import IntegrityConstraintViolationError
from pypdf import PdfReader
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    COMPONENTS,
    GROUPS,
    PAYSLIPS,
    hired,
    in_dollars,
    opened,
    paid_to,
    payslips_of,
    sealed,
)
from tests.checked import violations
from tests.erp import Erp

APRIL = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}
OVERTIME = {
    "code": "overtime",
    "name": "Overtime",
    "country": "US",
    "sign": "earning",
    "treatment": "regular",
    "versions": [{"valid_from": "2025-01-01", "kind": "rate"}],
}


READS = text(
    """
    SELECT request ->> 'path' AS path, actor FROM foundation.operation
    WHERE name = 'identity.note_read' AND request ->> 'path' LIKE '%/pdf'
    """
)


async def printed(erp: Erp, payslip: dict[str, Any]) -> bytes:
    """A payslip's PDF, whose ETag is its SHA-256."""
    answer = await erp.request("GET", f"{PAYSLIPS}/{payslip['payslip_id']}/pdf", by=CLERK)
    assert (answer.status_code, answer.headers.get("content-type")) == (200, "application/pdf"), answer.text
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    return answer.content


def text_of(pdf: bytes) -> str:
    """What is read on all pages."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\N{NO-BREAK SPACE}", " ")


def assert_says(pdf: bytes, *wanted: str) -> None:
    """All of it is read."""
    said = text_of(pdf)
    missing = [words for words in wanted if words not in said]
    assert not missing, f"{missing} in {said}"


async def paid(own: Erp, **days: str) -> dict[str, Any]:
    """The payslips of a run that is sealed, by person."""
    run = await opened(own, **days)
    await sealed(own, run)
    return await payslips_of(own, run)


async def change(own: Erp, path: str, changes: dict[str, Any]) -> None:
    """Change some fields of a record."""
    own.accepted(await own.request("PATCH", path, changes, if_match="*"))


async def change_everything(own: Erp) -> None:
    """Whatever a payslip says is another afterwards."""
    await change(own, f"/v1/companies/{own.company}", {"name": "Moved Inc.", "city": "Boston"})
    await change(own, f"{EMPLOYEES}/E-1", {"name": "Another Name"})
    await change(own, f"{COMPONENTS}/salary", {"name": "Base pay"})
    await change(own, f"{GROUPS}/STAFF", {"name": "Everybody"})
    await change(
        own,
        f"{AGREEMENTS}/E-1/1",
        {"language": "de", "details": {"state": "IL", "state_unemployment_percent": "2.7"}},
    )


async def test_a_payslip_is_the_same_byte_for_byte_whatever_was_changed(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    payslip = (await paid(own))["E-1"]
    first = await printed(own, payslip)

    await change_everything(own)
    why = {"reason": "the salary was wrong", "reversed_on": "2026-03-31"}
    await own.post(f"{PAYSLIPS}/{payslip['payslip_id']}/reversal", why, by=CLERK)

    assert await printed(own, payslip) == first
    async with database().read(own.company) as tx:
        done = await tx.scalar(
            text("SELECT count(*) FROM foundation.operation WHERE name = 'payroll.print_payslip'")
        )
    assert done == 1
    await own.at_rest()
    assert await violations(own.company) == []


async def test_what_is_printed_late_says_what_was_so_when_it_was_posted(erp: Erp) -> None:
    own = await in_dollars(erp)
    await own.post(COMPONENTS, OVERTIME)
    items = [
        {"component": "salary", "amount": "5000.00"},
        {"component": "overtime", "rate": "31.25", "quantity": "12"},
    ]
    await hired(own, items=items)
    payslip, after = (await paid(own))["E-1"], (await paid(own, **APRIL))["E-1"]
    await change_everything(own)
    why = {"reason": "the salary was wrong", "reversed_on": "2026-04-30"}
    for one in (after, payslip):
        await own.post(f"{PAYSLIPS}/{one['payslip_id']}/reversal", why, by=CLERK)

    march, april = await printed(own, payslip), await printed(own, after)

    name = (await own.get(f"{PAYSLIPS}/{payslip['payslip_id']}"))["employee_name"]
    # 5,375.00 at 6.2 and 1.45 per cent: social security and Medicare of a month, and of two.
    assert_says(
        march,
        *(
            name,
            "Monthly salary 5,000.00",
            "Overtime 12 × 31.25 375.00",
            "Staff, monthly",
            "State of work TX",
        ),
        *("Social security 5,375.00 333.25", "Medicare 5,375.00 77.94", "IBAN DE02 •••• •••• •••• ••20 51"),
        *("Gross pay 5,375.00", "Federal wages 5,375.00", "Social security 333.25"),
    )
    assert_says(april, "Gross pay 10,750.00", "Federal wages 10,750.00", "Social security 666.50")
    assert "Moved" not in text_of(march) and "Another" not in text_of(march)
    figures = await own.get(f"{PAYSLIPS}/{payslip['payslip_id']}")
    assert_says(march, f"US${Decimal(figures['net_amount']):,.2f}")


async def test_the_year_is_what_had_been_paid_by_then_whatever_is_corrected_later(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2", "4000.00", accounts=[])
    await paid(own)
    await paid_to(own, "E-2")
    april = (await paid(own, **APRIL))["E-2"]
    correction = (await paid(own, kind="correction"))["E-2"]
    may = (await paid(own, starts_on="2026-05-01", ends_on="2026-05-31"))["E-2"]

    of_year = {
        month: text_of(await printed(own, payslip)).partition("In 2026, up to ")[2]
        for month, payslip in (("march", correction), ("april", april), ("may", may))
    }

    assert of_year["april"].startswith("30 April 2026\nGross pay 4,000.00"), of_year["april"]
    assert of_year["march"].startswith("31 March 2026\nGross pay 4,000.00"), of_year["march"]
    assert of_year["may"].startswith("31 May 2026\nGross pay 12,000.00"), of_year["may"]
    assert "Social security wages 12,000.00" in of_year["may"]


async def test_what_a_posted_payslip_says_of_the_person_is_not_changed(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await paid(own)

    with pytest.raises(IntegrityConstraintViolationError, match="it stays as it is"):
        async with database().write(own.company, CLERK) as tx:
            await tx.execute(text("UPDATE payroll.payslip SET person = '{}'"))


async def test_who_reads_german_gets_a_german_payslip(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, language="de")

    payslip = (await paid(own))["E-1"]

    assert_says(
        await printed(own, payslip),
        "Entgeltabrechnung 01.03.2026 – 31.03.2026",
        "Bruttobezüge 5.000,00",
        "Krankenversicherung im Alter (Medicare) 5.000,00 72,50",
        "Auszahlungsbetrag",
    )


async def test_what_is_not_posted_is_not_handed_out(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    payslip = (await payslips_of(own, await opened(own)))["E-1"]

    refused = await own.request("GET", f"{PAYSLIPS}/{payslip['payslip_id']}/pdf", by=CLERK)
    nobody = "00000000-0000-0000-0000-000000000000"
    unknown = await own.request("GET", f"{PAYSLIPS}/{nobody}/pdf", by=CLERK)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-posted")
    assert unknown.status_code == 404


async def test_only_who_may_see_payslips_gets_them_and_it_is_noted_who_did(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    for role in ("accountant", "personnel officer"):
        asked = {"actor": role, "companies": [own.company], "roles": [role]}
        own.keys[role] = (await own.post("/v1/api-keys", asked))["key"]
    payslip = (await paid(own))["E-1"]
    path = f"{PAYSLIPS}/{payslip['payslip_id']}/pdf"

    books = await own.request("GET", path, by="accountant")
    hires = await own.request("GET", path, by="personnel officer")
    approver = await own.request("GET", path, by=APPROVER)

    assert (books.status_code, hires.status_code, approver.status_code) == (403, 403, 200)
    async with database().read(own.company) as tx:
        reads = [(row.path, row.actor) for row in await tx.execute(READS)]
    assert reads == [(path, APPROVER)]
