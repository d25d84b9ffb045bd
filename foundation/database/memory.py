"""What a worker remembers of reference data, so that it does not read for every document what hardly changes.

Every change of reference data counts up its company's version, in the same transaction. An operation learns
the version when it opens its transaction; what was remembered under another version is forgotten. So nobody
works with what was changed before he began.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any

from foundation.database.transaction import Transaction

MOST = 50_000
"""Facts that are remembered of a company."""

Facts = dict[Hashable, Any]

_of_company: dict[str, tuple[int, Facts]] = {}


def open_memory(tx: Transaction, company: str, version: int | None) -> None:
    """Let the transaction use what is remembered of the company at this version; None: nothing is."""
    if version is None:
        return
    known = _of_company.get(company)
    if known is None or known[0] != version or len(known[1]) > MOST:
        known = _of_company[company] = (version, {})
    tx.info["memory"] = known[1]


async def remembered(
    tx: Transaction,
    kind: str,
    keys: Iterable[Any],
    find: Callable[[list[Any]], Awaitable[dict[Any, Any]]],
) -> dict[Any, Any]:
    """What is known of each key; `find` is asked for those that are not. What does not exist is left out."""
    facts: Facts = tx.info.setdefault("memory", {})
    wanted = sorted(set(keys))
    missing = [key for key in wanted if (kind, key) not in facts]
    if missing:
        found = await find(missing)
        facts.update({(kind, key): found.get(key) for key in missing})
    known = {key: facts[kind, key] for key in wanted}
    return {key: fact for key, fact in known.items() if fact is not None}
