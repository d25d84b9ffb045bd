"""Statements of banks in a fault run. Each story has a bank account of its own, so that its statements follow
each other.
"""

import asyncio
import time
from typing import Any

from tests.builders.bank_statements import PATH, camt, entry
from tests.faults.patience import PATIENCE_SECONDS
from tests.faults.registering import kind
from tests.faults.stories import Story

LINES = "/v1/bank-statement-lines"


@kind(
    at_the_door=("banking.put_bank_account", "banking.import_statements", "banking.reverse_statement"),
    documents=("bank statement",),
)
async def stated(story: Story) -> None:
    """A statement, one that was imported by mistake, and the right one in its place."""
    number = await own_account(story)
    await stated_so(story, camt(entry("100.00", "Deposit"), closing="100.00", iban=number))
    mistaken = camt(entry("7.00"), opening="100.00", closing="107.00", number=2, iban=number)
    (wrong,) = await stated_so(story, mistaken)
    await story.ask(f"{PATH}/{wrong['statement_id']}/reversal", {"reason": "of a test system"})
    await stated_so(story, camt(entry("8.00"), opening="100.00", closing="108.00", number=2, iban=number))


@kind(
    "banking.list_matches",
    at_the_door=("banking.post_line", "banking.reverse_posting"),
    documents=("bank statement", "line posting"),
)
async def matched(story: Story) -> None:
    """Fees that a person posts, takes back and posts again; those of the next day are known by a rule."""
    number = await own_account(story)
    fee = entry("-6.50", "Fee", name=number)
    (first,) = await stated_so(story, camt(fee, closing="-6.50", iban=number))
    (line,) = (await story.desks.clerk.get(f"{LINES}?statement_id={first['statement_id']}"))["items"]
    to_fees = {"account_code": "6430"}
    wrong = await posted(story, line, to_fees | {"text": "wrongly"})
    await story.reverse(f"/v1/bank-postings/{wrong['posting_id']}", on="2026-03-21")
    await posted(story, line, to_fees)
    later = camt(fee, opening="-6.50", closing="-13.00", number=2, iban=number)
    (second,) = await stated_so(story, later)
    await story.ask(f"{PATH}/{second['statement_id']}/matching", {})
    (known,) = await until_posted(story, second)
    story.books.note("line posting", known["posting_id"], known["document_number"])


async def posted(story: Story, line: Any, asked: dict[str, Any]) -> Any:
    """What a person says that a line is."""
    answer = await story.ask(f"{LINES}/{line['line_id']}/postings", asked)
    story.books.note("line posting", answer["posting_id"], answer["document_number"])
    return answer


async def until_posted(story: Story, statement: Any) -> list[Any]:
    """What the lines of a statement were posted as, once a run has done so."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        path = f"/v1/bank-postings?statement_id={statement['statement_id']}"
        if found := (await story.desks.clerk.get(path))["items"]:
            return list(found)
        await asyncio.sleep(0.2)
    raise AssertionError(f"nothing of {statement['statement_number']} was posted")


async def own_account(story: Story) -> str:
    """A bank account that no other story has; gives the number that its statements name."""
    code = f"BANK-{story.number}"
    await story.ask("/v1/accounts", {"code": code, "name": code, "kind": "asset"})
    account = {"code": code, "name": code, "account_number": code, "currency": "EUR", "account_code": code}
    await story.ask("/v1/bank-accounts", account)
    return code


async def stated_so(story: Story, content: bytes) -> list[Any]:
    """What a file of the bank has brought."""
    answer = await story.ask(PATH, content)
    for statement in answer["statements"]:
        story.books.note("bank statement", statement["statement_id"], statement["statement_number"])
    return list(answer["statements"])
