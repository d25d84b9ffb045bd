"""A statement's lines are matched and posted as a run: each once, one that is refused stops no other."""

import asyncio
from typing import Any

from tests.builders.bank_statements import (
    amounts,
    an_invoice,
    camt,
    entry,
    imported,
    lines_of,
    match,
    open_account,
)
from tests.checked import everything_agrees
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

LIST, POST = "banking.list_matches", "banking.post_line"


async def a_statement(erp: Erp) -> Any:
    """Two lines that name their invoices."""
    await open_account(erp)
    invoices = [await an_invoice(erp, price) for price in ("100.00", "50.00")]
    lines = [
        entry(amount, invoice["invoice_number"])
        for amount, invoice in zip(("119.00", "59.50"), invoices, strict=True)
    ]
    (statement,) = await imported(erp, camt(*lines, closing="178.50"))
    return statement


async def only_exception(erp: Erp) -> Any:
    """The process that waits for an operator."""
    (shown,) = (await erp.get("/v1/processes", only_exceptions=True))["items"]
    return shown


async def retry(erp: Erp, shown: Any) -> None:
    """An operator has it tried again."""
    asked = {"action": "retry", "reason": "mended"}
    await erp.post(f"/v1/processes/{shown['id']}/repair", asked, by="operator")


async def all_posted(erp: Erp, statement: Any) -> None:
    """Both lines, once."""
    assert amounts(await lines_of(erp, statement), "open_amount") == ["0.00", "0.00"]
    assert len((await erp.get("/v1/payments"))["items"]) == 2
    await everything_agrees(erp.company, "banking", "ledger")


async def test_a_listing_that_is_refused_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps) -> None:
    statement = await a_statement(erp)
    faults.refused[erp.company, LIST] = 1_000
    answer = await erp.request("POST", f"/v1/bank-statements/{statement['statement_id']}/matching", {})
    shown = await only_exception(erp)
    assert (answer.status_code, shown["failure"]) == (202, f"{LIST}: refused-by-the-test")
    faults.forget(erp.company)

    await retry(erp, shown)

    await settled(erp, shown["id"])
    await all_posted(erp, statement)


async def test_a_line_that_cannot_be_posted_stops_no_other(erp: Erp, faults: FaultySteps) -> None:
    statement = await a_statement(erp)
    faults.refused[erp.company, POST] = 1

    run = await match(erp, statement)

    assert (run["done"], run["exceptions"]) == (1, 1)
    await retry(erp, await only_exception(erp))
    await settled(erp, run["run_id"])
    await all_posted(erp, statement)


async def test_a_listing_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps) -> None:
    statement = await a_statement(erp)
    faults.repeated.add((erp.company, LIST))

    await match(erp, statement)

    assert faults.has_repeated(erp.company, LIST)
    await all_posted(erp, statement)


async def settled(erp: Erp, run_id: str) -> None:
    """Wait until a run has ended."""
    for _ in range(400):
        if (await erp.get(f"/v1/runs/{run_id}"))["outcome"] == "closed":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await erp.get(f"/v1/runs/{run_id}"))
