"""What people are paid stands in the tables of payroll and in the entries of the ledger, and nowhere else."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest

from tests.builders.bank_details import PATH as CHANGES
from tests.builders.bank_details import asked_for, cancel, changed_at_once
from tests.builders.bank_details import changes as changes_of
from tests.builders.bank_statements import amounts, entry
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payment_runs import today
from tests.builders.payment_runs import until as paid_until
from tests.builders.payroll import (
    AGREEMENTS,
    APPROVER,
    CLERK,
    IN_TEXAS,
    OPENINGS,
    PAYSLIPS,
    an_agreement,
    an_opening,
    calculated,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    wanted,
)
from tests.builders.status_reports import report, reported, transaction
from tests.builders.wages import approved as wages_approved
from tests.builders.wages import paid, proposed, ready_to_pay, stated, submitted, wages_of
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired

SALARY, REFUSED_SALARY, TAX, WRONG_IBAN = "4711.08", "4822.19", "137.77", "DE02120300000000202052"
PAID_BEFORE, RAISED = "9633.71", "4799.63"
"""What was paid before we paid it; and a raise that is known when the month is closed."""
OWN_IBAN, OTHERS_IBAN = "DE89370400440532013000", "DE75512108001245126199"
WHY = {"reason": "a mistake"}
LATER_IBAN, REFUSED_IBAN = "DE02500105170137075030", "DE02100500000054540402"
KEPT_IN = ("payroll.", "ledger.")
"""The schemas whose tables may have it."""

Owner = asyncpg.Connection


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[Owner]:
    """The tables' owner, who sees every row."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


_TABLES = """
    SELECT format('%I.%I', t.schemaname, t.tablename) AS name, EXISTS (
        SELECT FROM pg_attribute a WHERE a.attname = 'company_id'
            AND a.attrelid = format('%I.%I', t.schemaname, t.tablename)::regclass) AS is_of_companies
    FROM pg_tables t
    WHERE t.schemaname NOT LIKE 'pg\\_%' AND t.schemaname <> 'information_schema'
"""


def wanted_as(secret: str) -> str:
    """As a regular expression: for itself, and not by chance in a hash or an id."""
    return f"(^|[^0-9a-f]){re.escape(secret)}([^0-9a-f]|$)"


def has(text: str, secret: str) -> bool:
    """Whether a text has it."""
    return re.search(wanted_as(secret), text) is not None


async def places(owner: Owner, own: Erp, secret: str) -> set[str]:
    """The tables that have a text in some row of the company, or of no company."""
    found = set()
    for table in await owner.fetch(_TABLES):
        rows = f"SELECT FROM {table['name']} t WHERE t::text ~ $1"
        of_own = " AND t.company_id = $2" if table["is_of_companies"] else " AND $2::text IS NOT NULL"
        if await owner.fetchval(f"SELECT EXISTS ({rows}{of_own})", wanted_as(secret), own.company):
            found.add(table["name"])
    return found


async def told_to_temporal(own: Erp) -> bytes:
    """All that Temporal keeps of the company's processes, as raw bytes: histories, memos, attributes."""
    raw = b""
    for process in (await own.get("/v1/processes", limit=200))["items"]:
        execution = WorkflowExecution(workflow_id=process["id"])
        asked = DescribeWorkflowExecutionRequest(namespace=own.temporal.namespace, execution=execution)
        described = await own.temporal.workflow_service.describe_workflow_execution(asked)
        raw += described.SerializeToString()
        async for event in own.temporal.get_workflow_handle(process["id"]).fetch_history_events():
            raw += event.SerializeToString()
    return raw


def forms(*secrets: str) -> Iterator[str]:
    """Secrets as they might be written: amounts also in cents, and as the database writes them."""
    for secret in secrets:
        yield secret
        if "." in secret:
            yield secret.replace(".", "")
            yield f"{secret}0000"


async def asked_in_vain(own: Erp) -> str:
    """What somebody is told whose agreement is refused, field by field, and of the wrong form."""
    await own.post(EMPLOYEES, an_employee("E-9"))
    details = IN_TEXAS | {"w4": {"extra_withholding": TAX}}
    wrong: list[dict[str, Any]] = [
        {"accounts": [{"iban": WRONG_IBAN}]},
        {"accounts": [{"iban": OTHERS_IBAN, "percent": "0"}]},
        {"accounts": [{"iban": OTHERS_IBAN + "0" * 20}]},
        {"details": details | {"state": "texas"}},
        {"details": details | {"nonresident_alien": True, "w4": {"extra_withholding": f"{TAX}9"}}},
        {"details": {"state_unemployment_percent": TAX}},
        {"items": [{"component": "unheard_of", "amount": REFUSED_SALARY}]},
        {"items": [{"component": "salary", "amount": f"{REFUSED_SALARY}12345"}]},
        {"valid_to": "2020-01-01"},
    ]
    said = ""
    for changes in wrong:
        body = an_agreement("E-9", REFUSED_SALARY, details=details) | changes
        answer = await own.request("POST", AGREEMENTS, body, by=CLERK)
        assert answer.status_code == 422, answer.text
        said += answer.text
    return said


async def refused_opening(own: Erp) -> str:
    """What somebody is told whose opening of a year is refused."""
    wrong = an_opening(law={"no_such_sum": PAID_BEFORE}, components={"salary": f"{PAID_BEFORE}12345"})
    answer = await own.request("POST", OPENINGS, wrong, by=CLERK)
    assert answer.status_code == 422, answer.text
    return answer.text


async def asked_to_pay_elsewhere(own: Erp) -> str:
    """One change of where somebody's pay goes takes effect, one is refused, one called off; what is said."""
    path, later = f"{AGREEMENTS}/E-1/1", {"accounts": [{"iban": LATER_IBAN}]}
    await changed_at_once(own, path, later, by=CLERK, approver=APPROVER)
    asked = await asked_for(own, path, {"accounts": [{"iban": OTHERS_IBAN}]}, by=CLERK)
    another = {"accounts": [{"iban": REFUSED_IBAN}]}
    refused = await own.request("PATCH", path, another, by=CLERK, if_match="*")
    shown = await own.request("GET", f"{CHANGES}/{asked['change_id']}")
    called_off = await cancel(own, asked, by=CLERK)
    assert (refused.status_code, shown.status_code, called_off.status_code) == (409, 200, 200)
    listed = f"{await changes_of(own)}{(await own.get('/v1/approvals'))['items']}"
    return f"{refused.text}{shown.text}{called_off.text}{listed}"


async def test_what_people_are_paid_is_found_nowhere_else(
    erp: Erp, owner: Owner, faults: FaultySteps, capfd: pytest.CaptureFixture[str]
) -> None:
    own = await in_dollars(erp)
    tax = IN_TEXAS | {"w4": {"form": "2020_or_later", "extra_withholding": TAX}}
    with capture_logs() as logged:
        told = await asked_in_vain(own)
        await hired(own, "E-1", SALARY, details=tax, accounts=[{"iban": OWN_IBAN}])
        await hired(own, "E-2", REFUSED_SALARY, details=tax, accounts=[])
        told += await refused_opening(own)
        before = an_opening(law={"federal_wages": PAID_BEFORE}, components={"salary": PAID_BEFORE})
        await own.post(OPENINGS, before, by=CLERK)
        faults.refused[own.company, "payroll.calculate_payslips"] = 1
        run = await own.post("/v1/payroll-runs", wanted(), by=CLERK)
        await repaired(own, await parked(own))
        run = await calculated(own, run)
        slip = (await payslips_of(own, run))["E-1"]
        done = await sealed(own, run)
        told += await asked_to_pay_elsewhere(own)
        back = {"reason": "a mistake", "reversed_on": "2026-03-31"}
        raised = {"items": [{"component": "salary", "amount": RAISED}]}
        own.accepted(await own.request("PATCH", f"{AGREEMENTS}/E-1/1", raised, by=CLERK, if_match="*"))
        april = await opened(own, starts_on="2026-04-01", ends_on="2026-04-30")
        late = (await payslips_of(own, april))["E-1"]
        await own.post(f"{PAYSLIPS}/{slip['payslip_id']}/reversal", back, by=CLERK)
    await own.at_rest()

    assert (done["people"], run["people"]) == (1, 1)
    amounts = (SALARY, REFUSED_SALARY, TAX, PAID_BEFORE, RAISED, slip["net_amount"], late["gross_amount"])
    secrets = [*forms(*amounts), OWN_IBAN, OTHERS_IBAN, WRONG_IBAN, LATER_IBAN, REFUSED_IBAN]
    raw, printed = await told_to_temporal(own), "".join(capfd.readouterr())
    said = {"Temporal": raw.decode(errors="replace"), "answers": told, "logs": f"{logged}{printed}"}
    assert [(place, one) for place, text in said.items() for one in secrets if has(text, one)] == []
    assert run["run_number"] in said["Temporal"], "nothing would be found in what is compressed"
    for secret in secrets:
        found = await places(owner, own, secret)
        assert {table for table in found if not table.startswith(KEPT_IN)} == set(), secret


async def paid_and_come_back(own: Erp, faults: FaultySteps) -> tuple[Any, Any]:
    """E-1 is paid by a run whose step fails once, confirmed by a statement, and the money comes back; of the
    next run the bank rejects it. Gives the first run, and what is refused in between.
    """
    payroll = await opened(own)
    await sealed(own, payroll)
    faults.refused[own.company, "banking.pay_run_wages"] = 1
    run = await proposed(own, payroll)
    await submitted(own, run)
    await wages_approved(own, run)
    await repaired(own, await parked(own))
    done = await paid_until(own, run, "posted")
    (wage,) = await wages_of(own, done)
    refused = await own.request("POST", f"{PAYSLIPS}/{wage['payslip_id']}/reversal", WHY, by=CLERK)
    there = entry(f"-{wage['amount']}", run["run_number"], day=today(), currency="USD")
    back = entry(wage["amount"], "closed", day=today(), end_to_end=wage["number"], currency="USD")
    lines = await stated(own, there, back, closing="0.00")
    assert amounts(lines, "open_amount") == ["0.00", "0.00"]
    again = await paid(own, await proposed(own, payroll))
    (second,) = await wages_of(own, again)
    one = {"end_to_end_id": second["number"]}
    await reported(own, report(again, transaction(one, "RJCT", "AC04")))
    await own.at_rest()
    return done | {"net": wage["amount"]}, refused


async def test_what_people_are_paid_is_told_to_nobody_when_it_is_paid(
    erp: Erp, owner: Owner, faults: FaultySteps, capfd: pytest.CaptureFixture[str]
) -> None:
    own = await ready_to_pay(erp)
    with capture_logs() as logged:
        await hired(own, "E-1", SALARY, accounts=[{"iban": OWN_IBAN}])
        run, refused = await paid_and_come_back(own, faults)

    raw, printed = await told_to_temporal(own), "".join(capfd.readouterr())
    approvals = await own.get("/v1/approvals", document=run["run_number"])
    shown = [await own.get(f"/v1/payment-runs{rest}") for rest in ("", f"/{run['run_id']}")]
    journal = await own.get("/v1/journal-entries", limit=200)
    singles = [one for one in journal["items"] if one["source_type"] in ("wage_payment", "reversal")]
    said = {
        "Temporal": raw.decode(errors="replace"),
        "answers": refused.text,
        "approvals": f"{approvals}",
        "runs": f"{shown}",
        "entries": f"{singles}",
        "logs": f"{logged}{printed}",
    }
    secrets = [*forms(SALARY, run["net"]), OWN_IBAN]
    assert [one["lines"] for one in singles] == [[]] * 4
    assert [(place, one) for place, text in said.items() for one in secrets if has(text, one)] == []
    assert run["run_number"] in said["Temporal"], "nothing would be found in what is compressed"
    for secret in secrets:
        found = await places(owner, own, secret)
        assert {table for table in found if not table.startswith((*KEPT_IN, "banking."))} == set(), secret
    assert "banking.wage_payment" in await places(owner, own, f"{run['net']}0000")


async def test_the_search_finds_what_there_is(erp: Erp, owner: Owner) -> None:
    own = await in_dollars(erp)
    tax = IN_TEXAS | {"w4": {"form": "2020_or_later", "extra_withholding": TAX}}
    await hired(own, "E-1", SALARY, details=tax, accounts=[{"iban": OWN_IBAN}])
    slip = (await payslips_of(own, await opened(own)))["E-1"]

    for secret in (SALARY, OWN_IBAN, TAX, slip["net_amount"]):
        assert "payroll.payslip" in await places(owner, own, secret)
    for secret in (SALARY, OWN_IBAN, TAX):
        assert "payroll.pay_agreement" in await places(owner, own, secret)
    assert "foundation.process" in await places(owner, own, own.company)


async def test_a_row_that_the_database_refuses_is_not_shown(
    erp: Erp, owner: Owner, capfd: pytest.CaptureFixture[str]
) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", SALARY, accounts=[{"iban": OWN_IBAN}])
    rule = f"status <> 'calculated' OR company_id <> '{own.company}'"
    added = f"ADD CONSTRAINT refused_by_the_test CHECK ({rule}) NOT VALID"
    await owner.execute(f"ALTER TABLE payroll.payslip {added}")
    try:
        with capture_logs() as logged:
            await own.post("/v1/payroll-runs", wanted(), by=CLERK)
            shown = await parked(own)
    finally:
        await owner.execute("ALTER TABLE payroll.payslip DROP CONSTRAINT refused_by_the_test")

    printed = "".join(capfd.readouterr())
    told = f"{shown}{logged}{printed}{(await told_to_temporal(own)).decode(errors='replace')}"
    assert "refused_by_the_test" in f"{logged}"
    assert [one for one in (*forms(SALARY), OWN_IBAN) if has(told, one)] == []
    for secret in (SALARY, OWN_IBAN):
        assert {one for one in await places(owner, own, secret) if one.startswith("foundation.")} == set()
