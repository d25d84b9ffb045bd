"""Payment runs in a fault run. Each story has a supplier of its own, whom it owes one invoice. By a policy
one person approves, for the desks of a fault run have no third.
"""

import asyncio
import time
from functools import partial
from typing import Any

from tests.builders.bank_statements import camt, entry
from tests.builders.payment_runs import MILL, PATH, today
from tests.builders.status_reports import PATH as STATUS_REPORTS
from tests.builders.status_reports import report, transaction
from tests.faults import looks
from tests.faults.banking_kinds import stated_so, until_posted
from tests.faults.looking import Fate
from tests.faults.patience import PATIENCE_SECONDS
from tests.faults.procure_to_pay_kinds import TOTAL, WANTED, billed, received
from tests.faults.procure_to_pay_kinds import paid as paid_by_hand
from tests.faults.registering import kind
from tests.faults.stories import Story

APPROVER = {
    "code": "RUNS",
    "kind": "payment_run",
    "levels": [{"number": 1, "role": "finance director"}, {"number": 2, "role": "accountant"}],
    "valid_from": "2020-01-01",
}


@kind(
    "banking.propose_payment_run",
    "banking.edit_payment_run",
    "banking.submit_payment_run",
    "banking.cancel_payment_run",
    "banking.release_payment_run",
    "banking.list_run_invoices",
    "banking.pay_run_invoice",
    "banking.make_payment_file",
    "banking.list_payment_advices",
    "banking.advise_payment",
    documents=(
        *("purchase order", "stock receipt", "supplier invoice", "supplier payment", "payment run"),
        *("bank statement", "line posting"),
    ),
    records=(("approval-policies", APPROVER),),
)
async def paid_by_a_run(story: Story) -> None:
    """One run is cancelled; of the next the invoice is left out, and put in again, before it is paid and
    confirmed.
    """
    (account, iban), supplier = await account_with_iban(story), f"MILL-{story.number}"
    invoice_id = await owed(story, supplier)
    asked = {"bank_account": account, "pay_on": today(), "due_until": today(), "suppliers": [supplier]}
    mistaken = await proposed(story, asked)
    await story.ask(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "too early"})
    run = await proposed(story, asked)
    path = f"{PATH}/{run['run_id']}"
    for version, edit in enumerate(({"leave_out": [invoice_id]}, {"put_in": [invoice_id]}), 1):
        await story.ask(f"{path}/edits", {"version": version} | edit)
    done = await paid(story, run, version=3)
    await advised(story, done)
    await confirmed(story, done["payments"][0], iban)


@kind(
    "banking.list_rejected_payments",
    "banking.reject_payment",
    at_the_door=("banking.import_status_report",),
    documents=(
        *("purchase order", "stock receipt", "supplier invoice", "supplier payment", "payment run"),
        "reversal",
    ),
    records=(("approval-policies", APPROVER),),
)
async def rejected_by_the_bank(story: Story) -> None:
    """A run is paid, and the bank says first that it looks at its payment, and then that it rejects it: the
    invoice is owed again, and paid by hand.
    """
    (account, _), supplier = await account_with_iban(story), f"MILL-{story.number}"
    invoice_id = await owed(story, supplier)
    asked = {"bank_account": account, "pay_on": today(), "due_until": today(), "suppliers": [supplier]}
    done = await paid(story, await proposed(story, asked), version=1)
    await advised(story, done)
    (payment,) = done["payments"]
    for content in (report(done, group="PDNG"), report(done, transaction(payment, "RJCT", "AC04"))):
        await story.ask(STATUS_REPORTS, content)
    await until_rejected(story, f"{PATH}/{done['run_id']}")
    ((invoice,),) = (one["invoices"] for one in done["payments"])
    taken_back = f"/v1/reversals?document_id={invoice['supplier_payment_id']}"
    (reversal,) = (await story.desks.clerk.get(taken_back))["items"]
    story.books.note("reversal", reversal["reversal_id"], reversal["reversal_number"])
    await paid_by_hand(story, invoice_id, TOTAL, on=today())


async def owed(story: Story, supplier: str) -> str:
    """An invoice of a supplier that no other story has; gives its id."""
    await story.ask("/v1/suppliers", MILL | {"code": supplier})
    wanted = WANTED | {"supplier_code": supplier}
    order = await story.ask("/v1/purchase-orders", wanted, look=partial(looks.at_purchase, story))
    story.books.note("purchase order", order["order_id"], order["order_number"])
    await received(story, order)
    return str(await billed(story, order, TOTAL))


async def paid(story: Story, run: Any, *, version: int) -> Any:
    """The run at a version, submitted and approved, when it is paid."""
    path = f"{PATH}/{run['run_id']}"
    await story.ask(f"{path}/submission", {"version": version})
    await decided(story, run)
    done = await posted(story, path)
    ((invoice,),) = (payment["invoices"] for payment in done["payments"])
    story.books.note("supplier payment", invoice["supplier_payment_id"], invoice["supplier_payment_number"])
    return done


async def advised(story: Story, run: Any) -> None:
    """Wait until the supplier is told: it is not told of what was rejected before."""
    until = time.monotonic() + PATIENCE_SECONDS
    runs = f"/v1/processes?type=payment_advice_run&document={run['run_number']}"
    while time.monotonic() < until:
        if any(one["outcome"] for one in (await story.desks.clerk.get(runs))["items"]):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"nobody is told of {run['run_number']}")


async def until_rejected(story: Story, path: str) -> None:
    """Wait until what the payment had paid is owed again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        (payment,) = (await story.desks.clerk.get(path))["payments"]
        if payment["state"] == "rejected":
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{payment['end_to_end_id']} is {payment['state']}")


async def confirmed(story: Story, payment: Any, iban: str) -> None:
    """The bank has made the payment, and says so."""
    amount = f"-{payment['amount']}"
    line = entry(amount, "Invoices", day=today(), end_to_end=payment["end_to_end_id"])
    (statement,) = await stated_so(story, camt(line, closing=amount, day=today(), iban=iban))
    await story.ask(f"/v1/bank-statements/{statement['statement_id']}/matching", {})
    (known,) = await until_posted(story, statement)
    story.books.note("line posting", known["posting_id"], known["document_number"])


async def account_with_iban(story: Story) -> tuple[str, str]:
    """A bank account that no other story has; gives its code and its IBAN."""
    code = f"PAYING-{story.number}"
    await story.ask("/v1/accounts", {"code": code, "name": code, "kind": "asset"})
    digits = f"{story.number:018d}"
    check = 98 - int(f"{digits}131400") % 97
    account = {"code": code, "name": code, "currency": "EUR", "account_code": code}
    iban = f"DE{check:02d}{digits}"
    await story.ask("/v1/bank-accounts", account | {"iban": iban})
    return code, iban


async def proposed(story: Story, asked: dict[str, Any]) -> Any:
    """A run is kept."""
    run = await story.ask(PATH, asked, look=partial(at_run, story))
    story.books.note("payment run", run["run_id"], run["run_number"])
    return run


async def at_run(story: Story, fate: Fate) -> Any:
    """The run, by the id of its process."""
    assert fate.process_id is not None
    return await story.desks.clerk.get(f"{PATH}/{fate.process_id.split('/')[2]}")


async def decided(story: Story, run: Any) -> None:
    """Two others say yes, each once that level is asked."""
    for role, by in (
        ("finance director", story.desks.credit_manager),
        ("accountant", story.desks.accountant),
    ):
        asked = await asked_of(story, run, role)
        body = {"approved": True, "reason": "as read", "content_hash": asked["content_hash"]}
        await story.ask(f"/v1/approvals/{asked['id']}/decision", body, by=by)


async def asked_of(story: Story, run: Any, role: str) -> Any:
    """What somebody with this role is asked about the run, as soon as it is."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = (await story.desks.clerk.get(f"/v1/approvals?document={run['run_number']}"))["items"]
        if of_role := [one for one in found if one["role"] == role]:
            return of_role[0]
        await asyncio.sleep(0.2)
    raise AssertionError(f"no {role} is asked about {run['run_number']}")


async def posted(story: Story, path: str) -> Any:
    """The run, when it is paid."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        run = await story.desks.clerk.get(path)
        if run["status"] == "posted":
            return run
        await asyncio.sleep(0.2)
    raise AssertionError(f"{run['run_number']} is {run['status']}")
