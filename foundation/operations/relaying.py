"""What is written down for processes, found again when it is due, and sent: each process's in its order.

The relay of what they were asked for (`delivery`) and of what they are told (`inbox`) both stand on it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import TextClause
from temporalio.client import Client

from foundation.database.connections import database

Item = TypeVar("Item")
Group = TypeVar("Group", bound=Hashable)

RELAY = "relay"
"""Who notes in the books what was sent, and what was tried."""
AT_ONCE = 20
"""So many processes are sent something at the same time."""
ONE_TRY_SECONDS = 2.0


def grouped(items: Iterable[Item], by: Callable[[Item], Group]) -> dict[Group, list[Item]]:
    """The items of each company, or of each process, in their order."""
    groups: dict[Group, list[Item]] = {}
    for item in items:
        groups.setdefault(by(item), []).append(item)
    return groups


async def due(client: Client, question: TextClause, *, at_most: int) -> dict[str, list[int]]:
    """The ids of what is due, by company; nothing while Temporal is away: what is taken then would be due
    again later than need be.
    """
    async with database().transaction() as tx:
        found = (await tx.execute(question, {"at_most": at_most})).all()
    a_moment = timedelta(seconds=ONE_TRY_SECONDS)
    if not found or not await client.service_client.check_health(timeout=a_moment):
        return {}
    return {
        company: [row.id for row in rows]
        for company, rows in grouped(found, lambda row: row.company_id).items()
    }


async def to_each(processes: Iterable[list[Item]], send: Callable[[list[Item]], Awaitable[None]]) -> None:
    """Send each process what is its own; one that does not answer keeps no other waiting."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def in_turn(its_own: list[Item]) -> None:
        async with turn:
            await send(its_own)

    await asyncio.gather(*map(in_turn, processes))
