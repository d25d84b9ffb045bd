"""Payment runs as tests ask for them: here, and nowhere else, is said what one needs.

A run is posted on its day, or today when that is over: tests pay today.
"""

import asyncio
from typing import Any

from tests.builders import purchase_orders
from tests.builders.bank_details import changed_at_once, elsewhere
from tests.builders.bank_statements import OTHERS_IBAN, camt, entry, imported, lines_of, match, open_account
from tests.days import in_days
from tests.erp import Erp

PATH = "/v1/payment-runs"
ANOTHER_IBAN = "DE89370400440532013000"
MILL = purchase_orders.SUPPLIER | {
    "code": "MILL",
    "name": "Mühle & Söhne",
    "city": "Werder",
    "bank_accounts": [{"currency": "EUR", "iban": OTHERS_IBAN, "bic": "INGDDEFFXXX"}],
}
DAIRY = MILL | {
    "code": "DAIRY",
    "name": "Dairy",
    "city": "Ketzin",
    "bank_accounts": [{"currency": "EUR", "iban": ANOTHER_IBAN}],
}
PROPOSER, DIRECTOR, SECOND = "Paula Payables", "Dirk Director", "Berta Books"
"""Who proposes a run, and who approves it."""


def today() -> str:
    """The company's."""
    return later(0)


def later(days: int) -> str:
    """So many days from today."""
    return in_days(days)


async def open_this_year(erp: Erp) -> None:
    """Its books are open today and tomorrow, whichever years these are."""
    known = {one["code"] for one in (await erp.get("/v1/fiscal-years"))["items"]}
    for year in sorted({today()[:4], later(1)[:4]} - known):
        days = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        await erp.post("/v1/fiscal-years", {"code": year} | days)


async def ready(erp: Erp) -> None:
    """A bank account, two suppliers with theirs, and the three persons that a run needs."""
    await open_this_year(erp)
    await open_account(erp)
    for supplier in (MILL, DAIRY):
        await erp.post("/v1/suppliers", supplier)
    await people(erp)


async def people(erp: Erp) -> None:
    """Who proposes, and who approves."""
    for name, role in ((PROPOSER, "accountant"), (DIRECTOR, "finance director"), (SECOND, "accountant")):
        asked = {"actor": name, "companies": [erp.company], "roles": [role]}
        erp.keys[name] = (await erp.post("/v1/api-keys", asked))["key"]


async def owing(erp: Erp, supplier: str = "MILL", number: str = "RE-1", on: str = "2026-03-11") -> Any:
    """An invoice over 63.65, due in 30 days: that of March since April."""
    ordered = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order(supplier_code=supplier))
    await purchase_orders.receive(erp, ordered)
    return await purchase_orders.billed(erp, ordered, number, "63.65", invoiced_on=on, posted_on=on)


def wanted(**changes: Any) -> dict[str, Any]:
    """All that is due today, paid today."""
    return {"bank_account": "SAVINGS", "pay_on": today(), "due_until": today()} | changes


async def proposed(erp: Erp, **changes: Any) -> Any:
    """A run as it is kept."""
    return await erp.post(PATH, wanted(**changes), by=PROPOSER)


async def seen(erp: Erp, run: Any) -> Any:
    """A run as it stands."""
    return await erp.get(f"{PATH}/{run['run_id']}")


async def edit(erp: Erp, run: Any, **changes: Any) -> Any:
    """Invoices are left out, or put in again."""
    return await erp.post(f"{PATH}/{run['run_id']}/edits", {"version": run["version"]} | changes, by=PROPOSER)


async def submitted(erp: Erp, run: Any) -> Any:
    """The run waits for its approvals."""
    return await erp.post(f"{PATH}/{run['run_id']}/submission", {"version": run["version"]}, by=PROPOSER)


async def asked(erp: Erp, run: Any) -> dict[str, Any]:
    """What two persons are asked, by the role; when both are."""
    for _ in range(200):
        found = (await erp.get("/v1/approvals", document=run["run_number"]))["items"]
        if len(found) == 2:
            return {one["role"]: one for one in found}
        await asyncio.sleep(0.05)
    raise AssertionError(f"two were to be asked, and are not: {found}")


def problem(answer: Any) -> tuple[int, str]:
    """What a request was refused with."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def decided(erp: Erp, approval: Any, by: str, **decision: Any) -> Any:
    """One of them decides about what the approval is about."""
    body = {"approved": True, "reason": "as read", "content_hash": approval["content_hash"]} | decision
    return await erp.request("POST", f"/v1/approvals/{approval['id']}/decision", body, by=by)


async def approved(erp: Erp, run: Any) -> None:
    """Both say yes."""
    approvals = await asked(erp, run)
    for role, by in (("finance director", DIRECTOR), ("accountant", SECOND)):
        erp.accepted(await decided(erp, approvals[role], by))


async def asked_again(erp: Erp, run: Any) -> dict[str, Any]:
    """What two are asked about a run that was opened again, by the role."""
    for _ in range(200):
        found = (await erp.get("/v1/approvals", document=run["run_number"], status="open"))["items"]
        if len(found) == 2:
            return {one["role"]: one for one in found}
        await asyncio.sleep(0.05)
    raise AssertionError(f"two were to be asked once more, and are not: {found}")


async def said_yes_again(erp: Erp, run: Any) -> None:
    """Both say yes to a run that was opened again."""
    approvals = await asked_again(erp, run)
    for role, by in (("finance director", DIRECTOR), ("accountant", SECOND)):
        erp.accepted(await decided(erp, approvals[role], by))


async def until(erp: Erp, run: Any, *statuses: str) -> Any:
    """The run, once it has come to one of these."""
    for _ in range(400):
        now = await seen(erp, run)
        if now["status"] in statuses:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"{now['run_number']} is {now['status']}, not {statuses}")


async def paid(erp: Erp, run: Any) -> Any:
    """A proposed run, to the file for the bank."""
    await submitted(erp, run)
    await approved(erp, run)
    return await until(erp, run, "posted")


async def told(erp: Erp, supplier: str) -> None:
    """Wait until the purchases of a supplier have heard that all is paid, and have ended."""
    for _ in range(400):
        found = (await erp.get("/v1/processes", type="procure_to_pay", only_open=True, limit=200))["items"]
        if supplier not in {one["party"] for one in found}:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"purchases of {supplier} wait still")


async def stated(erp: Erp, *lines: str, closing: str, **more: Any) -> Any:
    """The lines of a statement of today, when those that a rule knows are posted."""
    content = camt(*lines, closing=closing, day=today(), **more)
    (statement,) = await imported(erp, content)
    await match(erp, statement)
    return await lines_of(erp, statement)


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: one is paid, without an invoice that was
    paid by hand and one that was left out; one is cancelled; one waits for approval, one to be submitted once
    more, for its supplier's account has changed. The payment of one more comes back.
    """
    await open_this_year(erp)
    await open_account(
        erp, code="RUNS", name="Payments", iban=ANOTHER_IBAN, account_code="1456", consecutive_numbers=False
    )
    await people(erp)
    suppliers = [
        MILL | {"code": code, "name": code.title()} for code in ("MILL", "DAIRY", "BARN", "FARM", "GOAT")
    ]
    for supplier in suppliers:
        await erp.post("/v1/suppliers", supplier)
    from_runs = {"bank_account": "RUNS"}
    invoices = [await owing(erp, "MILL", number) for number in ("R1", "R2", "R3")]
    await owing(erp, "DAIRY", "R4")
    run = await proposed(erp, **from_runs, suppliers=["MILL", "DAIRY"])
    run = await edit(erp, run, leave_out=[invoices[0]["invoice_id"]])
    await submitted(erp, run)
    await purchase_orders.pay(erp, invoices[1], "63.65")
    await approved(erp, run)
    dairy, _ = (await until(erp, run, "posted"))["payments"]
    await told(erp, "DAIRY")
    line = entry("-63.65", "Milk", day=today(), end_to_end=dairy["end_to_end_id"])
    await stated(erp, line, closing="-63.65", iban=ANOTHER_IBAN)
    await owing(erp, "GOAT", "R5")
    (cheese,) = (await paid(erp, await proposed(erp, **from_runs, suppliers=["GOAT"])))["payments"]
    there_and_back = (
        entry(amount, "Cheese", day=today(), end_to_end=cheese["end_to_end_id"])
        for amount in ("-63.65", "63.65")
    )
    await stated(erp, *there_and_back, opening="-63.65", closing="-63.65", iban=ANOTHER_IBAN, number=2)
    mistaken = await proposed(erp, **from_runs, suppliers=["MILL"])
    await erp.post(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "a test"}, by=PROPOSER)
    for code in ("BARN", "FARM"):
        await owing(erp, code, f"of the {code}")
        waiting = await proposed(erp, **from_runs, suppliers=[code])
        if code == "BARN":
            await submitted(erp, waiting)
    await changed_at_once(erp, "/v1/suppliers/FARM", elsewhere())
