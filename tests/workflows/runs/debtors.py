"""A company with many customers who owe something for long, and the day's run that reminds them."""

import asyncio
from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID, uuid5

from google.protobuf.empty_pb2 import Empty
from temporalio.client import Client
from temporalio.service import RPCError

from activities.receivables.invoices import post_invoice
from domains.receivables.messages import PostInvoice
from foundation.values.messages import Call, Caller
from tests.builders.finance import a_line
from tests.checked import everything_agrees
from tests.days import TODAY, ZONE
from tests.erp import Erp
from tests.workflows.dunning.reminding import open_years

SPACE = UUID(int=9)


async def owing(erp: Erp, count: int, *, days_overdue: int = 7) -> list[str]:
    """So many new customers, each with an invoice over 119.00 that is overdue; and a procedure to remind."""
    await open_years(erp, TODAY)
    await open_years(erp, await _today_of(erp.temporal))
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    known = await erp.get("/v1/customers/ALICE")
    codes = [f"D{number:04}" for number in range(1, count + 1)]
    for code in codes:
        new = {name: value for name, value in known.items() if name not in ("version", "changed_at")}
        await erp.post("/v1/customers", new | {"code": code})
        await _bill(erp, code, TODAY - timedelta(days=days_overdue + 30))
    return codes


async def _today_of(temporal: Client) -> date:
    """The day on the server's clock, on which letters are written: other tests may have had it skip time."""
    try:
        answer = await temporal.test_service.get_current_time(Empty())
    except RPCError:
        return TODAY
    return answer.time.ToDatetime(UTC).astimezone(ZONE).date()


async def _bill(erp: Erp, customer: str, on: date) -> None:
    invoice_id = uuid5(SPACE, f"{erp.company}/{customer}")
    invoice = PostInvoice(
        invoice_id=invoice_id,
        process_id=f"{erp.company}/by hand/{customer}",
        order_id=invoice_id,
        order_number=f"BY HAND {customer}",
        customer_code=customer,
        invoiced_on=on,
        currency="EUR",
        payment_terms_code="NET30",
        lines=(a_line(10, 10, tax_code="S19"),),
    )
    caller = Caller(company=erp.company, actor="a tester", correlation_id="by hand")
    await post_invoice(Call.direct(caller, f"{erp.company}/invoice of {customer}"), invoice)


def run_id(erp: Erp, on: date = TODAY) -> str:
    """The id of a day's run."""
    return f"{erp.company}/dunning_run/{on}"


async def until(erp: Erp, what: str, seconds: float = 20, **values: Any) -> Any:
    """The run, when it stands so."""
    run: Any = None
    for _ in range(int(seconds / 0.05)):
        found = await erp.request("GET", f"/v1/runs/{run_id(erp)}")
        if found.status_code == 200:
            run = found.json()
            if all(run[name] == value for name, value in values.items()):
                return run
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what}: {run}")


async def letters_of(erp: Erp) -> Counter[str]:
    """How many letters each customer has got; their numbers have no gap."""
    letters: list[Any] = []
    cursor = None
    while cursor is not None or not letters:
        found = await erp.get("/v1/dunning-letters", limit=200, **({"cursor": cursor} if cursor else {}))
        letters += found["items"]
        if (cursor := found.get("next_cursor")) is None:
            break
    numbers = sorted(int(one["letter_number"].rpartition("-")[2]) for one in letters)
    assert numbers == list(range(1, len(letters) + 1))
    return Counter(one["customer_code"] for one in letters)


async def each_once(erp: Erp, codes: list[str]) -> None:
    """Each of them has got one letter, and nobody else."""
    assert await letters_of(erp) == Counter(codes)
    await everything_agrees(erp.company, "ledger", "processes")
