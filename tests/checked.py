"""The checker, for tests of one domain: what it must find of a company, by groups of invariants.

All tests ask by one connection, which keeps the plans of the questions: PostgreSQL takes ten times as long to
make them as to answer for a small company. That the checker connects by itself is tested with its command.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache

import asyncpg

from foundation.database.connections import database
from perpetual.checker.invariants import Invariant, Violation, invariants
from perpetual.checker.running import SETTINGS, answered
from tests.erp import Erp

_asking: "dict[str, asyncpg.Connection[asyncpg.Record]]" = {}
_turn = asyncio.Lock()
_invariants = cache(invariants)


async def violations(company: str, *groups: str) -> Sequence[Violation]:
    """What does not hold of a company, by some groups of invariants, or by all."""
    return await _asked(_invariants(groups=groups or None), company)


async def violations_at_rest(company: str) -> Sequence[Violation]:
    """What does not hold of a company, by all invariants, while nobody is at work."""
    return await _asked(_invariants(at_rest=True), company)


async def holds_when_at_rest(erp: Erp) -> None:
    """All of it holds when all is answered: what came late, such as a cancellation, is a moment later."""
    for _ in range(100):
        await erp.at_rest()
        if not (found := await violations_at_rest(erp.company)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("\n".join(f"{one.invariant}: {one.as_text()}" for one in found))


async def everything_agrees(company: str, *groups: str) -> None:
    """All of it holds. Raises ValueError without groups, or for one that there is not."""
    found = await _asked(_invariants(groups=groups), company)
    assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)


@asynccontextmanager
async def asking() -> AsyncIterator[None]:
    """As long as the tests' database is open."""
    yield
    for connection in _asking.values():
        await connection.close()
    _asking.clear()


async def _asked(asked: Sequence[Invariant], company: str) -> Sequence[Violation]:
    url = database().engine.url.render_as_string(hide_password=False)
    async with _turn:
        if url not in _asking or _asking[url].is_closed():  # A test may have stopped the server.
            _asking[url] = await asyncpg.connect(
                url.replace("+asyncpg", ""),
                statement_cache_size=1_000,
                server_settings={**SETTINGS, "plan_cache_mode": "force_generic_plan"},
            )
        return await answered(_asking[url], asked, company=company)
