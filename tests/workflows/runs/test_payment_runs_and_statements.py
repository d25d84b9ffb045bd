"""What a statement says of a payment run that is still being paid: nothing is made that was not ordered."""

from typing import Any

import asyncpg
import pytest

from tests.builders.bank_statements import amounts, assign, camt, entry, imported, lines_of, match
from tests.builders.payment_runs import approved, owing, proposed, seen, submitted, today, until
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import PAY, owed, parked, repaired


async def being_paid(erp: Erp, faults: FaultySteps) -> tuple[Any, Any, Any]:
    """A run of which one payment is posted and the other cannot be: there is no file yet. Gives the run, what
    waits for an operator, and the payment that is posted.
    """
    await owed(erp)
    run = await proposed(erp)
    faults.refused[erp.company, PAY] = 1
    await submitted(erp, run)
    await approved(erp, run)
    shown = await parked(erp)
    now = await seen(erp, run)
    (posted,) = [one for one in now["payments"] if one["invoices"][0]["supplier_payment_id"]]
    return now, shown, posted


async def test_a_payment_is_confirmed_by_no_line_before_the_file_orders_it(
    erp: Erp, faults: FaultySteps
) -> None:
    run, shown, posted = await being_paid(erp, faults)
    line = entry("-63.65", "Invoices", day=today(), end_to_end=posted["end_to_end_id"])
    (statement,) = await imported(erp, camt(line, closing="-63.65", day=today()))

    await match(erp, statement)

    (waits,) = await lines_of(erp, statement)
    assert waits["open_amount"] == "-63.65"
    path = f"/v1/bank-statement-lines/{waits['line_id']}/postings"
    for asked in ({"run_payment_id": posted["payment_id"]}, {"payment_run_id": run["run_id"]}):
        answer = await erp.request("POST", path, asked)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-ordered-yet")
        assert run["run_number"] in answer.json()["detail"]
    await repaired(erp, shown)
    await until(erp, run, "posted")
    await match(erp, statement, key="once more")
    assert amounts(await lines_of(erp, statement), "open_amount") == ["0.00"]
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_a_line_for_a_run_that_is_being_paid_is_no_other_invoice(erp: Erp, faults: FaultySteps) -> None:
    run, shown, posted = await being_paid(erp, faults)
    await owing(erp, posted["supplier_code"], "RE-9")
    whole = entry("-63.65", f"Order {run['run_number']}", day=today(), name=posted["supplier_name"])
    (statement,) = await imported(erp, camt(whole, closing="-63.65", day=today()))

    await match(erp, statement)

    assert amounts(await lines_of(erp, statement), "open_amount") == ["-63.65"]
    await repaired(erp, shown)
    await until(erp, run, "posted")


CONFIRM_EARLY = """
    INSERT INTO banking.payment_confirmation (posting_id, payment_id, company_id, amount)
    SELECT l.id, i.payment_id, i.company_id, i.amount FROM banking.line_posting l
        JOIN banking.payment_run_invoice i ON i.company_id = l.company_id AND i.status = 'paid'
    WHERE l.company_id = $1
"""


async def test_the_database_confirms_nothing_before_the_file_orders_it(
    erp: Erp, faults: FaultySteps, owner_url: str
) -> None:
    run, shown, _ = await being_paid(erp, faults)
    (statement,) = await imported(erp, camt(entry("-63.65", day=today()), closing="-63.65", day=today()))
    (line,) = await lines_of(erp, statement)
    await assign(erp, line, account_code="6430")

    connection = await asyncpg.connect(owner_url)
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="not ordered of the bank yet"):
            async with connection.transaction():
                await connection.execute("SELECT set_config('perpetual.company', $1, true)", erp.company)
                await connection.execute(CONFIRM_EARLY, erp.company)
    finally:
        await connection.close()
    await repaired(erp, shown)
    await until(erp, run, "posted")
