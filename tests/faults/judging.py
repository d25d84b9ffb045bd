"""What a run has come to: everything that was answered is there once, and nothing else."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg

from foundation.runtime import faults
from perpetual.addresses import OWNER
from perpetual.checker.document_kinds import document_kinds
from tests.faults import kinds
from tests.faults.books import Books
from tests.faults.portraits import Connection
from tests.faults.site import Site

DOCUMENTS = {
    "shipment": "SELECT id::text, number FROM inventory.shipment",
    "invoice": "SELECT coalesce(order_id::text, customer_code), number FROM receivables.invoice",
    "payment": "SELECT id::text, number FROM ledger.payment",
    "stock receipt": "SELECT id::text, number FROM inventory.stock_receipt",
    "amendment": "SELECT order_id::text, (version + 1)::text FROM sales.sales_order_version",
    "return": "SELECT id::text, number FROM sales.sales_return",
    "credit note": "SELECT coalesce(order_id::text, customer_code), number FROM receivables.credit_note",
    "dunning letter": "SELECT customer_code, number FROM receivables.dunning_letter",
    "revaluation": "SELECT id::text, number FROM inventory.revaluation",
    "reversal": "SELECT id::text, number FROM ledger.reversal",
    "entry by hand": """
        SELECT id::text, number FROM ledger.journal_entry
        WHERE source_type = 'manual' AND reverses_id IS NULL
    """,
}
TOLD_IN_PART = {"refund": "SELECT id::text, number FROM ledger.refund"}
"""Documents of which not every answer tells: what is known must be there, once."""
TOLD_WITH_OTHERS = {
    "order": "each is judged by its id, number and status",
    "entry": "the checker asks whether each document has its entry, once; those by hand are judged",
    "goods return": "the checker asks whether each return of an order has its own",
}
"""Kinds of documents that are judged otherwise, and how."""
BANK = """
    SELECT coalesce(sum(l.base_amount), 0) FROM ledger.journal_line l
    JOIN ledger.account_role r ON r.company_id = l.company_id AND r.account_code = l.account_code
    WHERE r.role = 'bank' AND r.key = ''
"""
ON_HAND = "SELECT item_code, sum(on_hand) FROM inventory.stock GROUP BY item_code"
UNDER_WAY = """
    SELECT id, stage, exception FROM foundation.process WHERE outcome IS NULL
    UNION ALL
    SELECT id::text, status, NULL FROM sales.sales_order
    WHERE status NOT IN ('closed', 'cancelled', 'rejected')
"""
UNANSWERED = """
    SELECT c.process_id, 'the request ' || c.kind || ' (' || c.key || ')', 'accepted and not answered'
    FROM foundation.command c JOIN foundation.process p ON p.id = c.process_id
    WHERE c.answered_at IS NULL AND p.exception IS NULL
"""
"""A request whose process is parked may wait, where everybody sees it."""


@dataclass
class Verdict:
    """What is wrong: lost, doubled, or otherwise."""

    lost: list[str]
    doubled: list[str]
    other: list[str]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.other)


@dataclass
class Attempts:
    """How often operations were attempted: all, more than once, and those that found their effect there."""

    operations: int
    twice: int
    found: int

    @classmethod
    def read(cls, notes: Path) -> "Attempts":
        """From what workers and API have noted."""
        begun: Counter[str] = Counter()
        found: set[str] = set()
        for line in notes.read_text().splitlines():
            what, _, key = line.partition(" ")
            if what == faults.BEGUN:
                begun[key] += 1
            else:
                found.add(key)
        return cls(len(begun), sum(count > 1 for count in begun.values()), len(found))


async def judge(site: Site, books: Books) -> Verdict:
    """Compare the database with the books, and have the checker compare it with itself."""
    verdict = Verdict(list(books.failures), [], [])
    connection = await asyncpg.connect(site.addresses.owner)
    try:
        await judge_orders(connection, books, verdict)
        await judge_documents(connection, books, verdict)
        for row in await what_is_under_way(connection):
            verdict.lost.append("has not come to its end: {} at {} ({})".format(*row))
        verdict.other += [wrong async for wrong in what_does_not_add_up(connection, books)]
    finally:
        await connection.close()
    verdict.other += await what_the_checker_says(site)
    return verdict


async def judge_documents(connection: Connection, books: Books, verdict: Verdict) -> None:
    """Every document that was answered is there once, and no other."""
    for kind, question in judged().items():
        rows = Counter((row[0], row[1]) for row in await connection.fetch(question))
        known = books.documents[kind]
        verdict.lost += [f"{kind} {x} was answered and is not there" for x in known - rows.keys()]
        if kind not in TOLD_IN_PART:
            verdict.doubled += [f"{kind} {x}: nobody was told of it" for x in rows.keys() - known]
        verdict.doubled += [f"{kind} {x} is there {count} times" for x, count in rows.items() if count > 1]


def judged() -> dict[str, str]:
    """By kind of document, what is asked for its ids and numbers."""
    return {**DOCUMENTS, **TOLD_IN_PART, **documents_of_kinds()}


def documents_of_kinds() -> dict[str, str]:
    """What is asked for the documents that stories note by id and number, as their kinds say."""
    return {
        one.kind: f"SELECT id::text, {one.number} FROM {one.table}"
        for one in document_kinds()
        if one.kind in kinds.DOCUMENTS
    }


async def what_is_under_way(connection: Connection) -> list[tuple[str, str, str]]:
    """Orders and processes that have not ended, and requests that were accepted and are not answered."""
    rows = [*await connection.fetch(UNDER_WAY), *await connection.fetch(UNANSWERED)]
    return [tuple(row) for row in rows]


async def judge_orders(connection: Connection, books: Books, verdict: Verdict) -> None:
    """Every order that was answered is there, at the end that it must have come to; and no other."""
    rows = await connection.fetch("SELECT id, number, status FROM sales.sales_order")
    there: dict[UUID, str] = {row["id"]: row["status"] for row in rows}
    numbers = {row["id"]: row["number"] for row in rows}
    verdict.lost += [f"order {order} is not there" for order in books.orders.keys() - there.keys()]
    verdict.doubled += [
        f"order {order}: nobody was told of it" for order in there.keys() - books.orders.keys()
    ]
    for order, status in books.orders.items():
        if order in there and there[order] != status:
            verdict.lost.append(f"order {numbers[order]} is {there[order]} and must be {status}")
    for order, number in books.order_numbers.items():
        if order in there and numbers[order] != number:
            verdict.other.append(f"order {order} was answered as {number} and is {numbers[order]}")


async def what_does_not_add_up(connection: Connection, books: Books) -> AsyncIterator[str]:
    """Goods on hand and money in the bank that are not what was answered."""
    for item, on_hand in await connection.fetch(ON_HAND):
        if on_hand != books.on_hand[item]:
            yield f"{item}: {on_hand} on hand, and must be {books.on_hand[item]}"
    bank: Decimal = await connection.fetchval(BANK)
    if bank != books.bank:
        yield f"{bank} in the bank, and must be {books.bank}"


async def what_the_checker_says(site: Site) -> list[str]:
    """`perpetual check`, which asks in its own words whether everything agrees."""
    command = [sys.executable, "-m", "perpetual", "check", "--all", "--at-rest", "--json"]
    environment = site.environment | {OWNER: site.addresses.owner}  # Who may see all companies.
    checking = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await checking.communicate()
    if checking.returncode == 0:
        return []
    try:
        return [
            f"{one['invariant']}: {one['document']} {one['figures']}"
            for one in json.loads(said)["violations"]
        ]
    except ValueError:
        return [f"the checker ended with {checking.returncode}: {said.decode()}"]
