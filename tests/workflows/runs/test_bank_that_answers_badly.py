"""A bank times out after it has taken a file, calls it a duplicate when it is sent again, tells everything
twice and in any order, and rejects some payments: each is executed once in the bank's own book, and in ours.

`PERPETUAL_PAYMENTS` says how many it pays.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest

from benchmarks.purchasing import iban
from tests.api.test_payments_in_transit import a_paid_run, transit
from tests.api.test_rejected_payments import states
from tests.builders.bank_statements import camt, imported, match
from tests.builders.bank_statements import entry as line
from tests.builders.payment_runs import (
    DIRECTOR,
    PATH,
    SECOND,
    decided,
    proposed,
    ready,
    seen,
    submitted,
    today,
)
from tests.builders.status_reports import outcomes, report, reported, transaction
from tests.checked import violations
from tests.doubles.bank import Bank, TimedOut, Told
from tests.erp import ADMIN_KEY, Erp

PAYMENTS = int(os.environ.get("PERPETUAL_PAYMENTS", "40"))
AMOUNT = Decimal("119.00")
AT_MOST = timedelta(minutes=15)
"""From the bank's first answer until each payment is made, rejected, or before somebody."""
PATIENCE = 600
"""Seconds, for what many payments take."""

_SUPPLIERS = """
    INSERT INTO master_data.supplier SELECT (jsonb_populate_record(s, jsonb_build_object(
        'code', 'D-' || lpad(n.number::text, 7, '0'), 'name', 'Creditor ' || n.number, 'bank_accounts',
        jsonb_build_array(s.bank_accounts -> 0 || jsonb_build_object('iban', n.iban))))).*
    FROM master_data.supplier s, unnest($1::text[]) WITH ORDINALITY AS n (iban, number)
    WHERE s.code = 'MILL' AND s.company_id = $2
"""
_PARTIES = """
    INSERT INTO master_data.party SELECT (jsonb_populate_record(p, jsonb_build_object(
        'code', 'D-' || lpad(n::text, 7, '0')))).*
    FROM master_data.party p, generate_series(1, $1::integer) AS n
    WHERE p.code = 'MILL' AND p.type = 'supplier' AND p.company_id = $2
"""
_OWED = """
    INSERT INTO ledger.open_item (id, company_id, side, party_type, party_code, account_code, document_type,
        document_id, document_number, on_account, document_on, due_on, currency, amount, base_amount,
        open_amount, base_open_amount, open_from, last_moved_on)
    SELECT gen_random_uuid(), $2, 'payable', 'supplier', 'D-' || lpad(n::text, 7, '0'), role.account_code,
        'supplier_invoice', gen_random_uuid(), 'SI-OLD-' || n, false, '2026-03-01', '2026-03-31', 'EUR',
        -$3::numeric, -$3, -$3, -$3, '2026-03-01', '2026-03-01'
    FROM generate_series(1, $1::integer) AS n, ledger.account_role role
    WHERE role.role = 'payable' AND role.company_id = $2
"""


async def owe(erp: Erp, owner_url: str) -> None:
    """Something to many suppliers, each with an account of its own, from before the books began."""
    owner = await asyncpg.connect(owner_url)
    async with owner.transaction():
        # The register's trigger takes a supplier for the only one: for so many at once it takes minutes.
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute(_SUPPLIERS, [iban(number) for number in range(1, PAYMENTS + 1)], erp.company)
        await owner.execute(_PARTIES, PAYMENTS, erp.company)
        await owner.execute(_OWED, PAYMENTS, erp.company, AMOUNT)
    await owner.close()


async def until(seen: Callable[[], Awaitable[Any]], is_so: Callable[[Any], bool]) -> Any:
    """What is seen, once it is so."""
    began = time.monotonic()
    while not is_so(now := await seen()):
        assert time.monotonic() - began < PATIENCE, now
        await asyncio.sleep(0.1 + PAYMENTS / 2_000)
    return now


async def ordered(erp: Erp) -> tuple[Any, bytes]:
    """A run over all that is owed, and its file."""
    await proposed(erp)  # Of many it answers that it will be: the run is looked for.
    (run,) = await until(lambda: runs(erp, status="proposed"), bool)
    await submitted(erp, run)
    of_run = {"document": run["run_number"], "status": "open"}
    approvals = await until(lambda: erp.get("/v1/approvals", **of_run), lambda now: len(now["items"]) == 2)
    people = {"finance director": DIRECTOR, "accountant": SECOND}
    for one in approvals["items"]:
        erp.accepted(await decided(erp, one, people[one["role"]]))
    await until(lambda: summary(erp, run), lambda now: now["status"] == "posted")
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "X-Company": erp.company}
    answer = await erp.http.get(f"{PATH}/{run['run_id']}/file", headers=headers, timeout=60)
    assert answer.is_success
    return await seen(erp, run), answer.content


async def runs(erp: Erp, **narrowed: str) -> Any:
    """Without their payments, which may be many."""
    return (await erp.get(PATH, **narrowed))["items"]


async def summary(erp: Erp, run: Any) -> Any:
    """One of them."""
    (found,) = [one for one in await runs(erp) if one["run_id"] == run["run_id"]]
    return found


def states_of(run: Any) -> Counter[str]:
    """How many payments of a run have come how far."""
    return Counter(one["state"] for one in run["payments"])


def told_as_file(told: Told) -> bytes:
    """What the bank says, as a pain.002."""
    of_payments = [transaction(one, status, why) for one, (status, why) in told.of_payments.items()]
    why = (told.why,) if told.why else ()
    at = told.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return report(told.message_id, *of_payments, group=told.of_all, why=why, at=at)


def is_done(answer: httpx.Response) -> bool:
    """Whether all was tried of a run."""
    return answer.is_success and answer.json()["stage"].startswith("done")


async def hear(erp: Erp, bank: Bank, number: int, before: Decimal) -> Decimal:
    """All that the bank has to say, and a statement; gives what is left on the account."""
    for told in bank.answers():
        if (answer := await reported(erp, told_as_file(told)))["run_id"]:
            path = f"/v1/processes/{answer['run_id']}"
            await until(partial(erp.request, "GET", path), is_done)
    made = bank.statement()
    after = before - sum(map(Decimal, made.values()))
    lines = [line(f"-{amount}", day=today(), end_to_end=one) for one, amount in made.items()]
    content = camt(*lines, opening=str(before), closing=str(after), number=number, day=today())
    (statement,) = await imported(erp, content)
    await match(erp, statement)
    return after


@pytest.mark.parametrize("level", ["group", "payment_information", "transaction"])
async def test_what_the_bank_rejects_as_a_duplicate_was_sent_twice_and_is_not_owed_again(
    erp: Erp, level: str
) -> None:
    run = await a_paid_run(erp)
    await reported(erp, report(run, *(transaction(one, "ACSP") for one in run["payments"]), group="PART"))

    again = [transaction(one, "RJCT", "AM05") for one in run["payments"]]
    kind: dict[str, Any] = {level: "RJCT", "why": ("AM05", "DUPLICATE FILE")}
    of_all = report(run, **kind) if level != "transaction" else report(run, *again, group="PART")
    told = await reported(erp, of_all)

    assert (await outcomes(erp, told), told["run_id"]) == (["duplicate", "duplicate"], "")
    assert await states(erp, run) == ["accepted", "accepted"]
    assert await transit(erp) == Decimal("-190.95")
    assert (await erp.get("/v1/reversals"))["items"] == []
    assert await violations(erp.company) == []


async def ended(erp: Erp, run: Any) -> Any:
    """The run, once nobody has to ask what has become of any payment."""
    return await until(lambda: seen(erp, run), lambda now: states_of(now).keys() <= {"confirmed", "rejected"})


async def test_each_payment_is_executed_once_whatever_the_bank_does(erp: Erp, owner_url: str) -> None:
    await ready(erp)
    await owe(erp, owner_url)
    bank = Bank(random.Random(19), datetime.fromisoformat(f"{today()}T08:00:00+00:00"))
    balance, rejected = Decimal(0), 0
    for number in (1, 2):  # What is rejected is owed again, and paid by the second.
        run, file = await ordered(erp)
        with pytest.raises(TimedOut):
            bank.take(file)
        bank.take(file)  # Nobody knows whether it has arrived, and it is sent again.
        first = time.monotonic()

        balance = await hear(erp, bank, number, balance)

        now = await ended(erp, run)
        assert timedelta(seconds=time.monotonic() - first) < AT_MOST
        is_made = {one["end_to_end_id"]: one["state"] == "confirmed" for one in now["payments"]}
        assert is_made == {one: one in bank.executed for one in is_made}
        assert await transit(erp) == 0
        rejected += states_of(now)["rejected"]
        bank.rejects = 0.0

    assert bank.credited == {iban(number): 1 for number in range(1, PAYMENTS + 1)}
    assert set(bank.executed.values()) == {1}
    assert rejected == len(bank.rejected) > 0
    assert balance == -AMOUNT * PAYMENTS
    assert await violations(erp.company, "banking") == []
